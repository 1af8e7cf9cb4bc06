import type { Insertable } from 'kysely'
import type { DB, Ground, RecordedFact, Tx } from '../ground/ground.ts'
import type { AddresseeState, ItemState } from '../removal/item-state.ts'
import { readStates } from '../removal/read-states.ts'
import { lastFactAt, noticeIdsAfter, replaceRows } from './inbox-store.server.ts'

type NewRow = Insertable<DB['inboxRows']>

/** Facts that move no axis, so that no row can look different after them. */
const still = ['item.revealed', 'receipt.contested']

/** Kept in the transactions that move an axis: the rows of a fact's notice, derived from their sources again. */
export async function project(tx: Tx, fact: RecordedFact): Promise<void> {
  if (!fact.chain.startsWith('ntc_') || still.includes(fact.kind)) return
  await projectNotice(tx, fact.chain, fact.at)
}

/** Makes every row again from its sources. Nothing is lost by it: nothing here is a source. Answers how many notices. */
export async function rebuildInbox(ground: Ground): Promise<number> {
  let count = 0
  for (let after = ''; ; ) {
    const noticeIds = await noticeIdsAfter(ground.db.read, after, 100)
    for (const noticeId of noticeIds) {
      await ground.db.transaction(async (tx) => {
        await projectNotice(tx, noticeId, (await lastFactAt(tx.db, noticeId, still)) ?? tx.now)
      })
    }
    count += noticeIds.length
    const last = noticeIds.at(-1)
    if (last === undefined) return count
    after = last
  }
}

async function projectNotice(tx: Tx, noticeId: string, updatedAt: Date): Promise<void> {
  const states = await readStates(tx.db, [noticeId], null)
  await replaceRows(
    tx.db,
    noticeId,
    states.flatMap((state) => rowsOf(state, updatedAt)),
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
