import { withdrawalReasons } from '@noticeline/sdk/protocol'
import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { findNotice } from '../../../inbox/find-notice.ts'
import { revealItem } from '../../../inbox/reveal-item.ts'
import type { ItemView, NoticeSummary } from '../../../inbox/views.ts'
import { withdrawNotice } from '../../../notices/withdraw-notice.ts'
import { may } from '../../../people/may.ts'
import { addObservations } from '../../../removal/add-observations.ts'
import { observationResults } from '../../../removal/observation.ts'
import { forbidden, notFound, requireMay } from '../../access.server.ts'
import { instant, intentOf, word } from '../../forms.server.ts'
import { titleText, useText } from '../../language/use-text.ts'
import { shownOf } from '../../reveal.server.ts'
import { Axes } from '../../ui/axes.tsx'
import { Badge, Headline } from '../../ui/headline.tsx'
import { Attribution, Evidence, OtherAddressees } from '../../ui/item-story.tsx'
import { useFresh } from '../../ui/live.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import { Outages } from '../../ui/outages.tsx'
import { Id, PageHeading, Pairs, Panel } from '../../ui/page.tsx'
import { RevealButton, Revealed, type Shown } from '../../ui/reveal.tsx'
import { durationInWords } from '../../ui/time.tsx'
import { Timeline } from '../../ui/timeline.tsx'
import { ObserveForm, WithdrawForm } from './notice-acts.tsx'

export const meta: MetaFunction = ({ matches, params }) => [
  { title: `${titleText(matches)('column-notice')} ${numberOf(params.noticeId)} · Noticeline` },
]

// A title repeats nothing but a number of ours: whatever else stands in the address bar stays there.
function numberOf(id: string | undefined): string {
  return id && /^ntc_[0-9a-z]{26}$/.test(id) ? id : ''
}

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'notifier', 'notices.read')
  const found = await findNotice(args.context.ground, actor, args.params.noticeId ?? '')
  if (found.result !== 'found') throw notFound()
  const own = { orgId: actor.orgId }
  return {
    notice: found.notice,
    withdrawalReasons,
    observationResults,
    may: {
      withdraw: may(actor, 'notices.withdraw', own),
      observe: may(actor, 'observations.add', own),
      reveal: may(actor, 'items.reveal', own),
    },
  }
}

type Answer = { shown: Shown | null; said: 'reveal-erased' | 'withdraw-invalid' | 'observe-invalid' | null }

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'notifier', 'notices.read')
  const { ground } = args.context
  const noticeId = args.params.noticeId ?? ''
  const form = await args.request.formData()
  const here = `/notifier/notices/${encodeURIComponent(noticeId)}`
  switch (intentOf(form, ['withdraw', 'observe', 'reveal'])) {
    case 'withdraw': {
      await requireMay(args, 'notifier', 'notices.withdraw')
      const { result } = await withdrawNotice(ground, actor, noticeId, word(form, 'reason'))
      if (result === 'unknown-notice') throw notFound()
      if (result === 'forbidden') throw forbidden()
      if (result === 'invalid') return data<Answer>({ shown: null, said: 'withdraw-invalid' }, { status: 422 })
      return redirect(`${here}?withdrawn=yes`, 303)
    }
    case 'observe': {
      await requireMay(args, 'notifier', 'observations.add')
      const at = instant(word(form, 'at') || undefined) ?? ground.clock.now().toISOString()
      const row = { item: word(form, 'item'), result: word(form, 'result'), at, method: 'analyst' }
      const added = await addObservations(ground, actor, noticeId, [row])
      if (added.result === 'unknown-notice') throw notFound()
      if (added.result === 'forbidden') throw forbidden()
      if (added.result === 'invalid') return data<Answer>({ shown: null, said: 'observe-invalid' }, { status: 422 })
      return redirect(`${here}?observed=yes`, 303)
    }
    case 'reveal': {
      await requireMay(args, 'notifier', 'items.reveal')
      const revealed = await revealItem(ground, actor, word(form, 'item'), 'page')
      if (revealed.result === 'erased') return data<Answer>({ shown: null, said: 'reveal-erased' }, { status: 410 })
      if (revealed.result === 'forbidden') throw forbidden()
      if (revealed.result !== 'revealed') throw notFound()
      return data<Answer>({ shown: shownOf(revealed.item), said: null })
    }
  }
}

export default function NoticePage() {
  const text = useText()
  const { notice, may, withdrawalReasons, observationResults } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  useFresh(2500, notice.closedAt === null && !answer?.shown)
  const done = (['submitted', 'withdrawn', 'observed'] as const).find((name) => search.get(name) === 'yes')
  return (
    <>
      <PageHeading
        title={notice.reference ?? text('column-notice')}
        lede={<Id>{notice.id}</Id>}
        back={{ to: '/notifier/notices', label: text('nav-notices') }}
      />
      <div className="stack">
        {done ? (
          <Banner tone="good" announce>
            <p>{text(`notice-${done}`)}</p>
          </Banner>
        ) : null}
        {answer?.said ? (
          <Banner tone="alarm" announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        <div className="columns">
          <div className="stack">
            {notice.items.map((item) => (
              <Item
                key={item.id}
                item={item}
                several={notice.items.length > 1}
                reveal={may.reveal}
                shown={answer?.shown?.itemId === item.id ? answer.shown : null}
              />
            ))}
          </div>
          <div className="stack">
            <Panel title={text('notice-about')} id="about">
              <About notice={notice} />
            </Panel>
            {may.observe && !notice.closedAt ? <ObserveForm items={notice.items} results={observationResults} /> : null}
            {may.withdraw && !notice.withdrawnAt ? <WithdrawForm reasons={withdrawalReasons} /> : null}
            <Panel title={text('timeline-title')} id="timeline">
              <Timeline entries={notice.timeline} items={notice.items} />
            </Panel>
          </div>
        </div>
      </div>
    </>
  )
}

function About({ notice }: { notice: NoticeSummary }) {
  const text = useText()
  return (
    <Pairs
      pairs={[
        [text('column-regime'), text.code('regime', notice.regime)],
        [text('new-category'), text.code('category', notice.category)],
        notice.legalClass && [text('new-legal-class'), text.code('legal-class', notice.legalClass)],
        [
          text('notice-deadline'),
          text('notice-deadline-from', { time: durationInWords(notice.deadline.within, text.language) }),
        ],
        [text('column-submitted'), <Moment at={notice.submittedAt} key="submitted" />],
        notice.withdrawnAt && [
          text('notice-withdrawn-at'),
          <span key="withdrawn">
            <Moment at={notice.withdrawnAt} />
            {notice.withdrawReason ? `: ${text.code('withdrawal', notice.withdrawReason)}` : ''}
          </span>,
        ],
        notice.closedAt && [text('notice-closed-at'), <Moment at={notice.closedAt} key="closed" />],
        [text('notice-revision'), String(notice.seq)],
      ]}
    />
  )
}

function Item({
  item,
  several,
  reveal,
  shown,
}: {
  item: ItemView
  several: boolean
  reveal: boolean
  shown: Shown | null
}) {
  const text = useText()
  const accountable = item.addressees.find((addressee) => addressee.accountable) ?? item.addressees[0]
  return (
    <article className="panel stack" id={item.id} data-item={item.id}>
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h2>
            {several ? text('item-number', { number: item.position + 1 }) : text('column-item')}{' '}
            <span className="font-normal text-soft">· {text.code('scope', item.scope)}</span>
          </h2>
          <span className="text-sm text-soft">
            <Id>{item.id}</Id>
          </span>
        </div>
        <Headline code={item.headline} large />
      </header>
      <p className="text-soft">
        {text.code('headline-hint', item.headline)}{' '}
        {item.axes.clock.state === 'exceeded' && item.headline !== 'overdue' ? (
          <Badge tone="alarm" icon="clock">
            {text('item-late')}
          </Badge>
        ) : null}
      </p>
      <Axes axes={item.axes} addressee={accountable} />
      <Outages outages={accountable?.clock.outages ?? []} />
      <OtherAddressees addressees={item.addressees} />
      <Evidence item={item} />
      <div>
        <h3 className="mb-2">{text('attribution-title')}</h3>
        <Attribution item={item} />
      </div>
      {shown ? <Revealed shown={shown} /> : reveal ? <RevealButton itemId={item.id} /> : null}
    </article>
  )
}
