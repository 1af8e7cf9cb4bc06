import type { AttemptView, DeliveryView } from '../../delivery/delivery.ts'
import type { Text } from '../language/text.ts'
import { useText } from '../language/use-text.ts'
import { Badge, type Tone } from './headline.tsx'
import type { IconName } from './icon.tsx'
import { Moment } from './moment.tsx'

export const deliveryStates = ['queued', 'offered', 'received', 'acknowledged', 'failed'] as const

const looks: Record<DeliveryView['state'], { tone: Tone; icon: IconName }> = {
  queued: { tone: 'wait', icon: 'clock' },
  offered: { tone: 'wait', icon: 'send' },
  received: { tone: 'calm', icon: 'check' },
  acknowledged: { tone: 'good', icon: 'double-check' },
  failed: { tone: 'alarm', icon: 'warning' },
}

export function DeliveryBadge({ state }: { state: DeliveryView['state'] }) {
  const text = useText()
  return <Badge {...looks[state]}>{text.code('delivery', state)}</Badge>
}

/** `urn:noticeline:event:notice.issued` is `notice.issued` to a reader. */
export function eventName(event: string): string {
  return event.slice(event.lastIndexOf(':') + 1)
}

export function failureWord(text: Text, code: string): string {
  const status = /^http_(\d{3})$/.exec(code)?.[1]
  return status ? text('failure-http', { status }) : text.code('failure', code)
}

/** Each try with its time and what came of it: codes and milliseconds, and nothing of what was answered. */
export function Attempts({ attempts }: { attempts: readonly AttemptView[] }) {
  const text = useText()
  if (attempts.length === 0) return <span className="text-soft">{text('attempts-none')}</span>
  return (
    <details>
      <summary>{text('attempts-count', { count: attempts.length })}</summary>
      <ol className="grid gap-2 py-2 text-sm">
        {attempts.map((attempt) => (
          <li key={attempt.id}>
            {attempt.number}. {text.code('attempt', attempt.result ?? 'running')}
            {attempt.code ? `: ${failureWord(text, attempt.code)}` : ''}
            {attempt.ms === null ? '' : ` · ${attempt.ms} ms`}
            <span className="block text-soft">
              <Moment at={attempt.startedAt} short />
            </span>
          </li>
        ))}
      </ol>
    </details>
  )
}
