import type { ClockOutage } from '../../deadlines/outages.ts'
import { useText } from '../language/use-text.ts'
import { Moment } from './moment.tsx'
import { Banner } from './notice-banner.tsx'

/** Our own outages, beside a clock that they touched. */
export function Outages({ outages }: { outages: readonly ClockOutage[] }) {
  const text = useText()
  if (outages.length === 0) return null
  return (
    <Banner tone="wait">
      <p>
        <strong>{text('outages-title')}.</strong> {text('outages-hint')}
      </p>
      <ul>
        {outages.map(({ part, beganAt, endedAt, whenDue }) => (
          <li key={`${part} ${beganAt}`} data-outage={part}>
            <p>
              {text(`outage.${part}`)}
              {whenDue ? `. ${text('outage-when-due')}` : null}
            </p>
            <p>
              <Moment at={beganAt} short />
            </p>
            <p>
              {text('outage-from-until')} <Moment at={endedAt} short />
            </p>
          </li>
        ))}
      </ul>
    </Banner>
  )
}
