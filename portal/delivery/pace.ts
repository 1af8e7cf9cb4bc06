/** How an endpoint is served: its pace, and the rests of one that keeps failing. Pure. */
const second = 1000
const minute = 60 * second

/** So many failures in a row, and it is left alone for a while. */
export const restsAfter = 5
const rests = [30 * second, minute, 2 * minute, 5 * minute]

/**
 * For how long an endpoint that keeps failing is left alone, after so many rests before this one. Then one delivery is
 * tried; where that arrives, all that waited is due. Never longer than five minutes: an order of one hour is waiting.
 */
export function restMs(restsBefore: number, jitter: number): number {
  return Math.round((rests[Math.min(restsBefore, rests.length - 1)] ?? 0) * (0.8 + 0.4 * jitter))
}

/** As long as the worker may rest between two looks, so that a quick pace is kept all the same. */
const togetherMs = second

/** How many may be sent now at a pace of so many a minute, where the next one is not due before `pacedUntil`. */
export function paceRoom(rate: number, pacedUntil: Date | null, now: Date): number {
  const ahead = Math.max(0, (pacedUntil?.getTime() ?? 0) - now.getTime())
  return ahead > 0 ? 0 : 1 + Math.floor((togetherMs * rate) / minute)
}

/** When the next one may be sent after so many were sent now. */
export function pacedUntil(rate: number, sent: number, now: Date): Date {
  return new Date(now.getTime() + Math.floor((sent * minute) / rate))
}
