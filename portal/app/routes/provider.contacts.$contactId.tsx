import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { describeActor } from '../../people/describe-actor.ts'
import { may } from '../../people/may.ts'
import { askContact } from '../../providers/ask-contact.ts'
import { changeContact, removeContact } from '../../providers/change-contact.ts'
import { confirmContact } from '../../providers/confirm-contact.ts'
import { findContact } from '../../providers/find-contacts.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { contactChoices, contactComplaints, contactOf, draftOf, readContactDraft } from '../contact-form.server.ts'
import { type Complaint, complain, intentOf, word } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { type ContactDraft, ContactFields } from '../ui/contact-form.tsx'
import { ContactStateBadge } from '../ui/contact-state.tsx'
import { Complaints, TextField } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Id, PageHeading, Pairs, Panel } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('contacts-contact')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'contacts.read')
  const found = await findContact(args.context.ground, actor, args.params.contactId ?? '')
  if (found.result !== 'found') throw notFound()
  const { contact } = found
  const { id, kind, email, name, phone, position, state, silent, unreachableCode } = contact
  return {
    contact: {
      id,
      kind,
      email,
      name,
      phone,
      position,
      state,
      silent,
      unreachableCode,
      verifiedAt: contact.verifiedAt?.toISOString() ?? null,
      lapsesAt: contact.lapsesAt?.toISOString() ?? null,
      unreachableAt: contact.unreachableAt?.toISOString() ?? null,
      complainedAt: contact.complainedAt?.toISOString() ?? null,
    },
    draft: draftOf(contact),
    choices: contactChoices(contact.hours),
    may: { write: may(actor, 'contacts.write'), confirm: may(actor, 'contacts.confirm') },
    due: isDue(contact, args.context.ground.clock.now()),
  }
}

/** Whether a code is asked for: where it never came back, or its proof ends within the time of the reminders. */
function isDue({ lapsesAt, unreachableAt }: { lapsesAt: Date | null; unreachableAt: Date | null }, now: Date): boolean {
  return lapsesAt === null || unreachableAt !== null || lapsesAt.getTime() - now.getTime() < 15 * 86_400_000
}

interface Answer {
  said: 'contacts-last' | 'contact-limited' | null
  complaints: Complaint[]
  draft: ContactDraft | null
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'contacts.read')
  const { ground } = args.context
  const contactId = args.params.contactId ?? ''
  const form = await args.request.formData()
  const here = (done: string) => redirect(`/provider/contacts/${contactId}?done=${done}`, 303)
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  const refuse = (answer: Partial<Answer>, status = 422) =>
    data<Answer>({ said: null, complaints: [], draft: null, ...answer }, { status })
  switch (intentOf(form, ['confirm', 'ask', 'remove', 'change'])) {
    case 'confirm': {
      const confirmed = await confirmContact(ground, actor, contactId, word(form, 'code'))
      if (confirmed.result === 'confirmed') return here('confirmed')
      if (confirmed.result === 'forbidden') throw forbidden()
      if (confirmed.result === 'unknown-contact') throw notFound()
      const count = confirmed.result === 'wrong' ? confirmed.triesLeft : 0
      return refuse({ complaints: [{ field: 'code', message: text(`code.${confirmed.result}`, { count }) }] })
    }
    case 'ask': {
      const { result } = await askContact(ground, actor, contactId)
      if (result === 'asked') return here('asked')
      if (result === 'limited') return refuse({ said: 'contact-limited' }, 429)
      throw result === 'forbidden' ? forbidden() : notFound()
    }
    case 'remove': {
      const { result } = await removeContact(ground, actor, contactId)
      if (result === 'removed') return redirect('/provider/contacts?removed=yes', 303)
      if (result === 'last-contact') return refuse({ said: 'contacts-last' }, 409)
      throw result === 'forbidden' ? forbidden() : notFound()
    }
    case 'change': {
      const before = await findContact(ground, actor, contactId)
      const changed = await changeContact(ground, actor, contactId, contactOf(form))
      const draft = readContactDraft(form)
      switch (changed.result) {
        case 'changed':
          return here(before.result === 'found' && before.contact.email !== draft.email ? 'saved-mailbox' : 'saved')
        case 'invalid':
          return refuse({ complaints: contactComplaints(changed.errors, text), draft })
        case 'last-contact':
          return refuse({ complaints: [complain(text, 'email', 'contacts-last')], draft }, 409)
        case 'unknown-contact':
          throw notFound()
        case 'forbidden':
          throw forbidden()
      }
      break
    }
  }
}

const said = {
  added: 'contacts-added',
  'added-limited': 'contacts-added-limited',
  saved: 'contact-saved',
  'saved-mailbox': 'contact-saved-mailbox',
  asked: 'contact-asked',
  confirmed: 'contact-confirmed',
} as const

export default function ContactPage() {
  const text = useText()
  const { contact, draft, choices, may, due } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  const done = answer ? undefined : Object.entries(said).find(([name]) => search.get('done') === name)?.[1]
  const complaints = answer?.complaints ?? []
  const aboutCode = complaints.find(({ field }) => field === 'code')
  return (
    <>
      <PageHeading
        title={contact.name ?? text.code('contact-kind', contact.kind)}
        lede={<span className="wrap-anywhere">{contact.email}</span>}
        back={{ to: '/provider/contacts', label: text('nav-contacts') }}
      >
        <ContactStateBadge state={contact.state} />
      </PageHeading>
      <div className="stack">
        {done ? (
          <Banner tone={done === 'contacts-added-limited' ? 'wait' : 'good'} announce>
            <p>{text(done)}</p>
          </Banner>
        ) : null}
        {answer?.said ? (
          <Banner tone="alarm" announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        <Panel title={text('contact-happened')} id="happened">
          <p className="mb-3">{text.code('contact-hint', contact.state)}</p>
          <Standing />
        </Panel>
        {may.confirm ? (
          <CodeForm complaint={aboutCode?.message} quiet={!due && !aboutCode && done !== 'contact-asked'} />
        ) : null}
        {may.write ? (
          <Panel title={text('contact-change')} id="change">
            <Form method="post" className="form-grid" noValidate autoComplete="off">
              <Complaints complaints={complaints.filter((one) => one !== aboutCode)} />
              <ContactFields draft={answer?.draft ?? draft} choices={choices} complaints={complaints} changing />
              <div>
                <button className="button button-lead" type="submit" name="intent" value="change">
                  {text('contact-change-now')}
                </button>
              </div>
            </Form>
          </Panel>
        ) : null}
        {may.write ? (
          <details className="panel no-print">
            <summary>{text('contact-remove')}</summary>
            <Form method="post" className="form-grid mt-3">
              <p className="hint">{text('contact-remove-hint')}</p>
              <div>
                <button className="button button-alarm" type="submit" name="intent" value="remove">
                  {text('contact-remove-now')}
                </button>
              </div>
            </Form>
          </details>
        ) : null}
      </div>
    </>
  )
}

function Standing() {
  const text = useText()
  const { contact } = useLoaderData<typeof loader>()
  return (
    <Pairs
      pairs={[
        [text('contact-kind'), text.code('contact-kind', contact.kind)],
        [text('contact-position'), contact.position],
        [
          text('contact-verified'),
          contact.verifiedAt ? <Moment key="verified" at={contact.verifiedAt} /> : text('contact-not-verified'),
        ],
        contact.lapsesAt && [text('contacts-proof'), <Moment key="lapses" at={contact.lapsesAt} />],
        contact.unreachableAt && [
          text('contact-state.unreachable'),
          <span key="unreachable">
            {text('contact-since')} <Moment at={contact.unreachableAt} />
          </span>,
        ],
        contact.complainedAt && [text('contact-complained'), <Moment key="complained" at={contact.complainedAt} />],
        contact.unreachableCode && [text('contact-mail-code'), <Id key="code">{contact.unreachableCode}</Id>],
        contact.silent > 0 && [text('contact-silent'), text('contact-silent-count', { count: contact.silent })],
        contact.phone && [text('contact-phone'), `${contact.phone} (${text('contact-phone-unverified')})`],
      ]}
    />
  )
}

/** Bring the code back, or have one mailed. `quiet`: its proof holds for long, so nothing is asked. */
function CodeForm({ complaint, quiet }: { complaint: string | undefined; quiet: boolean }) {
  const text = useText()
  const { contact } = useLoaderData<typeof loader>()
  return (
    <Panel title={text(quiet ? 'contact-check-title' : 'contact-code-title')} id="confirm">
      {quiet ? <p className="mb-3">{text('contact-check-text')}</p> : null}
      <Form method="post" className="form-grid" autoComplete="off" noValidate>
        <TextField
          name="code"
          label={text('contact-code')}
          hint={text('contact-code-hint', { mailbox: contact.email })}
          complaint={complaint}
          autoComplete="one-time-code"
          code
        />
        <div className="flex flex-wrap gap-2">
          <button className={quiet ? 'button' : 'button button-lead'} type="submit" name="intent" value="confirm">
            {text('contact-code-now')}
          </button>
          <button className="button" type="submit" name="intent" value="ask">
            {text(contact.state === 'unverified' ? 'contact-ask-again' : 'contact-ask-now')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}
