import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { findDeliveries } from '../../delivery/find-deliveries.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { cursorOf, oneOf, pageSize } from '../list-filters.server.ts'
import { Attempts, DeliveryBadge, deliveryStates, eventName, failureWord } from '../ui/delivery.tsx'
import { Filters } from '../ui/filters.tsx'
import { useFresh } from '../ui/live.tsx'
import { Moment } from '../ui/moment.tsx'
import { Empty, Id, PageHeading, Panel } from '../ui/page.tsx'
import { Pager, Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('nav-deliveries')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'deliveries.read')
  const url = new URL(args.request.url)
  const state = oneOf(url, 'state', deliveryStates)
  const found = await findDeliveries(args.context.ground, actor, { state, limit: pageSize, cursor: cursorOf(url) })
  if (found.result === 'invalid-cursor') throw redirect('/operator/deliveries')
  if (found.result !== 'found') throw forbidden()
  return { deliveries: found.deliveries, next: found.nextCursor, state }
}

export default function Deliveries() {
  const text = useText()
  const { deliveries, next, state } = useLoaderData<typeof loader>()
  useFresh(5000)
  return (
    <>
      <PageHeading title={text('nav-deliveries')} lede={text('deliveries-lede')} />
      <div className="stack">
        <Filters
          filters={[
            {
              name: 'state',
              label: text('column-delivery'),
              value: state,
              options: deliveryStates.map((code) => ({ value: code, label: text.code('delivery', code) })),
            },
          ]}
        />
        {deliveries.length === 0 ? (
          <Empty title={text('deliveries-none')}>{text('deliveries-none-hint')}</Empty>
        ) : (
          <Panel>
            <Table
              caption={text('deliveries-caption')}
              rows={deliveries}
              rowKey={(delivery) => delivery.id}
              columns={[
                {
                  label: text('column-delivery'),
                  cell: (delivery) => (
                    <>
                      <DeliveryBadge state={delivery.state} />
                      {delivery.receivedHow ? (
                        <span className="block text-sm text-soft">{text.code('how', delivery.receivedHow)}</span>
                      ) : null}
                      {delivery.lastCode ? (
                        <span className="block text-sm text-alarm">{failureWord(text, delivery.lastCode)}</span>
                      ) : null}
                    </>
                  ),
                },
                {
                  label: text('column-provider'),
                  cell: (delivery) => (
                    <>
                      <strong>{delivery.orgName}</strong>
                      {delivery.endpointId ? null : (
                        <span className="block text-sm text-soft">{text('failure.no_endpoint')}</span>
                      )}
                    </>
                  ),
                },
                {
                  label: text('column-event'),
                  cell: (delivery) => (
                    <>
                      {text.code('event', eventName(delivery.event))} · {delivery.seq}
                      <span className="block text-sm text-soft">
                        <Id>{delivery.noticeId}</Id>
                      </span>
                    </>
                  ),
                },
                { label: text('column-attempts'), cell: (delivery) => <Attempts attempts={delivery.attempts} /> },
                {
                  label: text('column-next'),
                  cell: (delivery) =>
                    delivery.endpointId && delivery.nextAttemptAt ? <Moment at={delivery.nextAttemptAt} short /> : '–',
                },
                {
                  label: text('notice-deadline'),
                  cell: (delivery) => <Moment at={delivery.deadlineAt} short />,
                },
              ]}
            />
            <Pager next={next} />
          </Panel>
        )}
      </div>
    </>
  )
}
