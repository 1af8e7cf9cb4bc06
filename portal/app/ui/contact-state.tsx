import type { ContactState as State } from '../../providers/contact.ts'
import { useText } from '../language/use-text.ts'
import { Badge, type Tone } from './headline.tsx'
import type { IconName } from './icon.tsx'

const looks: Record<State, { tone: Tone; icon: IconName }> = {
  live: { tone: 'good', icon: 'check' },
  unverified: { tone: 'wait', icon: 'question' },
  closed: { tone: 'calm', icon: 'clock' },
  away: { tone: 'calm', icon: 'pause' },
  silent: { tone: 'wait', icon: 'warning' },
  complained: { tone: 'wait', icon: 'warning' },
  lapsed: { tone: 'wait', icon: 'clock' },
  unreachable: { tone: 'alarm', icon: 'stop' },
}

/** How a contact stands, in a word, a drawing and a colour. */
export function ContactStateBadge({ state }: { state: State }) {
  const text = useText()
  return <Badge {...looks[state]}>{text.code('contact-state', state)}</Badge>
}
