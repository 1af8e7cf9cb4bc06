import { type NewFact, recordAll } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { clockOfAddressee } from './clock-parts.ts'
import { lockReceiving, selectNorms, setClocks } from './clock-store.server.ts'
import type { Addressee } from './notice.ts'

export interface Received {
  noticeId: string
  orgId: string
  at: Date
  /**
   * What the word that arrived names; left out, all of them. What was attributed to this addressee later was not in it.
   */
  itemIds?: readonly string[] | null
  /** From when on its items count as offered, where they did not before. */
  offeredAt?: Date | null
}

/**
 * Received: the clock of every item of this addressee starts, once. The earliest provable receipt counts, so an earlier
 * one moves the start, and a later one changes nothing. Inside the caller's transaction; records `clock.started`.
 */
export async function startClock(
  tx: Tx,
  received: Received,
): Promise<{ result: 'started' | 'already-started'; itemIds: string[] }> {
  const [started] = await startClocks(tx, [received])
  if (!started?.fact) return { result: 'already-started', itemIds: [] }
  await recordAll(tx, received.noticeId, [started.fact])
  return { result: 'started', itemIds: started.itemIds }
}

/**
 * The same for many receipts at once, in their order. What is to be recorded is answered and not recorded: the caller
 * does that in this transaction, with everything else it has to record. No fact: every clock ran already.
 */
export async function startClocks(
  tx: Tx,
  received: readonly Received[],
): Promise<{ itemIds: string[]; fact: NewFact | null }[]> {
  const norms = await selectNorms(tx.db, [...new Set(received.map(({ noticeId }) => noticeId))])
  const addressees = await lockReceiving(tx.db, received)
  const byReceiver = new Map<string, Addressee[]>()
  for (const addressee of addressees) {
    const name = `${addressee.noticeId} ${addressee.orgId}`
    byReceiver.set(name, [...(byReceiver.get(name) ?? []), addressee])
  }
  const moved = new Set<Addressee>()
  const answers = received.map(({ noticeId, orgId, at, itemIds: named, offeredAt = null }) => {
    const notice = norms.get(noticeId)
    if (!notice) throw new Error('A receipt for a notice that is not there')
    const ofReceiver = byReceiver.get(`${noticeId} ${orgId}`) ?? []
    const reached = named ? ofReceiver.filter(({ itemId }) => named.includes(itemId)) : ofReceiver
    if (offeredAt) {
      for (const addressee of reached.filter((one) => one.offeredAt === null)) {
        addressee.offeredAt = offeredAt
        moved.add(addressee)
      }
    }
    const started = reached.filter(({ receivedAt }) => receivedAt === null || at < receivedAt)
    for (const addressee of started) {
      addressee.receivedAt = at
      addressee.dueAt = clockOfAddressee(notice, addressee, tx.now).dueAt
      moved.add(addressee)
    }
    const itemIds = started.map(({ itemId }) => itemId)
    const payload = { noticeId, itemIds, orgId, at: at.toISOString() }
    return { itemIds, fact: itemIds.length === 0 ? null : ({ kind: 'clock.started', payload } as const) }
  })
  await setClocks(tx.db, [...moved])
  return answers
}
