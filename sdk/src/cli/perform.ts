import { setTimeout as wait } from 'node:timers/promises'
import type { TestPortal } from '../testing/test-portal.ts'
import { type Named, nameOf, type Plan, play, type Reported, reportedBy } from './play.ts'
import type { Answered } from './push-answer.ts'

export interface Pushed extends Named {
  readonly answer: Answered
}

export interface Performed {
  /** In the order in which they were pushed; none where the receiver polls. */
  readonly pushes: readonly Pushed[]
  readonly reports: readonly Reported[]
  /** Offered for a poll, since the receiver registered without an address. */
  readonly offered: number
}

/** Everything that was pushed, told by whoever carries it. */
export type PushLog = { readonly raw: string; readonly answer: Answered }[]

/** Plays it, and waits for what is reported: the receipts, and where there is a notice one report on its items. */
export async function perform(
  portal: TestPortal,
  log: PushLog,
  plan: Plan,
  patience: number,
  stopping: AbortSignal,
): Promise<Performed> {
  const before = portal.reports.length
  const issued = await play(portal, plan)
  const raws = new Set(issued.map(({ raw }) => raw))
  const pushed = log.filter(({ raw }) => raws.has(raw))
  const polls = portal.endpoints[0]?.to === null
  const taken = issued.filter(({ raw }) => polls || pushed.some((one) => one.raw === raw && one.answer.code === 202))
  const notices = new Set(issued.flatMap(({ raw }) => nameOf(raw).notice ?? []))
  const ours = () =>
    portal.reports.slice(before).filter((report) => {
      if (report.type === 'items.reported') return notices.has(report.message.notice)
      return issued.some(({ jti }) => jti === report.message.ref)
    })
  const complete = () => {
    const reports = ours()
    const receipts = new Set(reports.flatMap(({ type, message }) => (type === 'notice.received' ? message.ref : [])))
    const reported = taken.length === 0 || notices.size === 0 || reports.some(({ type }) => type === 'items.reported')
    return reported && taken.every(({ jti }) => receipts.has(jti))
  }
  for (let waited = 0; waited < patience && !complete() && !stopping.aborted; waited += 50) await wait(50)
  return {
    pushes: pushed.map(({ raw, answer }) => ({ ...nameOf(raw), answer })),
    reports: ours().map(reportedBy),
    offered: polls ? issued.length : 0,
  }
}
