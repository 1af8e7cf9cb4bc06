import { useRouteLoaderData } from '@remix-run/react'
import type { AddresseeView, ItemView } from '../../inbox/views.ts'
import { useText } from '../language/use-text.ts'
import { handlingWord } from './axes.tsx'
import { Moment } from './moment.tsx'
import { Pairs } from './page.tsx'

/** Who answers for an item, by which evidence, as it was found: a dated snapshot. */
export function Attribution({ item }: { item: ItemView }) {
  const text = useText()
  const { attribution } = item
  if (attribution.state !== 'attributed') {
    return <p className="text-soft">{text(`attribution-${attribution.state}-hint`)}</p>
  }
  return (
    <Pairs
      pairs={[
        [
          text('attribution-chain'),
          <ul key="chain">
            {attribution.providers.map((provider) => (
              <li key={provider.orgId}>
                <strong>{provider.name}</strong> · {text.code('role', provider.role)}
                {provider.accountable ? `, ${text('attribution-accountable')}` : ''} (
                {text.code('confidence', provider.confidence)})
              </li>
            ))}
          </ul>,
        ],
        attribution.evidence.length > 0 && [
          text('attribution-evidence'),
          attribution.evidence.map((word) => text.code('evidence', word)).join(', '),
        ],
        attribution.at && [text('attribution-at'), <Moment at={attribution.at} key="at" />],
      ]}
    />
  )
}

/** Where more than one provider is addressed, each has its own delivery and clock. */
export function OtherAddressees({ addressees }: { addressees: readonly AddresseeView[] }) {
  const text = useText()
  if (addressees.length < 2) return null
  return (
    <ul>
      {addressees.map((addressee) => (
        <li key={addressee.orgId}>
          <strong>{addressee.name}</strong>: {text.code('reach', addressee.reach)} ·{' '}
          {handlingWord(text, addressee.handling)} · {text.code('clock', addressee.clock.state)}
        </li>
      ))}
    </ul>
  )
}

/** What the provider said and what was seen (newest first), each with its time: the two are never one. */
export function Evidence({ item }: { item: ItemView }) {
  const text = useText()
  const root = useRouteLoaderData('root') as
    | { mode?: string; looksByHead?: boolean; lookEverySeconds?: number }
    | undefined
  const demo = root?.mode === 'demo' && root.looksByHead === true
  return (
    <div className="grid gap-6 md:grid-cols-2">
      <div>
        <h3 className="mb-2">{text('outcomes-title')}</h3>
        {item.outcomes.length === 0 ? <p className="text-soft">{text('outcomes-none')}</p> : null}
        <ul className="grid gap-3">
          {item.outcomes.map((outcome) => (
            <li key={outcome.id} data-outcome={outcome.code}>
              <strong>{text.code('outcome', outcome.code)}</strong>
              {outcome.reason ? `: ${text.code('reason', outcome.reason)}` : ''}
              <span className="block text-sm text-soft">
                {[
                  text.code('grade', outcome.grade),
                  text.code('by', outcome.by),
                  outcome.scopeApplied && `${text('column-scope')}: ${text.code('scope', outcome.scopeApplied)}`,
                  outcome.territory?.map((place) => text.code('territory', place)).join(', '),
                  ...outcome.also.map((code) => text.code('outcome', code)),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <span className="block text-sm">
                <Moment at={outcome.at} />
              </span>
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h3 className="mb-2">{text('observations-title')}</h3>
        {demo ? <p className="hint mb-2">{text('looks-demo', { seconds: root?.lookEverySeconds ?? 2 })}</p> : null}
        {item.observations.length === 0 ? <p className="text-soft">{text('observations-none')}</p> : null}
        <ul className="grid gap-3">
          {item.observations
            .slice(-5)
            .reverse()
            .map((observation) => (
              <li key={observation.id} data-observation={observation.result}>
                <strong>{text.code('observed', observation.result)}</strong>
                <span className="block text-sm text-soft">
                  {text.code('method', observation.method)} · {text.code('confidence', observation.confidence)}
                </span>
                <span className="block text-sm">
                  <Moment at={observation.at} />
                </span>
              </li>
            ))}
        </ul>
        {item.observations.length > 5 ? (
          <p className="hint mt-2">{text('observations-more', { count: item.observations.length - 5 })}</p>
        ) : null}
      </div>
    </div>
  )
}
