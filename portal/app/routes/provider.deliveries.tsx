import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { findDeliveries } from '../../delivery/find-deliveries.ts'
import { recoverDeliveries } from '../../delivery/recover-deliveries.ts'
import { resendDelivery } from '../../delivery/resend-delivery.ts'
import { describeActor } from '../../people/describe-actor.ts'
import { may } from '../../people/may.ts'
import { findEndpoints } from '../../providers/find-endpoints.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { type Complaint, complaintsOf, instant, intentOf, word } from '../forms.server.ts'
import { languageOf } from '../language/language.server.ts'
import { textIn } from '../language/text.ts'
import { titleText, useText } from '../language/use-text.ts'
import { cursorOf, oneOf, pageSize } from '../list-filters.server.ts'
import { Attempts, DeliveryBadge, deliveryStates, eventName, failureWord } from '../ui/delivery.tsx'
import { Complaints, TextField } from '../ui/field.tsx'
import { Filters } from '../ui/filters.tsx'
import { useFresh } from '../ui/live.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, Id, PageHeading, Panel } from '../ui/page.tsx'
import { Pager, Table } from '../ui/table.tsx'

export const meta: MetaFunction = ({ matches }) => [
  { title: `${titleText(matches)('nav-my-deliveries')} · Noticeline` },
]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'deliveries.read')
  const { ground } = args.context
  const url = new URL(args.request.url)
  const listed = await findEndpoints(ground, actor)
  const endpoints = (listed.result === 'found' ? listed.endpoints : []).filter((one) => one.url !== null)
  const state = oneOf(url, 'state', deliveryStates)
  const endpointId = oneOf(
    url,
    'endpoint',
    endpoints.map(({ id }) => id),
  )
  const filter = { state, endpointId, limit: pageSize, cursor: cursorOf(url) }
  const found = await findDeliveries(ground, actor, filter)
  if (found.result === 'invalid-cursor') throw redirect('/provider/deliveries')
  if (found.result !== 'found') throw forbidden()
  return {
    deliveries: found.deliveries,
    next: found.nextCursor,
    state,
    endpointId,
    endpoints: endpoints.map(({ id, description }) => ({ id, name: description ?? id })),
    mayResend: may(actor, 'deliveries.resend'),
  }
}

interface Answer {
  erased: boolean
  complaints: Complaint[]
  since: string
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'provider', 'deliveries.resend')
  const { ground } = args.context
  const form = await args.request.formData()
  if (intentOf(form, ['resend', 'recover']) === 'resend') {
    const { result } = await resendDelivery(ground, actor, word(form, 'delivery'))
    if (result === 'erased') return data<Answer>({ erased: true, complaints: [], since: '' }, { status: 410 })
    if (result !== 'queued') throw result === 'forbidden' ? forbidden() : notFound()
    return redirect('/provider/deliveries?said=resent', 303)
  }
  const since = word(form, 'since')
  const recovered = await recoverDeliveries(ground, actor, { since: instant(since) })
  if (recovered.result === 'forbidden') throw forbidden()
  if (recovered.result === 'queued') return redirect(`/provider/deliveries?recovered=${recovered.count}`, 303)
  const text = textIn(languageOf(args.request, (await describeActor(ground, actor)).locale))
  const complaints = complaintsOf(recovered.errors, text, () => ({ field: 'since', label: text('recover-since') }))
  return data<Answer>({ erased: false, complaints, since }, { status: 422 })
}

export default function MyDeliveries() {
  const text = useText()
  const { deliveries, next, state, endpointId, endpoints, mayResend } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  const recovered = /^\d{1,9}$/.test(search.get('recovered') ?? '') ? Number(search.get('recovered')) : null
  useFresh(5000, !answer)
  return (
    <>
      <PageHeading title={text('nav-my-deliveries')} lede={text('my-deliveries-lede')} />
      <div className="stack">
        {search.get('said') === 'resent' || recovered !== null ? (
          <Banner tone="good" announce>
            <p>{recovered === null ? text('resend-done') : text('recover-done', { count: recovered })}</p>
          </Banner>
        ) : null}
        {answer?.erased ? (
          <Banner tone="alarm" announce>
            <p>{text('resend-erased')}</p>
          </Banner>
        ) : null}
        <Filters
          filters={[
            {
              name: 'state',
              label: text('column-delivery'),
              value: state,
              options: deliveryStates.map((code) => ({ value: code, label: text.code('delivery', code) })),
            },
            {
              name: 'endpoint',
              label: text('deliveries-endpoint'),
              value: endpointId,
              options: endpoints.map(({ id, name }) => ({ value: id, label: name })),
            },
          ]}
        />
        {deliveries.length === 0 ? (
          <Empty title={text('my-deliveries-none')}>{text('my-deliveries-none-hint')}</Empty>
        ) : (
          <Panel>
            <Table
              caption={text('my-deliveries-caption')}
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
                {
                  label: text('deliveries-endpoint'),
                  cell: (delivery) =>
                    delivery.endpointId ? (
                      <Link className="wrap-anywhere" to={`/provider/endpoints/${delivery.endpointId}`}>
                        {endpoints.find(({ id }) => id === delivery.endpointId)?.name ?? delivery.endpointId}
                      </Link>
                    ) : (
                      '–'
                    ),
                },
                { label: text('column-attempts'), cell: (delivery) => <Attempts attempts={delivery.attempts} /> },
                {
                  label: text('column-next'),
                  cell: (delivery) => (delivery.nextAttemptAt ? <Moment at={delivery.nextAttemptAt} short /> : '–'),
                },
                ...(mayResend
                  ? [
                      {
                        label: text('endpoint-acts'),
                        cell: (delivery: (typeof deliveries)[number]) => (
                          <Form method="post" preventScrollReset>
                            <input type="hidden" name="delivery" value={delivery.id} />
                            <button className="button" type="submit" name="intent" value="resend">
                              {text('resend-now')}
                            </button>
                          </Form>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
            <Pager next={next} />
          </Panel>
        )}
        {mayResend ? <Recover complaints={answer?.complaints ?? []} since={answer?.since ?? ''} /> : null}
      </div>
    </>
  )
}

function Recover({ complaints, since }: { complaints: readonly Complaint[]; since: string }) {
  const text = useText()
  return (
    <Panel title={text('recover-title')} id="recover">
      <Form method="post" className="form-grid" noValidate>
        <Complaints complaints={complaints} />
        <TextField
          name="since"
          label={text('recover-since')}
          hint={`${text('recover-hint')} ${text('report-since-hint')}`}
          type="datetime-local"
          value={since}
          complaint={complaints[0]?.message}
        />
        <div>
          <button className="button" type="submit" name="intent" value="recover">
            {text('recover-now')}
          </button>
        </div>
      </Form>
    </Panel>
  )
}
