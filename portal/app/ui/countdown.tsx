import { useText } from '../language/use-text.ts'
import { Icon, type IconName } from './icon.tsx'
import { Moment } from './moment.tsx'
import { inWords, useNow } from './time.tsx'

export interface Clock {
  state: 'waiting' | 'running' | 'paused' | 'met' | 'exceeded'
  dueAt: string | null
  /** When it stopped, where it did. */
  endedAt?: string | null
}

/** A deadline, running or past. Rendered by the server; with scripts it counts. */
export function Countdown({ clock, withDate = false }: { clock: Clock; withDate?: boolean }) {
  const text = useText()
  const now = useNow(1000)
  const { tone, icon, words } = say(clock, now.getTime(), text)
  return (
    <span className="inline-block">
      <span className={`countdown countdown-${tone}`}>
        <Icon name={icon} />
        <span suppressHydrationWarning>{words}</span>
      </span>
      {withDate && clock.dueAt ? (
        <span className="block text-sm text-soft">
          {text('clock-due')} <Moment at={clock.dueAt} />
        </span>
      ) : null}
    </span>
  )
}

function say(
  clock: Clock,
  now: number,
  text: ReturnType<typeof useText>,
): { tone: string; icon: IconName; words: string } {
  const due = clock.dueAt ? Date.parse(clock.dueAt) : null
  const late = (until: number) => text('clock-late', { time: inWords(until - (due ?? until), text.language) })
  switch (clock.state) {
    case 'waiting':
      return { tone: 'mute', icon: 'minus', words: text('clock-waiting') }
    case 'paused':
      return { tone: 'wait', icon: 'pause', words: text.code('clock', 'paused') }
    case 'met':
      return { tone: 'good', icon: 'check', words: text('clock-met') }
    case 'exceeded':
      return { tone: 'alarm', icon: 'warning', words: late(clock.endedAt ? Date.parse(clock.endedAt) : now) }
    case 'running':
      if (due === null) return { tone: 'calm', icon: 'clock', words: text.code('clock', 'running') }
      if (due <= now) return { tone: 'alarm', icon: 'warning', words: late(now) }
      return {
        tone: due - now < 2 * 3_600_000 ? 'wait' : 'calm',
        icon: 'clock',
        words: text('clock-left', { time: inWords(due - now, text.language) }),
      }
  }
}
