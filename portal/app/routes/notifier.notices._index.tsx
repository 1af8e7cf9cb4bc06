import { regimes } from '@noticeline/sdk/protocol'
import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { findNotices } from '../../inbox/find-notices.ts'
import type { NoticeSummary } from '../../inbox/views.ts'
import { headlines } from '../../removal/headline.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { cursorOf, oneOf, pageSize } from '../list-filters.server.ts'
import { Countdown } from '../ui/countdown.tsx'
import { Filters } from '../ui/filters.tsx'
import { Headline } from '../ui/headline.tsx'
import { useFresh } from '../ui/live.tsx'
import { Moment } from '../ui/moment.tsx'
import { Empty, Id, PageHeading, Panel } from '../ui/page.tsx'
import { Pager, Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('nav-notices')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'notifier', 'notices.read')
  const url = new URL(args.request.url)
  const filter = { headline: oneOf(url, 'headline', headlines), regime: oneOf(url, 'regime', regimes) }
  const found = await findNotices(args.context.ground, actor, { ...filter, limit: pageSize, cursor: cursorOf(url) })
  if (found.result === 'invalid-cursor') throw redirect('/notifier/notices')
  if (found.result !== 'found') throw forbidden()
  return { notices: found.notices, next: found.nextCursor, filter, headlines, regimes }
}

export default function Notices() {
  const text = useText()
  const { notices, next, filter, headlines, regimes } = useLoaderData<typeof loader>()
  useFresh(5000, notices.some(isMoving))
  const filtered = filter.headline !== undefined || filter.regime !== undefined
  return (
    <>
      <PageHeading title={text('nav-notices')} lede={text('notices-lede')}>
        <Link className="button button-lead" to="/notifier/notices/new">
          {text('nav-new-notice')}
        </Link>
      </PageHeading>
      <div className="stack">
        <Filters
          filters={[
            {
              name: 'headline',
              label: text('column-headline'),
              value: filter.headline,
              options: headlines.map((code) => ({ value: code, label: text.code('headline', code) })),
            },
            {
              name: 'regime',
              label: text('column-regime'),
              value: filter.regime,
              options: regimes.map((code) => ({ value: code, label: text.code('regime', code) })),
            },
          ]}
        />
        {notices.length === 0 ? (
          <Empty
            title={text(filtered ? 'notices-none-here' : 'notices-none')}
            action={
              filtered ? null : (
                <Link className="button button-lead" to="/notifier/notices/new">
                  {text('nav-new-notice')}
                </Link>
              )
            }
          >
            {text(filtered ? 'notices-none-here-hint' : 'notices-none-hint')}
          </Empty>
        ) : (
          <Panel>
            <Table
              caption={text('notices-caption')}
              rows={notices}
              rowKey={(notice) => notice.id}
              columns={[
                {
                  label: text('column-notice'),
                  cell: (notice) => (
                    <>
                      <Link className="row-link" to={`/notifier/notices/${notice.id}`}>
                        {notice.reference ?? <Id>{notice.id}</Id>}
                      </Link>
                      {notice.reference ? (
                        <span className="block text-sm text-soft">
                          <Id>{notice.id}</Id>
                        </span>
                      ) : null}
                    </>
                  ),
                },
                { label: text('column-headline'), cell: (notice) => <HeadlineCounts notice={notice} /> },
                { label: text('column-provider'), cell: (notice) => providersOf(notice).join(', ') || '–' },
                { label: text('column-clock'), cell: (notice) => <NearestClock notice={notice} /> },
                { label: text('column-regime'), cell: (notice) => text.code('regime', notice.regime) },
                { label: text('column-submitted'), cell: (notice) => <Moment at={notice.submittedAt} short /> },
              ]}
            />
            <Pager next={next} />
          </Panel>
        )}
      </div>
    </>
  )
}

/** How many items stand under each headline; one badge a headline. */
function HeadlineCounts({ notice }: { notice: NoticeSummary }) {
  const counts = new Map<NoticeSummary['items'][number]['headline'], number>()
  for (const item of notice.items) counts.set(item.headline, (counts.get(item.headline) ?? 0) + 1)
  return (
    <ul className="flex flex-wrap gap-1">
      {[...counts].map(([code, count]) => (
        <li key={code} className="inline-flex items-center gap-1">
          <Headline code={code} />
          {count > 1 ? <span className="text-sm text-soft">× {count}</span> : null}
        </li>
      ))}
    </ul>
  )
}

function providersOf(notice: NoticeSummary): string[] {
  const names = notice.items.flatMap((item) => item.addressees.filter((one) => one.accountable).map((one) => one.name))
  return [...new Set(names)]
}

/** The clock that runs out first; where none runs, the first item's. */
function NearestClock({ notice }: { notice: NoticeSummary }) {
  const clocks = notice.items.map((item) => ({
    ...item.axes.clock,
    endedAt: item.addressees.find((one) => one.accountable)?.endedAt ?? null,
  }))
  const running = clocks.filter((clock) => clock.state === 'running' && clock.dueAt)
  running.sort((one, other) => (one.dueAt ?? '').localeCompare(other.dueAt ?? ''))
  const clock = running[0] ?? clocks[0]
  return clock ? <Countdown clock={clock} /> : null
}

function isMoving(notice: NoticeSummary): boolean {
  return notice.closedAt === null && notice.items.some((item) => item.headline !== 'removed_verified')
}
