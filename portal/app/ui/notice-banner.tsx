import type { ReactNode } from 'react'
import type { Tone } from './headline.tsx'
import { Icon, type IconName } from './icon.tsx'

const icons: Record<Tone, IconName> = { good: 'check', wait: 'warning', alarm: 'warning', calm: 'dot', mute: 'dot' }

/** Something the reader should know before going on. `announce` reads it out when it appears after an act. */
export function Banner({ tone, announce = false, children }: { tone: Tone; announce?: boolean; children: ReactNode }) {
  return (
    <div className={`banner tone-${tone}`} role={announce ? (tone === 'alarm' ? 'alert' : 'status') : undefined}>
      <Icon name={icons[tone]} size={18} />
      <div>{children}</div>
    </div>
  )
}
