import type { ClaimState } from '../../attribution/network-claim.ts'
import { useText } from '../language/use-text.ts'
import { Badge, type Tone } from './headline.tsx'
import type { IconName } from './icon.tsx'

const looks: Record<ClaimState, { tone: Tone; icon: IconName }> = {
  proving: { tone: 'wait', icon: 'question' },
  waiting_consent: { tone: 'wait', icon: 'hand' },
  waiting_desk: { tone: 'wait', icon: 'eye' },
  waiting_time: { tone: 'calm', icon: 'clock' },
  in_force: { tone: 'good', icon: 'check' },
  lapsing: { tone: 'alarm', icon: 'warning' },
  refused: { tone: 'alarm', icon: 'stop' },
  ended: { tone: 'mute', icon: 'minus' },
}

/** How far a claim on a network is: a word first, then a drawing and a colour. */
export function NetworkState({ state }: { state: ClaimState }) {
  const text = useText()
  const { tone, icon } = looks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {text.code('network-state', state)}
    </Badge>
  )
}
