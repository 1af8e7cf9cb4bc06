/** A rehearsal where a provider polls (RFC 8936): its own polls bring everything, in the order of a push, and answer it. */
import { seal } from '@noticeline/sdk/protocol'
import type { Ground, Tx } from '../ground/ground.ts'
import { selectSealingKey } from './attempt-store.server.ts'
import { blank, brokenOffMs, cardOf, isSettled, type Step, type StepName } from './rehearsal.ts'
import {
  insertStep,
  lockRehearsal,
  lockRunningStream,
  type RehearsalRow,
  selectByToken,
  selectParts,
  selectRehearsalToken,
  updateRehearsal,
} from './rehearsal-store.server.ts'

type Kind = 'plain' | 'forged' | 'stranger' | 'notice' | 'withdrawal'

/** How long a withdrawal that was offered may wait for its poll. */
const withdrawalWaitsMs = 30_000

/** What a poll brings of a rehearsal that runs: sealed like everything that is polled. */
export async function offerRehearsed(ground: Ground, orgId: string): Promise<Record<string, string>> {
  const offered = await ground.db.transaction(async (tx) => {
    const row = await lockRunningStream(tx.db, orgId)
    if (!row) return []
    const { steps } = await selectParts(tx.db, row)
    const done = (name: StepName) => steps.find((step) => step.name === name)?.result
    const kinds: Kind[] = []
    if (!done('verification')) kinds.push('plain')
    if (done('verification') === 'passed') {
      if (!done('forged')) kinds.push('forged')
      if (!done('stranger')) kinds.push('stranger')
      // Acknowledged, it comes once more: what is handled twice is found that way.
      if (!done('notice') || (done('notice') === 'passed' && !done('again'))) kinds.push('notice')
    }
    if (row.withdrawnAt && !done('withdrawal')) kinds.push('withdrawal')
    const tokens = await Promise.all(kinds.map((kind) => selectRehearsalToken(tx.db, row.id, kind)))
    return tokens.flatMap((token) => token ?? [])
  })
  if (offered.length === 0) return {}
  const key = await selectSealingKey(ground.db.read, orgId, ground.clock.now())
  const sets: Record<string, string> = {}
  for (const { jti, raw } of offered) sets[jti] = key ? await seal(raw, key) : raw
  return sets
}

/** An acknowledgement, or with `err` a refusal, of what a rehearsal offered. False where this token is of none. */
export async function answerRehearsed(tx: Tx, orgId: string, jti: string, err: string | null): Promise<boolean> {
  const token = await selectByToken(tx.db, jti)
  if (token?.orgId !== orgId) return false
  const row = await lockRehearsal(tx.db, token.id)
  if (row?.state !== 'running') return true
  const kind = token.kind as Kind
  if (kind === 'forged' || kind === 'stranger') {
    const accepted = { ...blank(kind, 'failed'), code: `${kind}_accepted` }
    await insertStep(tx.db, row.id, { ...(err === null ? accepted : blank(kind, 'passed')), at: tx.now })
    return true
  }
  const name = await nameOf(tx, row, kind)
  const refused = { ...blank(name, 'failed'), code: 'refused_over_poll' }
  await insertStep(tx.db, row.id, { ...(err === null ? blank(name, 'passed') : refused), at: tx.now })
  if (name === 'notice' && err === null) await updateRehearsal(tx.db, row.id, { receivedAt: tx.now })
  return true
}

async function nameOf(tx: Tx, row: RehearsalRow, kind: 'plain' | 'notice' | 'withdrawal'): Promise<StepName> {
  if (kind !== 'notice') return kind === 'plain' ? 'verification' : kind
  const { steps } = await selectParts(tx.db, row)
  return steps.some(({ name }) => name === 'notice') ? 'again' : 'notice'
}

/**
 * Whether something may still come by a poll; the withdrawal is offered when all the rest is there. Once nothing more is
 * waited for, what was never answered is said. The rehearsal's row is locked.
 */
export async function waitsForPolls(tx: Tx, row: RehearsalRow): Promise<boolean> {
  const parts = await selectParts(tx.db, row)
  const brokenOff = tx.now.getTime() - row.startedAt.getTime() > brokenOffMs
  if (!brokenOff && !isSettled(cardOf(parts, tx.now))) return true
  if (row.receivedAt && !row.withdrawnAt) {
    await updateRehearsal(tx.db, row.id, { withdrawnAt: tx.now })
    return true
  }
  const answered = (name: StepName) => parts.steps.find((step) => step.name === name)
  const waited = row.withdrawnAt ? tx.now.getTime() - row.withdrawnAt.getTime() : 0
  if (row.withdrawnAt && !answered('withdrawal') && waited < withdrawalWaitsMs) return true
  for (const step of unanswered(parts.steps, row)) await insertStep(tx.db, row.id, { ...step, at: tx.now })
  return false
}

function unanswered(steps: readonly Step[], row: RehearsalRow): Step[] {
  const missing = (name: StepName) => !steps.some((step) => step.name === name)
  if (missing('verification'))
    return [{ ...blank('verification', 'failed'), code: 'not_polled', amount: brokenOffMs / 1000 }]
  if (steps.some(({ name, result }) => name === 'verification' && result === 'failed')) return []
  const silent = (['forged', 'stranger'] as const).filter(missing)
  const owed = ['notice' as const, ...(row.receivedAt ? (['again', 'withdrawal'] as const) : [])].filter(missing)
  return [
    ...silent.map((name) => ({ ...blank(name, 'advice'), code: 'refused_silently' })),
    ...owed.map((name) => ({ ...blank(name, 'failed'), code: 'not_acknowledged' })),
  ]
}
