import type { Outage } from '../../deadlines/outages.ts'
import { useText } from '../language/use-text.ts'
import { Moment } from './moment.tsx'
import { Banner } from './notice-banner.tsx'

/** Our own outages, beside a clock that they touched. */
export function Outages({ outages }: { outages: readonly Outage[] }) {
  const text = useText()
  if (outages.length === 0) return null
  return (
    <Banner tone="wait">
      <p>
        <strong>{text('outages-title')}.</strong> {text('outages-hint')}
      </p>
      <ul>
        {outages.map(({ part, beganAt, endedAt }) => (
          <li key={`${part} ${beganAt}`} data-outage={part}>
            <Moment at={beganAt} short /> {text('outage-from-until')} <Moment at={endedAt} short />:{' '}
            {text(`outage.${part}`)}
          </li>
        ))}
      </ul>
    </Banner>
  )
}
