import { createHash, randomUUID } from 'node:crypto'
import type { Ground, Tx } from '../ground/ground.ts'
import {
  type CallKey,
  dropCall,
  dropSomeExpired,
  finishCall,
  holdCall,
  insertCall,
  lockCall,
  noteMade,
  restartCall,
} from './idempotency-store.server.ts'

const hour = 3_600_000
export const keptUsually = 24 * hour
/** As long as a signed report is remembered. */
export const keptForReports = 60 * 24 * hour
/** A first call that has not said for so long that it is there has died with its process; the next one takes its place. */
const heldMs = 10_000
const renewedEveryMs = 3_000

export interface Call {
  orgId: string
  /** Method and route pattern. */
  route: string
  /** The header's value. */
  key: string
  /** Everything that makes two calls the same: path and body. Only its MAC is kept. */
  content: string
  keepMs: number
}

/** What is kept of an answer: ids and codes, as the answer itself. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** What binds the work to its key, so that it is done once even when the process dies before it has answered. */
export interface Making {
  /** What an earlier call under this key had made before it died: there is nothing left to do but to answer. */
  readonly made: string | null
  /** Notes, in the transaction that makes it, what was made: ids only. Throws where another call has taken over. */
  note(tx: Tx, made: string): Promise<void>
}

export const withoutKey: Making = { made: null, note: async () => {} }

export type Once =
  | { result: 'answered'; answer: Answer; replayed: boolean }
  | { result: 'running' }
  | { result: 'mismatch' }

export function isKey(key: string): boolean {
  return /^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key)
}

/**
 * Runs `work` once per key. The same key and content gets the first answer again; only answers below 400 are kept, so
 * that a refused call, which changed nothing, can be corrected under its key.
 */
export async function once(ground: Ground, call: Call, work: (making: Making) => Promise<Answer>): Promise<Once> {
  const key = {
    orgId: call.orgId,
    route: call.route,
    keyHash: createHash('sha256').update(call.key).digest(),
  }
  const bodyMac = ground.vault.mac('idempotency', call.content)

  const begun = await ground.db.transaction(async (tx) => {
    const hold = { holder: randomUUID(), heldUntil: after(tx.now, heldMs) }
    const fresh = { ...hold, bodyMac, expiresAt: after(tx.now, call.keepMs) }
    const started = { result: 'started', holder: hold.holder, made: null } as const
    if (await insertCall(tx, key, fresh)) {
      await dropSomeExpired(tx)
      return started
    }
    const stored = await lockCall(tx, key)
    // Freed between the two statements: the first call was refused just now.
    if (!stored) return { result: 'running' } as const
    if (stored.expiresAt <= tx.now) {
      await restartCall(tx, key, fresh)
      return started
    }
    if (!stored.bodyMac.equals(bodyMac)) return { result: 'mismatch' } as const
    if (stored.status !== null && stored.answer !== null) {
      return { result: 'stored', status: stored.status, answer: stored.answer } as const
    }
    // Made and not answered: whether its process died or is still at it, both give the same answer.
    if (stored.answer !== null)
      return { result: 'started', holder: stored.holder ?? hold.holder, made: stored.answer } as const
    if (isHeld(stored, tx.now)) return { result: 'running' } as const
    await restartCall(tx, key, fresh)
    return started
  })

  if (begun.result === 'mismatch' || begun.result === 'running') return begun
  if (begun.result === 'stored') {
    const kept = JSON.parse(begun.answer) as Omit<Answer, 'status'>
    return { result: 'answered', answer: { status: begun.status, ...kept }, replayed: true }
  }

  const { holder, made } = begun
  const note = async (tx: Tx, text: string) => {
    if (!(await noteMade(tx, key, holder, text))) throw new Error('Another call has taken over under this key.')
  }
  const renewing = setInterval(() => void renew(ground, key, holder), renewedEveryMs)
  try {
    const answer = await work({ made, note })
    const { status, ...kept } = answer
    await ground.db.transaction(async (tx) => {
      if (status < 400) await finishCall(tx, key, holder, status, JSON.stringify(kept))
      else await dropCall(tx, key, holder)
    })
    return { result: 'answered', answer, replayed: false }
  } catch (error) {
    // Whether the work was done is unknown here, so the key is not freed: a repeat waits until it counts as abandoned.
    ground.log.error('idempotency.unanswered', { route: call.route, error })
    throw error
  } finally {
    clearInterval(renewing)
  }
}

/** While it works, it is there: only a process that is gone loses its key. */
async function renew(ground: Ground, key: CallKey, holder: string): Promise<void> {
  try {
    await ground.db.transaction((tx) => holdCall(tx, key, { holder, heldUntil: after(tx.now, heldMs) }))
  } catch (error) {
    ground.log.warn('idempotency.not-held', { error })
  }
}

/** Held further ahead than anybody holds, it was by a clock that has been set back since. */
function isHeld({ heldUntil }: { heldUntil: Date | null }, now: Date): boolean {
  return heldUntil !== null && heldUntil > now && heldUntil <= after(now, 2 * heldMs)
}

function after(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}
