import { seal } from '@noticeline/sdk/protocol'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import {
  selectLastSealingKey,
  selectOwedByPoll,
  selectStreamUpdate,
  setStreamTold,
  spentAfterMs,
} from './stream-store.server.ts'

/** What a push has not settled after so long is offered here as well, as deliveries are. */
const pushFirstMs = 60_000

/**
 * What a poll brings of `stream-updated`: all that is owed to streams that are fetched from, and what those that are
 * posted to have not heard within a minute. Sealed like everything that is polled.
 */
export async function offerStreamUpdates(
  ground: Ground,
  orgId: string,
  limit: number,
): Promise<Record<string, string>> {
  const now = ground.clock.now().getTime()
  const sets: Record<string, string> = {}
  const owed = await selectOwedByPoll(ground.db.read, orgId, {
    pushedBefore: new Date(now - pushFirstMs),
    madeAfter: new Date(now - spentAfterMs),
    limit,
  })
  for (const { jti, raw, endpointId } of owed) {
    const key = await selectLastSealingKey(ground.db.read, endpointId)
    sets[jti] = key ? await seal(raw, key) : raw
  }
  return sets
}

/** An acknowledgement, or with `err` a refusal, of what a poll brought: either way it was heard. False where it is of none. */
export async function answerStreamUpdate(tx: Tx, orgId: string, jti: string, err: string | null): Promise<boolean> {
  const update = await selectStreamUpdate(tx.db, orgId, jti)
  if (!update) return false
  const code = err === null ? null : 'poll_refused'
  if (!(await setStreamTold(tx.db, jti, { toldAt: tx.now, nextAttemptAt: null, code }))) return true
  const { endpointId } = update
  const status = update.status as 'enabled' | 'paused' | 'disabled'
  await record(tx, orgId, 'stream.told', { orgId, endpointId, jti, status, code })
  return true
}
