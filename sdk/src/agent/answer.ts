import { z } from 'zod'
import type { Outcome, Reinstatement } from '../receiver/outcomes.ts'
import type { Ended } from './command-run.ts'
import type { AgentRequest } from './request.ts'
import { instant, itemId, itemOutcome } from './wire.ts'

export type Result = Outcome | Reinstatement

/** What came of one run of the command. */
export type Answer =
  | { readonly answer: 'outcome'; readonly result: Result }
  /** Done, and there is nothing to report: a closed notice. */
  | { readonly answer: 'done' }
  /** A person will decide, and report by other means. */
  | { readonly answer: 'later' }
  /** To be run again; with an alarm where that is not what the command asked for. */
  | { readonly answer: 'again'; readonly code: AgainCode }

/** Why a command runs again. `asked`: it said so, with 75. Everything else is an alarm. */
export type AgainCode =
  | 'asked'
  | 'command_missing'
  | 'command_timeout'
  | 'command_killed'
  | 'exit_code_unknown'
  | 'output_too_long'
  | 'output_malformed'
  | 'output_contradicts'

type Said = { readonly outcome: string } & Readonly<Record<string, unknown>>

/** Exit codes of `take_down`, and what they report. `agent.json` may add to them. */
export const exitOutcomes: Readonly<Record<number, Said>> = {
  0: { outcome: 'content_removed' },
  10: { outcome: 'already_unavailable' },
  11: { outcome: 'not_hosted_here', reason: 'unknown_locator' },
  12: { outcome: 'access_disabled', territory: ['worldwide'] },
  13: { outcome: 'access_disabled', territory: ['eu'] },
  14: { outcome: 'not_hosted_here', reason: 'customer_left' },
  15: { outcome: 'not_hosted_here', reason: 'ip_not_ours' },
  20: { outcome: 'cannot_execute', reason: 'technical' },
  21: { outcome: 'cannot_execute', reason: 'insufficient_information' },
  22: { outcome: 'cannot_execute', reason: 'no_access_to_customer_system' },
  30: { outcome: 'refused', reason: 'disputes_illegality' },
}
/** A person decides; nothing is reported now. */
export const exitLater = 40
/** EX_TEMPFAIL: try again later. */
export const exitAgain = 75

/** Members of an outcome as they may stand on standard output; the agent adds what is missing. */
export const agentAnswer = z
  .looseObject({
    outcome: z.string().optional().describe('The outcome; left out, the exit code says it.'),
    item: itemId.optional().describe('Added by the agent; if given, the item that was asked about.'),
    at: instant.optional().describe('When it took effect; left out, now.'),
    by: z.enum(['auto', 'human']).optional().describe('Who did it; left out, auto.'),
  })
  .describe('What a command may print: members of an outcome, all optional.')

/** As far as the portal takes our clock for a clock. */
const tolerance = 600_000

/** Reads how a command ended and what it printed. Nothing it printed gets into an error. */
export function readAnswer(
  request: AgentRequest,
  { how, code, stdout }: Ended,
  now: Date,
  more: Readonly<Record<number, Said>> = {},
): Answer {
  if (how !== 'exited') return again(notExited[how])
  if (code === exitAgain) return again('asked')
  if (request.act === 'closed') return code === 0 ? { answer: 'done' } : again('exit_code_unknown')
  if (code === exitLater) return { answer: 'later' }
  const byCode = codesFor(request.act, more)[code]
  if (byCode === undefined) return again('exit_code_unknown')
  const printed = readPrinted(stdout)
  if (printed === null) return again('output_malformed')
  const named = printed['outcome']
  if (code !== 0 && named !== undefined && named !== byCode.outcome) return again('output_contradicts')
  // With 0, the words count: what the code would have added belongs to another outcome.
  const from = named === undefined || named === byCode.outcome ? byCode : {}
  return checked(request, { at: now.toISOString(), by: 'auto', ...from, ...printed }, now)
}

function codesFor(act: 'take_down' | 'put_back', more: Readonly<Record<number, Said>>): Readonly<Record<number, Said>> {
  // Nothing to put back is put back: what was asked for holds.
  if (act === 'put_back') return { 0: { outcome: 'reinstated' }, 10: { outcome: 'reinstated' }, ...failedOnly }
  return { ...exitOutcomes, ...more }
}

/** What a `put_back` may say beside success. */
const failedOnly = Object.fromEntries(
  Object.entries(exitOutcomes).filter(([, { outcome }]) => outcome === 'cannot_execute'),
)

const notExited = {
  missing: 'command_missing',
  timeout: 'command_timeout',
  killed: 'command_killed',
  flooded: 'output_too_long',
} as const

function readPrinted(stdout: string): Record<string, unknown> | null {
  if (stdout.trim() === '') return {}
  try {
    const read = agentAnswer.safeParse(JSON.parse(stdout))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

function checked(request: AgentRequest, said: Record<string, unknown>, now: Date): Answer {
  if (said['item'] !== undefined && said['item'] !== request.item) return again('output_contradicts')
  const since = said['outcome'] === 'already_unavailable' ? { since: now.toISOString(), ...said } : said
  const read = itemOutcome.safeParse({ ...since, item: request.item })
  if (!read.success) return again('output_malformed')
  const { outcome, at } = read.data
  if (Date.parse(at) > now.getTime() + tolerance) return again('output_malformed')
  const fits =
    outcome === 'reinstated' ? request.act === 'put_back' : request.act === 'take_down' || outcome === 'cannot_execute'
  return fits ? { answer: 'outcome', result: read.data as unknown as Result } : again('output_contradicts')
}

function again(code: AgainCode): Answer {
  return { answer: 'again', code }
}
