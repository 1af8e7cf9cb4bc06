import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { selectPushChannel } from './attempt-store.server.ts'
import { blank, brokenOffMs, cardOf, isSettled, type Step, stateOf } from './rehearsal.ts'
import { readStored, sendRehearsed } from './rehearsal-answers.ts'
import {
  insertStep,
  isStream,
  lockRehearsal,
  type RehearsalRow,
  selectParts,
  selectRehearsalToken,
  selectRunning,
  updateRehearsal,
} from './rehearsal-store.server.ts'
import { waitsForPolls } from './rehearse-stream.ts'

/** Longer than a request can take. */
const leaseMs = 20_000

/** By the clock: takes back what was rehearsed, and closes the card, as soon as nothing is waited for any more. */
export async function endRehearsals(ground: Ground): Promise<number> {
  let ended = 0
  for (const id of await selectRunning(ground.db.read, 100)) if (await endRehearsal(ground, id)) ended += 1
  return ended
}

/** True when it has ended, now or before; false while something may still come. */
export async function endRehearsal(ground: Ground, rehearsalId: string): Promise<boolean> {
  const due = await claim(ground, rehearsalId)
  if (due === 'ended') return true
  if (due === 'running') return false
  const step = due.receivedAt === null || due.polled ? null : await withdraw(ground, due)
  return ground.db.transaction(async (tx) => {
    const row = await lockRehearsal(tx.db, rehearsalId)
    if (row?.state !== 'running') return true
    if (step) await insertStep(tx.db, rehearsalId, { ...step, at: step.at ?? tx.now })
    await updateRehearsal(tx.db, rehearsalId, { endedAt: tx.now })
    const card = cardOf(await selectParts(tx.db, { ...row, endedAt: tx.now }), tx.now)
    const state = stateOf(card)
    await updateRehearsal(tx.db, rehearsalId, { state, leasedUntil: null })
    const { orgId, endpointId } = row
    await record(tx, orgId, 'rehearsal.ended', { orgId, endpointId, rehearsalId, state })
    return true
  })
}

type Due = RehearsalRow & { polled: boolean }

/** Whoever gets the row back is the one that sends the withdrawal; from then on a report may say `reinstated`. */
function claim(ground: Ground, rehearsalId: string): Promise<Due | 'ended' | 'running'> {
  return ground.db.transaction(async (tx): Promise<Due | 'ended' | 'running'> => {
    const row = await lockRehearsal(tx.db, rehearsalId)
    if (row?.state !== 'running') return 'ended'
    if (row.leasedUntil && row.leasedUntil > tx.now) return 'running'
    const polled = await isStream(tx.db, row.endpointId)
    if (polled) return (await waitsForPolls(tx, row)) ? 'running' : { ...row, polled }
    const brokenOff = tx.now.getTime() - row.startedAt.getTime() > brokenOffMs
    if (!brokenOff && !isSettled(cardOf(await selectParts(tx.db, row), tx.now))) return 'running'
    const withdrawnAt = row.receivedAt === null ? null : tx.now
    await updateRehearsal(tx.db, rehearsalId, { withdrawnAt, leasedUntil: new Date(tx.now.getTime() + leaseMs) })
    return { ...row, withdrawnAt, polled }
  })
}

async function withdraw(ground: Ground, row: RehearsalRow): Promise<Step> {
  const channel = await selectPushChannel(ground.db.read, row.endpointId, ground.clock.now())
  const token = await selectRehearsalToken(ground.db.read, row.id, 'withdrawal')
  if (!channel || !token) return { ...blank('withdrawal', 'failed'), code: 'changed' }
  return readStored('withdrawal', { kind: 'withdrawal', ...(await sendRehearsed(ground, channel, token, true)) })
}
