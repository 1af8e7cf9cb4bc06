import type { SigningKeyRow } from './keys-store.server.ts'

type Dates = Pick<SigningKeyRow, 'kid' | 'activeFrom' | 'publishedAt' | 'retiredAt' | 'revokedAt'> & {
  dataKey: Uint8Array
}

const minute = 60_000
const day = 24 * 60 * minute

/** A key is published so long before it signs, that receivers who look every ten minutes have it by then. */
const publishedAheadMs = day
/** How long a key signs. */
const signsForMs = 90 * day
/** How long a retired key stays among the published ones: longer than a receiver takes a token for. */
export const shownAfterMs = 60 * day
// Another machine's clock may run behind, and there the old key still signs.
const keptAfterMs = 60 * minute

/** Where every key stands at an instant. Keys that were revoked stand nowhere. */
export function standingOf<K extends Dates>(
  keys: readonly K[],
  now: Date,
): { current: K | null; next: K | null; earlier: K[] } {
  const living = keys.filter((key) => key.revokedAt === null).sort((a, b) => +a.activeFrom - +b.activeFrom)
  // One whose private part is gone signs no more, though its time may seem to have come back with the clock. Where the
  // time runs behind the one that made the first key, that key signs all the same.
  const able = (key: K) => key.dataKey.length > 0
  const begun = living.findLastIndex((key) => key.activeFrom <= now && able(key))
  const at = begun >= 0 ? begun : living.findIndex(able)
  if (at < 0) return { current: null, next: null, earlier: living }
  const next = living.findIndex((key, index) => index > at && able(key))
  return {
    current: living[at] ?? null,
    next: living[next] ?? null,
    earlier: living.filter((key, index) => index < at || (index > at && !able(key))),
  }
}

/** When a key stopped signing: as written down, or when the one after it began. */
export function stoppedAt<K extends Dates>(key: K, keys: readonly K[], now: Date): Date | null {
  if (key.retiredAt) return key.retiredAt
  if (key.revokedAt) return key.revokedAt
  const after = keys.filter((other) => !other.revokedAt && other.activeFrom > key.activeFrom && other.activeFrom <= now)
  return after.sort((a, b) => +a.activeFrom - +b.activeFrom)[0]?.activeFrom ?? null
}

export interface KeyPlan {
  /** When a key to be made now begins to sign. */
  publish: Date | null
  retire: { kid: string; at: Date }[]
  destroy: string[]
  /** Made or retired by a clock that has been set back since: when it begins to sign after all, and that it is not retired. */
  date: { kid: string; activeFrom: Date }[]
}

/** What is to be done by the clock. `rotating`: somebody asked for another key although none is due. */
export function planKeys(keys: readonly Dates[], now: Date, rotating = false): KeyPlan {
  const { current, next, earlier } = standingOf(keys, now)
  const retire = earlier
    .filter((key) => key.retiredAt === null)
    .map((key) => ({ kid: key.kid, at: stoppedAt(key, keys, now) ?? now }))
  const destroy = earlier
    .filter((key) => key.dataKey.length > 0 && +now - +(stoppedAt(key, keys, now) ?? now) >= keptAfterMs)
    .map((key) => key.kid)
  return { publish: publishingAt(current, next, now, rotating), retire, destroy, date: datesOf(current, next, now) }
}

function datesOf(current: Dates | null, next: Dates | null, now: Date): KeyPlan['date'] {
  const furthest = +now + publishedAheadMs + keptAfterMs
  const dates: KeyPlan['date'] = []
  if (current && +current.activeFrom > furthest) dates.push({ kid: current.kid, activeFrom: now })
  else if (current?.retiredAt) dates.push({ kid: current.kid, activeFrom: current.activeFrom })
  if (next && +next.activeFrom > furthest) dates.push({ kid: next.kid, activeFrom: new Date(+now + publishedAheadMs) })
  return dates
}

function publishingAt(current: Dates | null, next: Dates | null, now: Date, rotating: boolean): Date | null {
  if (!current) return now
  if (next) return null
  const ahead = new Date(+now + publishedAheadMs)
  if (rotating) return ahead
  const due = new Date(+current.activeFrom + signsForMs)
  if (+due - publishedAheadMs > +now) return null
  return due > ahead ? due : ahead
}
