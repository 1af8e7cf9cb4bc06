import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { may } from '../../people/may.ts'
import { changeContact } from '../../providers/change-contact.ts'
import { findContacts } from '../../providers/find-contacts.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { numberOf, word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { ContactStateBadge } from '../ui/contact-state.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, PageHeading, Panel } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('nav-contacts')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'contacts.read')
  const found = await findContacts(args.context.ground, actor)
  if (found.result !== 'found') throw forbidden()
  return {
    mayWrite: may(actor, 'contacts.write'),
    works: found.contacts.some(({ state }) => !['unverified', 'unreachable'].includes(state)),
    contacts: found.contacts.map(({ id, kind, email, name, purposes, position, state, lapsesAt }) => ({
      id,
      kind,
      email,
      name,
      purposes,
      position,
      state,
      lapsesAt: lapsesAt?.toISOString() ?? null,
    })),
  }
}

/** One place up or down. */
export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'contacts.write')
  const form = await args.request.formData()
  const position = numberOf(word(form, 'position'))
  const { result } = await changeContact(args.context.ground, actor, word(form, 'contact'), { position })
  switch (result) {
    case 'changed':
      return redirect('/provider/contacts?moved=yes', 303)
    case 'unknown-contact':
      throw notFound()
    case 'forbidden':
      throw forbidden()
    case 'invalid':
    case 'last-contact':
      return data({ refused: true }, { status: 422 })
  }
}

const said = { moved: 'contacts-moved', removed: 'contacts-removed' } as const

export default function Contacts() {
  const text = useText()
  const { contacts, mayWrite, works } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  const done = (['moved', 'removed'] as const).find((name) => search.get(name) === 'yes')
  const add = mayWrite ? (
    <Link className="button button-lead" to="/provider/contacts/new">
      {text('contacts-add')}
    </Link>
  ) : null
  return (
    <>
      <PageHeading title={text('nav-contacts')} lede={text('contacts-lede')}>
        {contacts.length > 0 ? add : null}
      </PageHeading>
      <div className="stack">
        {done ? (
          <Banner tone="good" announce>
            <p>{text(said[done])}</p>
          </Banner>
        ) : null}
        {answer?.refused ? (
          <Banner tone="alarm" announce>
            <p>{text('complaint.invalid')}</p>
          </Banner>
        ) : null}
        {contacts.length > 0 && !works ? (
          <Banner tone="alarm">
            <p>{text('contacts-no-channel')}</p>
          </Banner>
        ) : null}
        {contacts.length === 0 ? (
          <Empty title={text('contacts-none')} action={add}>
            {text('contacts-none-hint')}
          </Empty>
        ) : (
          <Panel>
            <Table
              caption={text('contacts-caption')}
              rows={contacts}
              rowKey={(contact) => contact.id}
              columns={[
                { label: text('contacts-place'), cell: (contact) => contact.position },
                {
                  label: text('contacts-contact'),
                  cell: (contact) => (
                    <>
                      <Link className="row-link wrap-anywhere" to={`/provider/contacts/${contact.id}`}>
                        {contact.email}
                      </Link>
                      <span className="block text-sm text-soft">
                        {[contact.name, text.code('contact-kind', contact.kind)].filter(Boolean).join(' · ')}
                      </span>
                    </>
                  ),
                },
                { label: text('contacts-state'), cell: (contact) => <ContactStateBadge state={contact.state} /> },
                {
                  label: text('contacts-for'),
                  cell: (contact) => contact.purposes.map((one) => text.code('contact-purpose', one)).join(', '),
                },
                {
                  label: text('contacts-proof'),
                  cell: (contact) => (contact.lapsesAt ? <Moment at={contact.lapsesAt} short /> : '–'),
                },
                ...(mayWrite && contacts.length > 1
                  ? [
                      {
                        label: text('contacts-move'),
                        cell: (contact: (typeof contacts)[number]) => <Move contact={contact} last={contacts.length} />,
                      },
                    ]
                  : []),
              ]}
            />
          </Panel>
        )}
      </div>
    </>
  )
}

function Move({ contact, last }: { contact: { id: string; email: string; position: number }; last: number }) {
  const text = useText()
  return (
    <Form method="post" className="flex flex-wrap gap-2 no-print">
      <input type="hidden" name="contact" value={contact.id} />
      {contact.position > 1 ? (
        <button
          className="button"
          type="submit"
          name="position"
          value={contact.position - 1}
          aria-label={text('contacts-up-of', { contact: contact.email })}
        >
          {text('contacts-up')}
        </button>
      ) : null}
      {contact.position < last ? (
        <button
          className="button"
          type="submit"
          name="position"
          value={contact.position + 1}
          aria-label={text('contacts-down-of', { contact: contact.email })}
        >
          {text('contacts-down')}
        </button>
      ) : null}
    </Form>
  )
}
