import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import { findDelegated, revealDelegated } from '../../inbox/find-delegated.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { intentOf, word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { handlingWord } from '../ui/axes.tsx'
import { Countdown } from '../ui/countdown.tsx'
import { Headline } from '../ui/headline.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, Id, PageHeading, Pairs, Panel } from '../ui/page.tsx'
import { RevealButton, Revealed, type Shown } from '../ui/reveal.tsx'
import { Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('delegated-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'delegated.count')
  const found = await findDelegated(args.context.ground, actor)
  if (found.result !== 'found') throw forbidden()
  return { parts: found.parts.map((part) => ({ ...part, endsAt: part.endsAt.toISOString() })) }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'delegated.reveal')
  const form = await args.request.formData()
  intentOf(form, ['reveal'])
  const revealed = await revealDelegated(args.context.ground, actor, word(form, 'item'), 'page')
  if (revealed.result === 'erased') return data({ shown: null, said: 'reveal-erased' as const }, { status: 410 })
  if (revealed.result === 'forbidden') throw forbidden()
  if (revealed.result !== 'revealed') throw notFound()
  const { url: _followable, ...item } = revealed.item
  // Neither the grounds nor what was said to the holder alone is for its customer.
  const shown: Shown = { ...item, noticeId: '', reasons: null, legalBasis: [], forProviderOnly: null }
  return data({ shown, said: null })
}

type Part = ReturnType<typeof useLoaderData<typeof loader>>['parts'][number]

export default function DelegatedParts() {
  const text = useText()
  const { parts } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  return (
    <>
      <PageHeading
        title={text('delegated-title')}
        lede={text('delegated-lede')}
        back={{ to: '/provider/networks', label: text('networks-title') }}
      />
      <div className="stack">
        {answer?.said ? (
          <Banner tone="alarm" announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        {parts.length === 0 ? <Empty title={text('delegated-none')}>{text('delegated-none-hint')}</Empty> : null}
        {parts.map((part) => (
          <PartPanel key={part.id} part={part} shown={answer?.shown ?? null} />
        ))}
      </div>
    </>
  )
}

function PartPanel({ part, shown }: { part: Part; shown: Shown | null }) {
  const text = useText()
  return (
    <Panel title={part.part} id={part.id}>
      <Pairs
        pairs={[
          [text('delegations-from'), part.holder.name],
          [text('delegations-sees'), text(`delegation-sees.${part.sees}`)],
          [text('delegations-ends'), <Moment key="ends" at={part.endsAt} />],
          [text('delegated-open'), String(part.open)],
          [text('delegated-ended'), String(part.ended)],
        ]}
      />
      {shown && part.items?.some(({ itemId }) => itemId === shown.itemId) ? (
        <div className="mt-4">
          <Revealed shown={shown} />
        </div>
      ) : null}
      {part.items === null || part.items.length === 0 ? null : (
        <div className="mt-4">
          <Table
            caption={text('delegated-caption', { part: part.part })}
            rows={part.items}
            rowKey={(item) => item.itemId}
            columns={[
              { label: text('column-item'), cell: (item) => <Id>{item.itemId}</Id> },
              { label: text('column-headline'), cell: (item) => <Headline code={item.headline} /> },
              {
                label: text('column-clock'),
                cell: (item) => (
                  <Countdown
                    clock={{ state: item.clock as 'running', dueAt: item.dueAt, endedAt: item.endedAt }}
                    withDate
                  />
                ),
              },
              { label: text('axis.handling'), cell: (item) => handlingWord(text, item.handling as 'open') },
              { label: text('column-scope'), cell: (item) => text.code('scope', item.scope) },
              ...(part.mayReveal
                ? [
                    {
                      label: text('reveal-title'),
                      cell: (item: NonNullable<Part['items']>[number]) => <RevealButton itemId={item.itemId} />,
                    },
                  ]
                : []),
            ]}
          />
        </div>
      )}
    </Panel>
  )
}
