import type { Headline as HeadlineCode } from '../../removal/headline.ts'
import { useText } from '../language/use-text.ts'
import { Icon, type IconName } from './icon.tsx'

export type Tone = 'good' | 'wait' | 'alarm' | 'calm' | 'mute'

const looks: Record<HeadlineCode, { tone: Tone; icon: IconName }> = {
  excluded: { tone: 'mute', icon: 'minus' },
  withdrawn: { tone: 'wait', icon: 'back' },
  withdrawn_restored: { tone: 'mute', icon: 'back' },
  unattributed: { tone: 'wait', icon: 'question' },
  contradicted: { tone: 'alarm', icon: 'warning' },
  reappeared: { tone: 'alarm', icon: 'again' },
  removed_verified: { tone: 'good', icon: 'double-check' },
  removed_claimed: { tone: 'calm', icon: 'check' },
  offline_unclaimed: { tone: 'calm', icon: 'gone' },
  refused: { tone: 'alarm', icon: 'stop' },
  undeliverable: { tone: 'alarm', icon: 'send' },
  overdue: { tone: 'alarm', icon: 'clock' },
  beyond_reference: { tone: 'wait', icon: 'clock' },
  open: { tone: 'calm', icon: 'dot' },
}

/** One item's headline: a word, a drawing and a colour, in that order of importance. */
export function Headline({ code, large = false }: { code: HeadlineCode; large?: boolean }) {
  const text = useText()
  const { tone, icon } = looks[code]
  return (
    <span className={`badge tone-${tone}${large ? ' badge-large' : ''}`} data-headline={code}>
      <Icon name={icon} size={large ? 18 : 15} />
      {text.code('headline', code)}
    </span>
  )
}

export function Badge({ tone, icon, children }: { tone: Tone; icon: IconName; children: string }) {
  return (
    <span className={`badge tone-${tone}`}>
      <Icon name={icon} size={15} />
      {children}
    </span>
  )
}
