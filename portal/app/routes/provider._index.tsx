import { regimes } from '@noticeline/sdk/protocol'
import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { findInbox } from '../../inbox/find-items.ts'
import { headlines } from '../../removal/headline.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { cursorOf, oneOf, pageSize } from '../list-filters.server.ts'
import { handlingWord } from '../ui/axes.tsx'
import { Countdown } from '../ui/countdown.tsx'
import { Filters } from '../ui/filters.tsx'
import { Headline } from '../ui/headline.tsx'
import { useFresh } from '../ui/live.tsx'
import { Empty, Id, PageHeading, Panel } from '../ui/page.tsx'
import { Pager, Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('nav-inbox')} · Noticeline` }]

const shows = ['open', 'ended'] as const

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'inbox.read')
  const url = new URL(args.request.url)
  const filter = {
    show: oneOf(url, 'show', shows),
    headline: oneOf(url, 'headline', headlines),
    regime: oneOf(url, 'regime', regimes),
  }
  const found = await findInbox(args.context.ground, actor, {
    headline: filter.headline,
    regime: filter.regime,
    open: filter.show === undefined ? undefined : filter.show === 'open',
    limit: pageSize,
    cursor: cursorOf(url),
  })
  if (found.result === 'invalid-cursor') throw redirect('/provider')
  if (found.result !== 'found') throw forbidden()
  return { rows: found.items, next: found.nextCursor, filter, headlines, regimes }
}

export default function Inbox() {
  const text = useText()
  const { rows, next, filter, headlines, regimes } = useLoaderData<typeof loader>()
  useFresh(5000)
  const filtered = Object.values(filter).some((value) => value !== undefined)
  return (
    <>
      <PageHeading title={text('nav-inbox')} lede={text('inbox-lede')} />
      <div className="stack">
        <Filters
          filters={[
            {
              name: 'show',
              label: text('inbox-show'),
              value: filter.show,
              options: shows.map((show) => ({ value: show, label: text(`inbox-${show}`) })),
            },
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
        {rows.length === 0 ? (
          <Empty title={text(filtered ? 'inbox-none-here' : 'inbox-none')}>
            {text(filtered ? 'notices-none-here-hint' : 'inbox-none-hint')}
          </Empty>
        ) : (
          <Panel>
            <Table
              caption={text('inbox-caption')}
              rows={rows}
              rowKey={(row) => row.itemId}
              columns={[
                {
                  label: text('column-item'),
                  cell: (row) => (
                    <>
                      <Link className="row-link" to={`/provider/items/${row.itemId}`}>
                        {row.reference ?? text('column-item')} · {row.position + 1}
                      </Link>
                      <span className="block text-sm text-soft">
                        <Id>{row.itemId}</Id>
                      </span>
                    </>
                  ),
                },
                { label: text('column-headline'), cell: (row) => <Headline code={row.headline} /> },
                {
                  label: text('column-clock'),
                  cell: (row) => (
                    <Countdown clock={{ state: row.clock, dueAt: row.dueAt, endedAt: row.endedAt }} withDate />
                  ),
                },
                { label: text('axis.handling'), cell: (row) => handlingWord(text, row.handling) },
                {
                  label: text('inbox-asked'),
                  cell: (row) => (
                    <>
                      {text.code('scope', row.scope)}
                      <span className="block text-sm text-soft">{text.code('regime', row.regime)}</span>
                    </>
                  ),
                },
                { label: text('column-notifier'), cell: (row) => row.notifier.name },
              ]}
            />
            <Pager next={next} />
          </Panel>
        )}
      </div>
    </>
  )
}
