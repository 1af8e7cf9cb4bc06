/** The report card of a rehearsal: a function of what was done, what came back, and the time. Pure. */

export const stepNames = [
  'verification',
  'plain',
  'forged',
  'stranger',
  'notice',
  'again',
  'receipt',
  'clock',
  'report',
  'withdrawal',
] as const
export type StepName = (typeof stepNames)[number]

/** Those whose result is an answer to what we sent; the others are read from what came back. */
export type SentStep = Exclude<StepName, 'receipt' | 'clock' | 'report'>

/** `advice`: it works, and could be better. `waiting`: it has not come yet, and may still come. */
export type StepResult = 'passed' | 'advice' | 'failed' | 'skipped' | 'waiting'

export interface Step {
  name: StepName
  result: StepResult
  /** Which sentence says it; null where it is as it should be. */
  code: string | null
  /** The number in that sentence. */
  amount: number | null
  at: Date | null
  ms: number | null
}

export type RehearsalState = 'running' | 'passed' | 'failed'

export interface Statement {
  jti: string | null
  /** The token it is about. */
  ref: string | null
  about: 'receipt' | 'report' | 'other'
  grade: 'signed' | 'authenticated' | 'refused'
  /** Why it was refused; null where it was taken. */
  code: string | null
  statedAt: Date | null
  recordedAt: Date
}

export interface RehearsalParts {
  startedAt: Date
  /** When the notice was answered with 202. */
  receivedAt: Date | null
  endedAt: Date | null
  /** Whether the provider has a key that its statements are verified with. */
  signs: boolean
  steps: readonly Step[]
  statements: readonly Statement[]
  tokens: readonly { jti: string; kind: 'plain' | 'forged' | 'stranger' | 'notice' | 'withdrawal' }[]
}

/** How long after its 202 a receipt, and a report, is waited for. */
export const receiptWithinMs = 15_000
export const reportWithinMs = 30_000
/** A run that is still not through after so long was broken off, by a restart for instance. */
export const brokenOffMs = 120_000
/** Seconds by which a clock may be wrong without a word, and without failing. */
const clockUnsaid = 5
const clockAllowed = 60

/** The card as it stands at this instant; after its end, as it stood then. */
export function cardOf(parts: RehearsalParts, now: Date): Step[] {
  const until = parts.endedAt ?? now
  const seen = { ...parts, statements: parts.statements.filter(({ recordedAt }) => recordedAt <= until) }
  const card: Step[] = []
  for (const name of stepNames) {
    const step =
      name === 'receipt' || name === 'clock' || name === 'report' ? derived(name, seen, until) : sent(name, seen)
    if (step) card.push(step)
  }
  return card
}

/** Whether nothing is left to wait for but the withdrawal. */
export function isSettled(card: readonly Step[]): boolean {
  return card.every(({ name, result }) => name === 'withdrawal' || result !== 'waiting')
}

export function stateOf(card: readonly Step[]): Exclude<RehearsalState, 'running'> {
  return card.every(({ result }) => result === 'passed' || result === 'advice') ? 'passed' : 'failed'
}

function sent(name: SentStep, parts: RehearsalParts): Step | null {
  const done = parts.steps.find((step) => step.name === name)
  const handled = name === 'forged' || name === 'stranger' ? handledAll(name, parts) : false
  if (done && handled && done.code !== `${name}_accepted`) return { ...done, result: 'failed', code: `${name}_handled` }
  if (done) return done
  if (name === 'plain') return null
  if (parts.steps.some((step) => step.result === 'failed' && ends(step.name))) return blank(name, 'skipped')
  return parts.endedAt === null ? blank(name, 'waiting') : { ...blank(name, 'skipped'), code: 'broken_off' }
}

/** After one of these nothing more is sent. */
function ends(name: StepName): boolean {
  return name === 'verification' || name === 'notice'
}

/** A receipt for what should have been refused: it was taken in after all. */
function handledAll(kind: 'forged' | 'stranger', parts: RehearsalParts): boolean {
  const jtis = parts.tokens.filter((token) => token.kind === kind).map(({ jti }) => jti)
  return parts.statements.some(({ ref, grade }) => grade !== 'refused' && ref !== null && jtis.includes(ref))
}

function derived(name: 'receipt' | 'clock' | 'report', parts: RehearsalParts, now: Date): Step {
  if (parts.receivedAt === null) {
    const running = parts.endedAt === null && !parts.steps.some((step) => step.result === 'failed' && ends(step.name))
    return blank(name, running ? 'waiting' : 'skipped')
  }
  if (name === 'receipt') return receiptOf(parts, parts.receivedAt, now)
  if (name === 'report') return reportOf(parts, parts.receivedAt, now)
  return clockOf(parts, receiptOf(parts, parts.receivedAt, now))
}

function receiptOf(parts: RehearsalParts, receivedAt: Date, now: Date): Step {
  const notice = parts.tokens.find(({ kind }) => kind === 'notice')?.jti
  const about = parts.statements.filter((one) => one.about === 'receipt' && (one.ref === notice || one.ref === null))
  const taken = about.filter(({ grade }) => grade === 'signed')
  const [first] = taken
  if (first) {
    const twice = new Set(taken.map(({ jti }) => jti)).size > 1
    const ms = Math.max(0, first.recordedAt.getTime() - receivedAt.getTime())
    const step = { ...blank('receipt', 'passed'), at: first.recordedAt, ms }
    return twice ? { ...step, result: 'failed', code: 'handled_twice' } : step
  }
  const refused = about.at(-1)
  if (refused) return { ...blank('receipt', 'failed'), code: `receipt_${refused.code}`, at: refused.recordedAt }
  if (!parts.signs) return { ...blank('receipt', 'advice'), code: 'no_signing_key' }
  return missing('receipt', receivedAt, receiptWithinMs, now)
}

function reportOf(parts: RehearsalParts, receivedAt: Date, now: Date): Step {
  const about = parts.statements.filter((one) => one.about === 'report')
  const taken = about.find(({ code }) => code === null)
  if (taken) {
    const ms = Math.max(0, taken.recordedAt.getTime() - receivedAt.getTime())
    const step = { ...blank('report', 'passed'), at: taken.recordedAt, ms }
    const unsigned = taken.grade === 'authenticated' && parts.signs
    return unsigned ? { ...step, result: 'advice', code: 'report_unsigned' } : step
  }
  const refused = about.at(-1)
  if (refused) return { ...blank('report', 'failed'), code: `report_${refused.code}`, at: refused.recordedAt }
  return missing('report', receivedAt, reportWithinMs, now)
}

function missing(name: 'receipt' | 'report', from: Date, withinMs: number, now: Date): Step {
  if (now.getTime() - from.getTime() < withinMs) return blank(name, 'waiting')
  return { ...blank(name, 'failed'), code: `${name}_missing`, amount: withinMs / 1000, at: now }
}

/** By the header `Date` of the answer, and by what the receipt says about when; the larger error counts. */
function clockOf(parts: RehearsalParts, receipt: Step): Step {
  const kept = parts.steps.find(({ name }) => name === 'clock')
  const stated = parts.statements.flatMap(({ about, grade, statedAt, recordedAt }) => {
    if (about !== 'receipt' || grade !== 'signed' || statedAt === null) return []
    return [outside(statedAt, parts.startedAt, recordedAt)]
  })
  const errors = [...(kept?.amount === null || kept === undefined ? [] : [kept.amount]), ...stated]
  if (errors.length === 0) {
    return receipt.result === 'waiting'
      ? blank('clock', 'waiting')
      : { ...blank('clock', 'advice'), code: 'clock_unknown' }
  }
  const error = errors.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst), 0)
  const step = { ...blank('clock', 'passed'), at: kept?.at ?? parts.receivedAt }
  if (Math.abs(error) <= clockUnsaid) return step
  const code = error < 0 ? 'clock_behind' : 'clock_ahead'
  return { ...step, result: Math.abs(error) > clockAllowed ? 'failed' : 'advice', code, amount: Math.abs(error) }
}

/** Seconds by which an instant lies before (negative) or after the time in which it must have been. */
export function outside(stated: Date, from: Date, until: Date): number {
  const before = stated.getTime() - from.getTime()
  const after = stated.getTime() - until.getTime()
  return before < 0 ? Math.ceil(before / 1000) : after > 0 ? Math.floor(after / 1000) : 0
}

export function blank(name: StepName, result: StepResult): Step {
  return { name, result, code: null, amount: null, at: null, ms: null }
}
