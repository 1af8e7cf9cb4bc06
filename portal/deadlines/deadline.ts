import { durationOf, msOf } from './duration.ts'
import type { OnObstacle } from './norms.ts'

/** A time in which a provider could not act; `until` is null while it lasts. */
export interface Obstacle {
  from: Date
  until: Date | null
}

export interface ClockInput {
  /** ISO 8601, of fixed length. */
  within: string
  onObstacle: OnObstacle
  receivedAt: Date | null
  obstacles: readonly Obstacle[]
  /** When the item ended for this addressee. */
  endedAt: Date | null
  now: Date
  /** When it was first offered on a second channel that is alive. */
  secondOfferedAt?: Date | null
  /** Where the norm knows it: how long after that silence counts as receipt. */
  deemedReceipt?: string | null
}

export type ClockState = 'waiting' | 'running' | 'paused' | 'met' | 'exceeded'

export interface Clock {
  state: ClockState
  startedAt: Date | null
  /** Null before the start, and while an obstacle lasts: nobody knows yet. */
  dueAt: Date | null
  /** ISO 8601. A late removal stays late, and what is still open gets later. */
  lateBy: string | null
}

/** Computed, never typed in: the clock of one item for one addressee. */
export function clockOf(input: ClockInput): Clock {
  const startedAt = startOf(input)
  if (!startedAt) {
    const state = input.endedAt ? 'met' : 'waiting'
    return { state, startedAt: null, dueAt: null, lateBy: null }
  }
  const until = input.endedAt ?? input.now
  const dueAt = dueOf(startedAt, input, until)
  if (!dueAt) return { state: input.endedAt ? 'met' : 'paused', startedAt, dueAt: null, lateBy: null }
  const late = until.getTime() - dueAt.getTime()
  if (late > 0) return { state: 'exceeded', startedAt, dueAt, lateBy: durationOf(late) }
  return { state: input.endedAt ? 'met' : 'running', startedAt, dueAt, lateBy: null }
}

/** The receipt, or before it the instant from which silence counts as one: whoever waits for longer gains nothing. */
function startOf({ receivedAt, secondOfferedAt, deemedReceipt, endedAt, now }: ClockInput): Date | null {
  if (!deemedReceipt || !secondOfferedAt) return receivedAt
  const deemed = deemedAt(secondOfferedAt, deemedReceipt)
  if (deemed > (endedAt ?? now)) return receivedAt
  return receivedAt !== null && receivedAt < deemed ? receivedAt : deemed
}

/** From when on silence counts as receipt. */
export function deemedAt(secondOfferedAt: Date, deemedReceipt: string): Date {
  return new Date(secondOfferedAt.getTime() + fixed(deemedReceipt))
}

/** When the time is up, or null while an obstacle that came before that lasts. */
function dueOf(startedAt: Date, input: ClockInput, until: Date): Date | null {
  const within = fixed(input.within)
  let cursor = startedAt.getTime()
  let left = within
  if (input.onObstacle === 'none') return new Date(cursor + left)
  for (const obstacle of inOrder(input.obstacles)) {
    const from = Math.max(obstacle.from.getTime(), cursor)
    // Unknown yet at the instant that is asked about; and what comes after the time was up moves nothing.
    if (from > until.getTime() || from - cursor >= left) break
    const end = obstacle.until?.getTime() ?? Number.POSITIVE_INFINITY
    if (end <= cursor) continue
    if (end > until.getTime()) return null
    left = input.onObstacle === 'restart' ? within : left - (from - cursor)
    cursor = end
  }
  return new Date(cursor + left)
}

function inOrder(obstacles: readonly Obstacle[]): Obstacle[] {
  return [...obstacles].sort((left, right) => left.from.getTime() - right.from.getTime())
}

function fixed(duration: string): number {
  const ms = msOf(duration)
  if (ms === null) throw new RangeError('A clock needs a duration of fixed length')
  return ms
}
