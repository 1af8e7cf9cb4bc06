import type { RehearsalState as Rehearsed, StepResult } from '../../delivery/rehearsal.ts'
import type { EndpointState as State } from '../../providers/endpoint.ts'
import { useText } from '../language/use-text.ts'
import { Badge, type Tone } from './headline.tsx'
import type { IconName } from './icon.tsx'

interface Look {
  tone: Tone
  icon: IconName
}

const states: Record<State, Look> = {
  active: { tone: 'good', icon: 'check' },
  unverified: { tone: 'wait', icon: 'question' },
  paused: { tone: 'wait', icon: 'pause' },
  retired: { tone: 'mute', icon: 'stop' },
}

export function EndpointState({ state }: { state: State }) {
  const text = useText()
  return <Badge {...states[state]}>{text(`endpoint-state.${state}`)}</Badge>
}

const rehearsals: Record<Rehearsed, Look> = {
  running: { tone: 'wait', icon: 'clock' },
  passed: { tone: 'good', icon: 'double-check' },
  failed: { tone: 'alarm', icon: 'warning' },
}

export function RehearsalState({ state }: { state: Rehearsed }) {
  const text = useText()
  return <Badge {...rehearsals[state]}>{text(`rehearsal-state.${state}`)}</Badge>
}

const results: Record<StepResult, Look> = {
  passed: { tone: 'good', icon: 'check' },
  advice: { tone: 'calm', icon: 'dot' },
  failed: { tone: 'alarm', icon: 'warning' },
  skipped: { tone: 'mute', icon: 'minus' },
  waiting: { tone: 'wait', icon: 'clock' },
}

export function StepBadge({ result }: { result: StepResult }) {
  const text = useText()
  return <Badge {...results[result]}>{text(`rehearsal-result.${result}`)}</Badge>
}
