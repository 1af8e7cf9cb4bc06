import { itemsReported } from '@noticeline/sdk/protocol'
import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { confirmReceipt } from '../../../delivery/accept-receipt.ts'
import type { Reporter } from '../../../delivery/delivery.ts'
import { inputErrorsOf } from '../../../facts/input-error.ts'
import type { Ground } from '../../../ground/ground.ts'
import { findItem } from '../../../inbox/find-item.ts'
import { revealItem } from '../../../inbox/reveal-item.ts'
import { describeActor } from '../../../people/describe-actor.ts'
import { may } from '../../../people/may.ts'
import { acceptOutcomes } from '../../../removal/accept-outcome.ts'
import { forbidden, notFound, requireMay } from '../../access.server.ts'
import { type Complaint, complain, intentOf, word } from '../../forms.server.ts'
import { languageOf } from '../../language/language.server.ts'
import { type Text, textIn } from '../../language/text.ts'
import { titleText, useText } from '../../language/use-text.ts'
import { shownOf } from '../../reveal.server.ts'
import { Axes } from '../../ui/axes.tsx'
import { Countdown } from '../../ui/countdown.tsx'
import { Headline } from '../../ui/headline.tsx'
import { Evidence } from '../../ui/item-story.tsx'
import { useFresh } from '../../ui/live.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import { Outages } from '../../ui/outages.tsx'
import { Id, PageHeading, Pairs, Panel } from '../../ui/page.tsx'
import { RevealButton, Revealed, type Shown } from '../../ui/reveal.tsx'
import { durationInWords } from '../../ui/time.tsx'
import { Timeline } from '../../ui/timeline.tsx'
import { OutcomeForm, ReceiptForm } from './outcome-form.tsx'
import {
  choicesOf,
  type Draft,
  isNumberOf,
  outcomeComplaints,
  readOutcomeDraft,
  resultOf,
} from './read-outcome-form.server.ts'

export const meta: MetaFunction = ({ matches, params }) => [
  { title: `${titleText(matches)('column-item')} ${numberOf(params.itemId)} · Noticeline` },
]

function numberOf(id: string | undefined): string {
  return id && /^itm_[0-9a-z]{26}$/.test(id) ? id : ''
}

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'inbox.read')
  const found = await findItem(args.context.ground, actor, args.params.itemId ?? '')
  if (found.result !== 'found') throw notFound()
  const own = { orgId: actor.orgId }
  const mine = found.item.addressees.find((addressee) => addressee.orgId === actor.orgId) ?? null
  return {
    item: found.item,
    notice: found.notice,
    timeline: found.timeline,
    mine,
    choices: choicesOf(new URL(args.request.url).searchParams.get('outcome')),
    may: { report: may(actor, 'reports.add', own), reveal: may(actor, 'items.reveal', own) },
  }
}

type FoundItem = Extract<Awaited<ReturnType<typeof findItem>>, { result: 'found' }>

interface Answer {
  shown: Shown | null
  said: 'reveal-erased' | 'report-not-yours' | null
  complaints: Complaint[]
  draft: Draft
}

const silent: Answer = { shown: null, said: null, complaints: [], draft: {} }

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'inbox.read')
  const { ground } = args.context
  const form = await args.request.formData()
  const itemId = args.params.itemId ?? ''
  const found = await findItem(ground, actor, itemId)
  if (found.result !== 'found') throw notFound()
  const noticeId = found.item.noticeId
  const here = `/provider/items/${itemId}`
  const reporter = { orgId: actor.orgId, grade: 'form_confirmed', personId: actor.personId } as const
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  switch (intentOf(form, ['reveal', 'receive', 'report'])) {
    case 'reveal': {
      await requireMay(args, 'provider', 'items.reveal')
      const revealed = await revealItem(ground, actor, itemId, 'page')
      if (revealed.result === 'erased') return data<Answer>({ ...silent, said: 'reveal-erased' }, { status: 410 })
      if (revealed.result === 'forbidden') throw forbidden()
      if (revealed.result !== 'revealed') throw notFound()
      return data<Answer>({ ...silent, shown: shownOf(revealed.item) })
    }
    case 'receive': {
      await requireMay(args, 'provider', 'reports.add')
      if (!isNumberOf(noticeId, word(form, 'received_number'))) {
        const complaints = [complain(text, 'received_number', 'number-mismatch')]
        return data<Answer>({ ...silent, complaints }, { status: 422 })
      }
      const confirmed = await confirmReceipt(ground, reporter, noticeId)
      if (confirmed.result === 'not-addressed-to-you') throw notFound()
      return redirect(`${here}?received=yes`, 303)
    }
    case 'report':
      await requireMay(args, 'provider', 'reports.add')
      return report(ground, reporter, text, found, form)
  }
}

/** All or nothing: what is wrong is said beside its field, and nothing of it is recorded. */
async function report(ground: Ground, reporter: Reporter, text: Text, { item, notice }: FoundItem, form: FormData) {
  const draft = readOutcomeDraft(form)
  const refuse = (complaints: Complaint[]) => data<Answer>({ ...silent, complaints, draft }, { status: 422 })
  const message = itemsReported.safeParse({
    v: 1,
    notice: notice.id,
    seq: notice.seq,
    results: [resultOf(form, item.id, ground.clock.now())],
  })
  const complaints = message.success ? [] : outcomeComplaints(inputErrorsOf(message.error), text)
  if (!isNumberOf(notice.id, word(form, 'number'))) complaints.push(complain(text, 'number', 'number-mismatch'))
  if (!message.success || complaints.length > 0) return refuse(complaints)
  const accepted = await acceptOutcomes(ground, reporter, message.data)
  switch (accepted.result) {
    case 'recorded':
    case 'already-recorded':
      return redirect(`/provider/items/${item.id}?reported=yes`, 303)
    case 'invalid':
      return refuse(outcomeComplaints(accepted.errors, text))
    case 'unknown-notice':
    case 'not-addressed-to-you':
      return data<Answer>({ ...silent, said: 'report-not-yours', draft }, { status: 422 })
  }
}

export default function ItemPage() {
  const text = useText()
  const { item, notice, timeline, mine, choices, may } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  useFresh(2500, item.closedAt === null && !answer?.shown)
  const done = (['received', 'reported'] as const).find((name) => search.get(name) === 'yes')
  const waits = mine !== null && mine.receivedAt === null
  return (
    <>
      <PageHeading
        title={`${notice.reference ?? text('column-item')} · ${item.position + 1}`}
        lede={<Id>{item.id}</Id>}
        back={{ to: '/provider', label: text('nav-inbox') }}
      >
        <Headline code={item.headline} large />
      </PageHeading>
      <div className="stack">
        {done ? (
          <Banner tone="good" announce>
            <p>{text(`item-${done}`)}</p>
          </Banner>
        ) : null}
        {answer?.said ? (
          <Banner tone="alarm" announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        {notice.withdrawnAt ? (
          <Banner tone="wait">
            <p>{text('item-withdrawn')}</p>
          </Banner>
        ) : null}
        <div className="columns">
          <div className="stack">
            <section className="panel stack" aria-label={text('item-state')}>
              <p className="text-soft">{text.code('headline-hint', item.headline)}</p>
              <Axes axes={item.axes} addressee={mine ?? undefined} />
              <Outages outages={mine?.clock.outages ?? []} />
            </section>
            <Panel title={text('reveal-title')} id="address">
              {answer?.shown ? (
                <Revealed shown={answer.shown} />
              ) : may.reveal ? (
                <RevealButton itemId={item.id} />
              ) : (
                <p className="text-soft">{text('reveal-not-you')}</p>
              )}
            </Panel>
            {may.report && waits ? <ReceiptForm noticeId={notice.id} complaints={answer?.complaints ?? []} /> : null}
            {may.report && !item.closedAt ? (
              <OutcomeForm
                noticeId={notice.id}
                withdrawn={notice.withdrawnAt !== null}
                choices={choices}
                draft={answer?.draft ?? {}}
                complaints={answer?.complaints ?? []}
              />
            ) : null}
            <Panel title={text('item-evidence')} id="evidence">
              <Evidence item={item} />
            </Panel>
          </div>
          <div className="stack">
            <Panel title={text('notice-about')} id="about">
              <Pairs
                pairs={[
                  mine && [
                    text('column-clock'),
                    <Countdown key="clock" clock={{ ...mine.clock, endedAt: mine.endedAt }} withDate />,
                  ],
                  [text('column-notice'), <Id key="notice">{notice.id}</Id>],
                  [text('column-notifier'), `${notice.notifier.name} (${text.code('kind', notice.notifier.kind)})`],
                  [text('column-regime'), text.code('regime', notice.regime)],
                  [text('new-category'), text.code('category', notice.category)],
                  notice.legalClass && [text('new-legal-class'), text.code('legal-class', notice.legalClass)],
                  [text('column-scope'), text(`asked.${item.scope}`)],
                  [
                    text('notice-deadline'),
                    text('notice-deadline-from', { time: durationInWords(notice.deadline.within, text.language) }),
                  ],
                  mine && [text('item-role'), text.code('role', mine.role)],
                  item.seenAt && [text('new-seen-at'), <Moment key="seen" at={item.seenAt} />],
                  [text('column-submitted'), <Moment key="submitted" at={notice.submittedAt} />],
                  mine?.offeredAt && [text('item-offered-at'), <Moment key="offered" at={mine.offeredAt} />],
                  mine?.receivedAt && [
                    text('item-received-at'),
                    <span key="received">
                      <Moment at={mine.receivedAt} />
                      {mine.receivedHow ? ` ${text.code('how', mine.receivedHow)}` : ''}
                    </span>,
                  ],
                ]}
              />
            </Panel>
            <Panel title={text('timeline-title')} id="timeline">
              <Timeline entries={timeline} items={[item]} />
            </Panel>
          </div>
        </div>
      </div>
    </>
  )
}
