import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { findLateDeliveries, measureDeliveries } from '../../delivery/measure-deliveries.ts'
import { measureOwed } from '../../facts/measure-owed.ts'
import { revealItem } from '../../inbox/reveal-item.ts'
import { attributeItem } from '../../notices/attribute-item.ts'
import { findUnattributed } from '../../notices/find-unattributed.ts'
import { findProviders } from '../../people/find-providers.ts'
import { forbidden, notFound, requireMay } from '../access.server.ts'
import { intentOf, word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { shownOf } from '../reveal.server.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { Badge } from '../ui/headline.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, Id, PageHeading, Pairs, Panel } from '../ui/page.tsx'
import { QueueState } from '../ui/queue-state.tsx'
import { RevealButton, Revealed, type Shown } from '../ui/reveal.tsx'
import { Table } from '../ui/table.tsx'
import { inWords } from '../ui/time.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('desk-title')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'deliveries.read')
  const { ground, listDeadLetters } = args.context
  const [waiting, providers, dead, measure, owedMs, late] = await Promise.all([
    findUnattributed(ground, actor),
    findProviders(ground, actor),
    listDeadLetters(50),
    measureDeliveries(ground),
    measureOwed(ground),
    findLateDeliveries(ground, actor, { limit: 20 }),
  ])
  return {
    queue: { ...measure, owedMs, late: late.result === 'found' ? late.late : [] },
    clockApartMs: ground.clock.apartMs?.() ?? 0,
    mayDecide: waiting.result === 'found',
    items:
      waiting.result === 'found'
        ? waiting.items.map((item) => ({ ...item, submittedAt: item.submittedAt.toISOString() }))
        : [],
    providers: providers.result === 'found' ? providers.providers : [],
    // A job's data holds ids only; the page needs none of them but the fact's.
    dead: dead.map(({ id, job, tries, givenUpAt, data: { factId } }) => ({
      id,
      job,
      tries,
      givenUpAt: givenUpAt.toISOString(),
      factId: typeof factId === 'string' ? factId : null,
    })),
  }
}

interface Answer {
  said: 'desk-attribute-failed' | 'desk-already' | 'reveal-erased' | null
  shown: Shown | null
  itemId: string
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'attribution.decide')
  const { ground } = args.context
  const form = await args.request.formData()
  const itemId = word(form, 'item')
  const answer = (said: Answer['said'], status: number, shown: Shown | null = null) =>
    data<Answer>({ said, shown, itemId }, { status })
  if (intentOf(form, ['attribute', 'reveal']) === 'reveal') {
    await requireMay(args, 'platform', 'items.reveal')
    const revealed = await revealItem(ground, actor, itemId, 'page')
    if (revealed.result === 'erased') return answer('reveal-erased', 410)
    if (revealed.result === 'forbidden') throw forbidden()
    if (revealed.result !== 'revealed') throw notFound()
    return answer(null, 200, shownOf(revealed.item))
  }
  const { result } = await attributeItem(ground, actor, itemId, word(form, 'provider'), word(form, 'reason'))
  switch (result) {
    case 'attributed':
      return redirect('/operator?attributed=yes', 303)
    case 'already-attributed':
    case 'not-open':
      return answer('desk-already', 409)
    case 'invalid':
    case 'unknown-provider':
      return answer('desk-attribute-failed', 422)
    case 'unknown-item':
      throw notFound()
    case 'forbidden':
      throw forbidden()
  }
}

export default function Desk() {
  const text = useText()
  const { clockApartMs, queue, items, providers, dead, mayDecide } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  return (
    <>
      <PageHeading title={text('desk-title')} lede={text('desk-lede')} />
      <div className="stack">
        {Math.abs(clockApartMs) > 60_000 ? (
          <Banner tone="alarm">
            <p>
              {text(clockApartMs > 0 ? 'desk-clock-ahead' : 'desk-clock-behind', {
                length: inWords(clockApartMs, text.language),
              })}
            </p>
          </Banner>
        ) : null}
        {search.get('attributed') === 'yes' ? (
          <Banner tone="good" announce>
            <p>{text('desk-attributed')}</p>
          </Banner>
        ) : null}
        {answer?.said ? (
          <Banner tone="alarm" announce>
            <p>{text(answer.said)}</p>
          </Banner>
        ) : null}
        <QueueState {...queue} />
        <section className="stack" aria-labelledby="unattributed">
          <h2 id="unattributed">{text('desk-unattributed')}</h2>
          {items.length === 0 ? (
            <Empty title={text('desk-unattributed-none')}>{text('desk-unattributed-none-hint')}</Empty>
          ) : (
            <ul className="stack">
              {items.map((item) => (
                <li className="panel stack" key={item.itemId} data-item={item.itemId}>
                  <div className="flex flex-wrap items-center justify-between gap-3">
                    <h3>
                      <Id>{item.itemId}</Id>
                    </h3>
                    <Badge tone="wait" icon="question">
                      {text.code('unattributed', item.code ?? 'no_network')}
                    </Badge>
                  </div>
                  <Pairs
                    pairs={[
                      [text('column-notifier'), item.notifier.name],
                      [text('column-notice'), <Id key="notice">{item.noticeId}</Id>],
                      [text('column-regime'), text.code('regime', item.regime)],
                      [text('column-scope'), text.code('scope', item.scope)],
                      [text('column-submitted'), <Moment key="at" at={item.submittedAt} />],
                      ...item.findings.map(({ by, name, mailbox, asn }): [string, string] => [
                        text(`desk-found-${by}`),
                        [name, asn === null ? null : `AS${asn}`, mailbox].filter(Boolean).join(' · '),
                      ]),
                    ]}
                  />
                  {answer?.shown?.itemId === item.itemId ? (
                    <Revealed shown={answer.shown} />
                  ) : mayDecide ? (
                    <RevealButton itemId={item.itemId} />
                  ) : null}
                  {mayDecide ? <AttributeForm item={item} providers={providers} /> : null}
                </li>
              ))}
            </ul>
          )}
        </section>
        <Panel title={text('desk-dead')} id="dead">
          {dead.length === 0 ? (
            <p className="text-soft">{text('desk-dead-none')}</p>
          ) : (
            <Table
              caption={text('desk-dead-caption')}
              rows={dead}
              rowKey={(letter) => letter.id}
              columns={[
                { label: text('desk-dead-job'), cell: (letter) => <Id>{letter.job}</Id> },
                { label: text('column-event'), cell: (letter) => (letter.factId ? <Id>{letter.factId}</Id> : '–') },
                { label: text('desk-dead-tries'), cell: (letter) => letter.tries },
                { label: text('desk-dead-at'), cell: (letter) => <Moment at={letter.givenUpAt} /> },
              ]}
            />
          )}
        </Panel>
      </div>
    </>
  )
}

/** Sending a notice to the wrong company is the worst error there is: the evidence is asked for, and the button comes last. */
function AttributeForm({
  item: { itemId, findings },
  providers,
}: {
  item: { itemId: string; findings: readonly { name: string | null; mailbox: string }[] }
  providers: readonly { id: string; name: string; country: string; takesPart: boolean }[]
}) {
  const text = useText()
  const known = ({ name, country, takesPart }: (typeof providers)[number]) =>
    takesPart ? `${name} (${country})` : `${name} (${country}): ${text('desk-provider-known')}`
  return (
    <details className="no-print">
      <summary>{text('desk-attribute')}</summary>
      <Form method="post" className="form-grid mt-3" autoComplete="off">
        <p className="hint">{text('desk-attribute-hint')}</p>
        <input type="hidden" name="item" value={itemId} />
        <div className="form-grid form-grid-2">
          <SelectField
            id={`provider-${itemId}`}
            name="provider"
            label={text('desk-provider')}
            options={[
              { value: '', label: '–' },
              ...findings.map(({ name, mailbox }, index) => ({
                value: `named:${index}`,
                label: `${name ?? mailbox}: ${text('desk-provider-named')}`,
              })),
              ...providers.map((provider) => ({ value: provider.id, label: known(provider) })),
            ]}
          />
          <TextField
            id={`reason-${itemId}`}
            name="reason"
            label={text('desk-reason')}
            hint={text('desk-reason-hint')}
          />
        </div>
        <div>
          <button className="button button-lead" type="submit" name="intent" value="attribute">
            {text('desk-attribute-now')}
          </button>
        </div>
      </Form>
    </details>
  )
}
