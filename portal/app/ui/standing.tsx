import type { OrganisationStanding } from '../../people/organisation-standing.ts'
import { useText } from '../language/use-text.ts'
import { Badge, type Tone } from './headline.tsx'
import type { IconName } from './icon.tsx'

const looks: Record<OrganisationStanding, { tone: Tone; icon: IconName }> = {
  known: { tone: 'mute', icon: 'question' },
  invited: { tone: 'calm', icon: 'send' },
  waiting: { tone: 'wait', icon: 'clock' },
  refused: { tone: 'alarm', icon: 'stop' },
  admitted: { tone: 'good', icon: 'check' },
  suspended: { tone: 'alarm', icon: 'pause' },
}

/** How far an organisation is in: a word, a drawing and a colour, in that order of importance. */
export function StandingBadge({ standing }: { standing: OrganisationStanding }) {
  const text = useText()
  const { tone, icon } = looks[standing]
  return (
    <Badge tone={tone} icon={icon}>
      {text(`standing.${standing}`)}
    </Badge>
  )
}
