import type { ReactNode } from 'react'
import type { AddresseeView, AxesView } from '../../inbox/views.ts'
import { useText } from '../language/use-text.ts'
import { Countdown } from './countdown.tsx'
import type { Tone } from './headline.tsx'
import { Icon, type IconName } from './icon.tsx'
import { Moment } from './moment.tsx'

interface Station {
  axis: 'delivery' | 'handling' | 'observation' | 'clock'
  tone: Tone
  icon: IconName
  state: string
  detail?: ReactNode
}

/** The four axes of one item, side by side: none of them stands for another. */
export function Axes({ axes, addressee }: { axes: AxesView; addressee?: AddresseeView | undefined }) {
  const text = useText()
  const stations: Station[] = [
    {
      axis: 'delivery',
      ...deliveryLook(axes.delivery),
      state: text.code('delivery', axes.delivery ?? 'none'),
      detail: addressee ? (
        <>
          {text.code('reach', addressee.reach)}{' '}
          {addressee.receivedAt ? <Moment at={addressee.receivedAt} short /> : null}
        </>
      ) : null,
    },
    {
      axis: 'handling',
      ...handlingLook(axes.handling),
      state: handlingWord(text, axes.handling),
      detail: addressee?.grade ? text.code('grade', addressee.grade) : null,
    },
    {
      axis: 'observation',
      ...observationLook(axes),
      state: text.code('observation', axes.observation.state),
      detail: observationDetail(text, axes),
    },
    {
      axis: 'clock',
      ...clockLook(axes.clock.state),
      state: text.code('clock', axes.clock.state),
      detail:
        axes.clock.state === 'waiting' ? (
          text('clock-waiting')
        ) : (
          <Countdown clock={{ ...axes.clock, endedAt: addressee?.endedAt ?? null }} withDate />
        ),
    },
  ]
  return (
    <div className="axes-box">
      <ol className="axes">
        {stations.map((station) => (
          <li className="axis" key={station.axis} data-axis={station.axis}>
            <span className={`station tone-${station.tone}`}>
              <Icon name={station.icon} size={14} />
            </span>
            <div>
              <div className="name">{text.code('axis', station.axis)}</div>
              <div className="state">{station.state}</div>
              {station.detail ? <div className="detail">{station.detail}</div> : null}
            </div>
          </li>
        ))}
      </ol>
    </div>
  )
}

export function handlingWord(text: ReturnType<typeof useText>, handling: string): string {
  return text.code(handling === 'open' || handling === 'in_progress' ? 'handling' : 'outcome', handling)
}

function observationDetail(text: ReturnType<typeof useText>, { observation }: AxesView): ReactNode {
  if (observation.contradicted) return text('observation-contradicts')
  if (observation.state !== 'confirmed_offline' || !observation.confirmedAt) return null
  return (
    <>
      {observation.grade ? `${text.code('grade', observation.grade)}, ` : ''}
      <Moment at={observation.confirmedAt} short />
    </>
  )
}

function deliveryLook(state: AxesView['delivery']): { tone: Tone; icon: IconName } {
  switch (state) {
    case null:
      return { tone: 'mute', icon: 'question' }
    case 'queued':
    case 'offered':
      return { tone: 'wait', icon: 'send' }
    case 'received':
      return { tone: 'calm', icon: 'check' }
    case 'acknowledged':
      return { tone: 'good', icon: 'double-check' }
    case 'failed':
      return { tone: 'alarm', icon: 'warning' }
  }
}

function handlingLook(state: AxesView['handling']): { tone: Tone; icon: IconName } {
  switch (state) {
    case 'open':
      return { tone: 'mute', icon: 'dot' }
    case 'in_progress':
    case 'forwarded':
      return { tone: 'calm', icon: 'send' }
    case 'cannot_execute':
      return { tone: 'wait', icon: 'pause' }
    case 'refused':
      return { tone: 'alarm', icon: 'stop' }
    case 'not_hosted_here':
    case 'duplicate':
    case 'reinstated':
      return { tone: 'mute', icon: 'back' }
    default:
      return { tone: 'good', icon: 'check' }
  }
}

function observationLook({ observation }: AxesView): { tone: Tone; icon: IconName } {
  if (observation.contradicted) return { tone: 'alarm', icon: 'warning' }
  switch (observation.state) {
    case 'unverified':
      return { tone: 'mute', icon: 'eye' }
    case 'confirmed_offline':
      return { tone: 'good', icon: 'eye' }
    case 'reappeared':
      return { tone: 'alarm', icon: 'again' }
  }
}

function clockLook(state: AxesView['clock']['state']): { tone: Tone; icon: IconName } {
  switch (state) {
    case 'waiting':
      return { tone: 'mute', icon: 'minus' }
    case 'running':
      return { tone: 'calm', icon: 'clock' }
    case 'paused':
      return { tone: 'wait', icon: 'pause' }
    case 'met':
      return { tone: 'good', icon: 'check' }
    case 'exceeded':
      return { tone: 'alarm', icon: 'warning' }
  }
}
