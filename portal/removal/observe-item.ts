import { newId } from '../facts/id.ts'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { openItem, readItem } from '../notices/read-notice.ts'
import { look } from './look.ts'
import { reassessItem } from './reassess-item.ts'
import { furthestLookAt, nextLookAt } from './recheck-timetable.ts'
import {
  claimLooks,
  insertObservations,
  lockObserved,
  selectObservations,
  selectWatched,
  updateObserved,
} from './removal-store.server.ts'

/** Longer than a look can take: a lease that runs out means that its worker is gone. */
const leaseMs = 60_000
/** So many looks side by side: hosts may be slow, and the database's connections are few. */
const lanes = 8

/** Looks at what is due, and answers how much that was. The looking happens outside of any transaction. */
export async function observeDueItems(ground: Ground, { limit }: { limit: number }): Promise<number> {
  const itemIds = await ground.db.transaction((tx) =>
    claimLooks(tx.db, {
      now: tx.now,
      leasedUntil: new Date(tx.now.getTime() + leaseMs),
      furthestLook: furthestLookAt(tx.now, ground.config.observeIntervalMs),
      limit,
    }),
  )
  const waiting = [...itemIds]
  const lane = async () => {
    for (let itemId = waiting.shift(); itemId; itemId = waiting.shift()) await observeItem(ground, itemId)
  }
  const looked = await Promise.allSettled(Array.from({ length: Math.min(lanes, itemIds.length) }, lane))
  // One that failed in a way nobody expected holds up no other lane; its lease runs out, and it is looked at again.
  for (const one of looked) if (one.status === 'rejected') throw one.reason
  return itemIds.length
}

async function observeItem(ground: Ground, itemId: string): Promise<void> {
  const item = await readItem(ground.db.read, itemId)
  const watched = await selectWatched(ground.db.read, itemId)
  // Taken back, closed or erased: there is nothing to see to, or nowhere to look.
  if (!item?.dataKey || !watched || watched.withdrawnAt || watched.closedAt) {
    await ground.db.transaction((tx) => updateObserved(tx.db, itemId, { nextLookAt: null, leasedUntil: null }))
    return
  }
  // The instant before looking: what is seen cannot be older.
  const at = ground.clock.now()
  const { noticeId } = item
  const seen = await ground.traces.span(
    'look',
    { noticeId, itemId },
    () => look(ground, openItem(ground, item).url),
    ({ method, result }) => ({ kind: method, code: result }),
  )
  await ground.db.transaction(async (tx) => {
    const observed = await lockObserved(tx.db, itemId)
    if (!observed) return
    const earlier = (await selectObservations(tx.db, [itemId])).filter((one) => one.orgId === null).at(-1)
    const id = newId('obs')
    await insertObservations(tx.db, [{ id, itemId, ...seen, at, orgId: null, recordedAt: tx.now }])
    const { scope } = item
    const { method, result } = seen
    // Every look is kept; a fact is what has changed since the one before.
    const changed = earlier?.method !== method || earlier.result !== result
    const facts: NewFact[] = changed
      ? [{ kind: 'item.observed', payload: { noticeId, itemId, observationId: id, method, result } }]
      : []
    const { observed: now, facts: following } = await reassessItem(ground, tx, { noticeId, itemId, scope })
    const looks = observed.looks + 1
    await updateObserved(tx.db, itemId, {
      looks,
      leasedUntil: null,
      nextLookAt: nextLookAt({
        state: now?.state ?? 'unverified',
        confirmedAt: now?.confirmedAt ?? null,
        looks,
        now: tx.now,
        intervalMs: ground.config.observeIntervalMs,
      }),
    })
    await recordAll(tx, noticeId, [...facts, ...following])
  })
}
