import type { Insertable } from 'kysely'
import type { DB, Ground, RecordedFact, Tx } from '../ground/ground.ts'
import type { AddresseeState, ItemState } from '../removal/item-state.ts'
import { readStates } from '../removal/read-states.ts'
import { noticeIdsAfter, remakeRows, replaceRows, selectMoves } from './inbox-store.server.ts'

type NewRow = Insertable<DB['inboxRows']>

/**
 * Facts after which no row looks different: some move no axis, as an attempt, whose offer, receipt or end is a fact of its
 * own; and a clock is moved only together with what moved it, whose own fact follows in the same transaction.
 */
const still = [
  'item.revealed',
  'receipt.contested',
  'delivery.attempted',
  'delivery.resent',
  'clock.started',
  'clock.paused',
  'clock.resumed',
  'clock.stopped',
  'mail.sent',
  'task.closed',
  'mail.returned',
  'mail.auto-replied',
  'mail.answered',
  'mail.silent',
] as readonly string[]

/** Kept in the transactions that move an axis: the rows of the items that its facts are about, from their sources again. */
export async function project(tx: Tx, facts: readonly RecordedFact[]): Promise<void> {
  const moved = facts.filter(({ chain, kind }) => chain.startsWith('ntc_') && !still.includes(kind))
  const whole = new Set<string>()
  const named = new Map<string, string[]>()
  for (const { chain, payload } of moved) {
    const itemIds = itemsOf(payload)
    if (itemIds === undefined) whole.add(chain)
    else named.set(chain, [...(named.get(chain) ?? []), ...itemIds])
  }
  for (const noticeId of whole) named.delete(noticeId)
  const itemIds = [...new Set([...named.values()].flat())]
  if (itemIds.length > 0) await projectItems(tx, [...named.keys()], itemIds, () => tx.now)
  if (whole.size > 0) await projectItems(tx, [...whole], undefined, () => tx.now)
}

/** Makes every row again from its sources. Nothing is lost by it: nothing here is a source. Answers how many notices. */
export async function rebuildInbox(ground: Ground): Promise<number> {
  let count = 0
  for (let after = ''; ; ) {
    const noticeIds = await noticeIdsAfter(ground.db.read, after, 100)
    for (const noticeId of noticeIds) {
      await ground.db.transaction(async (tx) => {
        const moves = (await selectMoves(tx.db, noticeId)).filter(({ kind }) => !still.includes(kind))
        const dated = moves.map(({ payload, at }) => ({ itemIds: itemsOf(JSON.parse(payload)), at }))
        const updatedAt = (itemId: string) => {
          const last = dated.findLast(({ itemIds }) => itemIds === undefined || itemIds.includes(itemId))
          return last?.at ?? tx.now
        }
        await projectItems(tx, [noticeId], undefined, updatedAt, remakeRows)
      })
    }
    count += noticeIds.length
    const last = noticeIds.at(-1)
    if (last === undefined) return count
    after = last
  }
}

interface SomePayload {
  itemId?: string
  itemIds?: string[]
  outcomes?: { itemId: string }[]
}

/** The items a fact names; undefined where it names none and so is about the whole notice. */
function itemsOf(payload: unknown): string[] | undefined {
  const { itemId, itemIds, outcomes } = payload as SomePayload
  return itemIds ?? outcomes?.map((outcome) => outcome.itemId) ?? (itemId === undefined ? undefined : [itemId])
}

async function projectItems(
  tx: Tx,
  noticeIds: readonly string[],
  itemIds: readonly string[] | undefined,
  updatedAt: (itemId: string) => Date,
  write: typeof replaceRows = replaceRows,
): Promise<void> {
  const states = await readStates(tx.db, noticeIds, null, itemIds)
  await write(
    tx.db,
    states.map((state) => state.item.id),
    states.flatMap((state) => rowsOf(state, updatedAt(state.item.id))),
  )
}

/** One row for the notifier, and one for each addressee. */
function rowsOf(state: ItemState, updatedAt: Date): NewRow[] {
  const notifier = { ...rowOf(state, state.accountable, updatedAt), orgId: state.notice.orgId, side: 'notifier' }
  const providers = state.addressees.map((addressee) => ({
    ...rowOf(state, addressee, updatedAt),
    orgId: addressee.row.orgId,
    side: 'provider',
    headline: addressee.headline,
  }))
  return [notifier, ...providers]
}

function rowOf({ notice, item, observation, headline }: ItemState, addressee: AddresseeState | null, updatedAt: Date) {
  return {
    itemId: item.id,
    noticeId: notice.id,
    position: item.position,
    regime: notice.regime,
    category: notice.category,
    scope: item.scope,
    reference: notice.reference,
    notifierOrgId: notice.orgId,
    providerOrgId: addressee?.row.orgId ?? null,
    role: addressee?.row.role ?? null,
    accountable: addressee?.row.accountable ?? null,
    delivery: addressee?.delivery ?? null,
    handling: addressee?.handling ?? 'open',
    observation: observation.state,
    clock: addressee?.clock.state ?? 'waiting',
    headline,
    submittedAt: notice.submittedAt,
    receivedAt: addressee?.row.receivedAt ?? null,
    dueAt: addressee?.clock.dueAt ?? null,
    endedAt: addressee?.row.endedAt ?? null,
    updatedAt,
  }
}
