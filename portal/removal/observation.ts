/** Methods, results and the rule by which looks become the third axis: pure. */

export const observationMethods = ['provider_attestation', 'dns', 'tcp_tls', 'http_head', 'analyst'] as const
export type ObservationMethod = (typeof observationMethods)[number]

export const observationResults = [
  'online',
  'gone_http',
  'gone_dns',
  'gone_host',
  'access_denied',
  'moved',
  'inconclusive',
] as const
export type ObservationResult = (typeof observationResults)[number]

export type ObservationState = 'unverified' | 'confirmed_offline' | 'reappeared'
export type Confidence = 'low' | 'medium' | 'high'
export type ItemScope = 'file' | 'page' | 'account' | 'site'

/** One dated check. */
export interface Look {
  id: string
  method: ObservationMethod
  result: ObservationResult
  at: Date
  /** The notifier that looked; null when we did. Another looker is another vantage point. */
  orgId: string | null
}

/** What the provider says about the content being gone, in the report that holds now. */
export interface Claim {
  /** When it took effect, by the provider's clock. */
  at: Date
  /** When the report reached us. */
  saidAt: Date
  /** For some countries only, so that seeing it from elsewhere contradicts nothing. */
  territorial: boolean
}

export interface Sightings {
  scope: ItemScope
  intervalMs: number
  /** In the order of their instants. */
  looks: readonly Look[]
  claim: Claim | null
  /** When a provider first said that it was gone, which is the second method beside our looks. */
  attestedAt: Date | null
}

export interface Observed {
  state: ObservationState
  grade: 'machine' | 'analyst' | null
  confirmedAt: Date | null
  /** The first look of the run that confirmed, or of the run under way. */
  firstOfflineAt: Date | null
  lastOnlineAt: Date | null
  /** The look that contradicts the claim and has not been overtaken by a confirmation. */
  contradictedBy: Look | null
  /** The look that found it again. */
  reappearedBy: Look | null
}

const consecutive = 3
/** As far as two clocks may be apart, as on the wire. */
const clockToleranceMs = 600_000

type Says = 'offline' | 'online' | 'neither' | 'nothing'

/** Whether this look can speak at this scope, and what it says. `nothing` is passed over; `neither` breaks a run. */
export function saysAt(scope: ItemScope, look: Pick<Look, 'method' | 'result'>): Says {
  switch (look.method) {
    case 'analyst':
      return look.result.startsWith('gone_') ? 'offline' : look.result === 'online' ? 'online' : 'neither'
    case 'http_head':
      return look.result === 'gone_http' ? 'offline' : look.result === 'online' ? 'online' : 'neither'
    // A name that resolves or a port that answers serves everybody on that address, so only silence says something,
    // and only about the whole site.
    case 'dns':
    case 'tcp_tls':
      if (scope !== 'site') return 'nothing'
      return look.result === 'gone_dns' || look.result === 'gone_host' ? 'offline' : 'nothing'
    case 'provider_attestation':
      return 'nothing'
  }
}

/** The third axis after all looks so far. Replaying them from the start gives the same, however they arrived. */
export function observe(sightings: Sightings): Observed {
  const axis: Observed = {
    state: 'unverified',
    grade: null,
    confirmedAt: null,
    firstOfflineAt: null,
    lastOnlineAt: null,
    contradictedBy: null,
    reappearedBy: null,
  }
  let run: Look[] = []
  for (const look of sightings.looks) {
    const says = saysAt(sightings.scope, look)
    if (says === 'nothing') continue
    // The provider's word may have come between the last look and this one.
    confirm(axis, run, sightings, look.at)
    if (says === 'online') seenOnline(axis, look, sightings.claim)
    if (says !== 'offline') {
      run = []
      if (axis.state !== 'confirmed_offline') axis.firstOfflineAt = null
      continue
    }
    run.push(look)
    if (axis.state !== 'confirmed_offline') axis.firstOfflineAt = run[0]?.at ?? look.at
    else if (look.method === 'analyst') axis.grade = 'analyst'
    confirm(axis, run, sightings, look.at)
  }
  confirm(axis, run, sightings, sightings.attestedAt)
  return axis
}

/** Confirms what the run shows, counting the provider's word only if it was there by then. */
function confirm(axis: Observed, run: readonly Look[], { intervalMs, attestedAt }: Sightings, by: Date | null): void {
  if (axis.state === 'confirmed_offline') return
  const attested = attestedAt !== null && by !== null && attestedAt <= by ? attestedAt : null
  const confirmation = confirmedBy(run, intervalMs, attested)
  if (confirmation === null) return
  axis.state = 'confirmed_offline'
  axis.grade = confirmation.grade
  axis.confirmedAt = confirmation.at
  axis.contradictedBy = null
  axis.reappearedBy = null
}

function seenOnline(axis: Observed, look: Look, claim: Claim | null): void {
  axis.lastOnlineAt = look.at
  if (axis.state === 'confirmed_offline') {
    axis.state = 'reappeared'
    axis.grade = null
    axis.confirmedAt = null
    axis.reappearedBy = look
    return
  }
  if (claim === null || claim.territorial || look.at <= contradictableFrom(claim)) return
  // A claim from before it came back has been verified once; only a newer one can be wrong about this.
  if (axis.reappearedBy !== null && claim.at <= axis.reappearedBy.at) return
  axis.contradictedBy ??= look
}

/**
 * From when being seen online contradicts a claim. A provider's clock may be behind as far as we take it for a clock, and
 * then it was online a moment after the claimed instant; once the report is here, no clock is an excuse.
 */
function contradictableFrom({ at, saidAt }: Claim): Date {
  if (at >= saidAt) return at
  return new Date(Math.min(at.getTime() + clockToleranceMs, saidAt.getTime()))
}

/**
 * What was written, given in the order in which it was, then in the order of its instants. A row that lies later than
 * something written after it, or than now, was written by a clock that has been set back since, and no later than that.
 * What was then seen, nobody knows when, says nothing: it is looked at again.
 */
export function inOrder<T extends { at: Date; recordedAt: Date }>(written: readonly T[], now: Date): T[] {
  let latest = now
  const settled = [...written].reverse().flatMap((row): T | [] => {
    if (row.recordedAt < latest) latest = row.recordedAt
    if (isAhead(row.at, latest)) return []
    return isAhead(row.recordedAt, latest) ? { ...row, recordedAt: latest } : row
  })
  return settled.reverse().sort((one, other) => one.at.getTime() - other.at.getTime())
}

/** Further ahead than two clocks may be apart. */
export function isAhead(at: Date, now: Date): boolean {
  return at.getTime() - now.getTime() > clockToleranceMs
}

function confirmedBy(run: readonly Look[], intervalMs: number, attestedAt: Date | null) {
  const last = run[run.length - 1]
  const first = run[0]
  if (last === undefined || first === undefined) return null
  if (last.method === 'analyst') return { grade: 'analyst' as const, at: last.at }
  if (run.length < consecutive || last.at.getTime() - first.at.getTime() < intervalMs) return null
  const waysOfLooking = new Set(run.map((look) => `${look.method} ${look.orgId}`))
  if (waysOfLooking.size > 1) return { grade: 'machine' as const, at: last.at }
  if (attestedAt === null) return null
  return { grade: 'machine' as const, at: attestedAt > last.at ? attestedAt : last.at }
}
