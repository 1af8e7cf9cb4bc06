import { Form } from '@remix-run/react'
import type { Asked, AskedItem } from '../../../inbox/show-asked.ts'
import { useText } from '../../language/use-text.ts'
import { Moment } from '../../ui/moment.tsx'
import { Banner } from '../../ui/notice-banner.tsx'
import { Id, Pairs, Panel } from '../../ui/page.tsx'
import { durationInWords } from '../../ui/time.tsx'
import { Claim } from './done-step.tsx'

/** What is asked, where it stands, and three buttons. */
export function AskedStep({ asked, number, token }: { asked: Asked; number: string; token: string }) {
  const text = useText()
  const { withdrawn } = asked
  return (
    <>
      <p className="lede">{text('answer-for', { organisation: asked.orgName })}</p>
      {withdrawn ? (
        <Banner tone="wait">
          <p>{text('answer-withdrawn')}</p>
          <p>
            {text('answer-withdrawn-why')}: {text.code('withdrawal', withdrawn.reason)}
          </p>
          <p>{text(withdrawn.restore ? 'answer-restore' : 'answer-keep')}</p>
        </Banner>
      ) : null}
      {asked.mayTellCustomer ? null : (
        <Banner tone="alarm">
          <p>{text('answer-silence')}</p>
        </Banner>
      )}
      <p className="hint">{text('answer-asked-hint')}</p>
      <ol className="stack list-none p-0">
        {asked.items.map((item) => (
          <li className="panel" key={item.id} data-revealed={item.address ? item.id : undefined}>
            <h2>{text('answer-item', { number: item.number })}</h2>
            <Item item={item} withdrawn={withdrawn !== null} />
          </li>
        ))}
      </ol>
      {withdrawn ? (
        withdrawn.restore ? (
          <Form method="post" reloadDocument className="panel stack">
            <input type="hidden" name="number" value={number} />
            <input type="hidden" name="intent" value="send" />
            <button className="button button-lead" type="submit" name="outcome" value="reinstated">
              {text('answer-back')}
            </button>
          </Form>
        ) : null
      ) : (
        <Panel title={text('answer-how')} id="answer">
          <Form method="post" reloadDocument className="grid gap-3">
            <input type="hidden" name="number" value={number} />
            {(['gone', 'elsewhere', 'cannot'] as const).map((group) => (
              <button className="option text-left" type="submit" name="intent" value={group} key={group}>
                <span className="font-semibold">{text(`answer-${group}`)}</span>
                <span className="text-sm text-soft">{text(`answer-${group}-hint`)}</span>
              </button>
            ))}
          </Form>
        </Panel>
      )}
      <About asked={asked} />
      <Claim asked={asked} token={token} />
    </>
  )
}

function Item({ item, withdrawn }: { item: AskedItem; withdrawn: boolean }) {
  const text = useText()
  const { address } = item
  return (
    <div className="grid gap-2">
      {withdrawn ? null : <p>{text.code('asked', item.scope)}</p>}
      {address ? (
        <p>
          <code className="address" translate="no">
            {address.defanged}
          </code>
        </p>
      ) : (
        <p>{text('answer-erased')}</p>
      )}
      {address?.ip ? (
        <p>
          {text('reveal-ip')}{' '}
          <code translate="no">
            {address.ip}
            {address.port ? ` · ${address.port}` : ''}
          </code>
        </p>
      ) : null}
      {Object.entries(address?.hashes ?? {}).map(([algorithm, digest]) => (
        <p key={algorithm}>
          {algorithm} <code className="id">{digest}</code>
        </p>
      ))}
      {item.handling === 'open' ? null : (
        <p className="font-semibold">{text('answer-given', { outcome: text.code('outcome', item.handling) })}</p>
      )}
    </div>
  )
}

function About({ asked }: { asked: Asked }) {
  const text = useText()
  const { notifier, text: said } = asked
  const kind = text.code('kind', notifier.kind)
  return (
    <Panel title={text('notice-about')} id="about">
      <Pairs
        pairs={[
          [text('column-notice'), <Id key="notice">{asked.noticeId}</Id>],
          [text('column-notifier'), `${notifier.name} (${kind})${notifier.phone ? ` · ${notifier.phone}` : ''}`],
          [text('column-regime'), text.code('regime', asked.regime)],
          [text('new-category'), text.code('category', asked.category)],
          asked.withdrawn
            ? null
            : asked.dueAt
              ? [text('answer-due'), <Moment key="due" at={asked.dueAt} />]
              : [text('answer-time'), durationInWords(asked.deadlineWithin, text.language)],
          said.reasons && [text('reveal-reasons'), said.reasons],
          said.legalBasis.length > 0 && [text('reveal-legal-basis'), said.legalBasis.join('; ')],
          said.forProviderOnly && [text('reveal-provider-only'), said.forProviderOnly],
          said.mayBeForwarded && [text('reveal-forwardable'), said.mayBeForwarded],
        ]}
      />
    </Panel>
  )
}
