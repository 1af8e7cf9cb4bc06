import type { OutboxReport, ReportPatch } from '../inbox/outbox.ts'
import { tokenMediaType } from '../protocol.ts'
import { isDue, jittered, reportDelays, retryAfter } from './backoff.ts'
import type { Core } from './core.ts'
import { Lanes } from './lanes.ts'
import { call, objectOf } from './portal.ts'
import { signAgain } from './report.ts'

/** Forty-five days of trying, however long the machine was off in between. */
const mostAttempts = 100

/** Hands reports to the portal until it has them: per notice in their order, since the one received last holds. */
export function createSender(core: Core): Lanes<OutboxReport> {
  async function work(report: OutboxReport): Promise<OutboxReport | 'parked' | null> {
    const patch = await attempt(report)
    if (patch === null) return 'parked'
    await core.store.change({ reports: [{ id: report.id, patch }] })
    if (patch.state === 'dead') {
      core.alarm({ code: 'report_dead', id: report.id, txn: report.txn ?? undefined, err: patch.err ?? undefined })
    }
    return patch.state === 'waiting' ? { ...report, ...patch } : null
  }

  /** Null when the receiver stopped meanwhile: then it is as if nothing had been tried. */
  async function attempt(report: OutboxReport): Promise<ReportPatch | null> {
    const init: RequestInit = {
      method: 'POST',
      headers: { 'content-type': tokenMediaType, accept: 'application/json' },
      body: report.raw,
    }
    const attempts = report.attempts + 1
    try {
      const { code, headers, text } = await call(core.fetch, report.to, init, core.stopping)
      if (code === 202) return { state: 'sent', attempts, err: null, description: null }
      if (code !== 400) return later(report, `http_${code}`, retryAfter(headers.get('retry-after'), core.clock.now()))
      // By a clock that is set right later, ours or the portal's, or too long ago: it would be refused for ever.
      const again = await signAgain(core, report, headers.get('date'))
      // What our own clock put wrong is put right by now, and begins anew; what theirs did takes as long as it takes.
      if (again) return { ...later(again.by === 'ours' ? { attempts: 0 } : report, 'signed_again', 0), raw: again.raw }
      const { err, description } = objectOf(text) ?? {}
      const said = description === undefined ? null : String(description).slice(0, 2000)
      return { state: 'dead', attempts, err: String(err ?? 'http_400').slice(0, 100), description: said }
    } catch {
      return core.stopping.aborted ? null : later(report, 'unreachable', 0)
    }
  }

  function later({ attempts: before }: Pick<OutboxReport, 'attempts'>, err: string, floor: number): ReportPatch {
    const now = core.clock.now().getTime()
    const attempts = before + 1
    if (attempts > mostAttempts) return { state: 'dead', attempts, err, description: null }
    const delay = reportDelays[Math.min(before, reportDelays.length - 1)] ?? 0
    const nextAt = new Date(now + Math.max(jittered(delay), floor)).toISOString()
    return { state: 'waiting', attempts, nextAt, err, description: null }
  }

  return new Lanes<OutboxReport>({
    lane: ({ txn, id }) => txn ?? id,
    pick: ([first], now) => (first !== undefined && isDue(first.nextAt, now) ? first : null),
    work,
    now: () => core.clock.now(),
    atOnce: 4,
    failed: () => core.alarm({ code: 'store_failed' }),
  })
}
