import { type Kysely, type Selectable, sql } from 'kysely'
import type { DB } from '../ground/ground.ts'

// What somebody looks at again at every fact: no sealed byte is among it, nor the key to any.
const ofNotice = [
  'id',
  'orgId',
  'regime',
  'category',
  'legalClass',
  'reference',
  'submittedAt',
  'binding',
  'deadlineWithin',
  'onObstacle',
  'deemedReceipt',
  'seq',
  'withdrawnAt',
  'withdrawReason',
  'closedAt',
] as const
const ofItem = [
  'id',
  'noticeId',
  'position',
  'scope',
  'seenAt',
  'duplicateOf',
  'attribution',
  'withdrawnAt',
  'closedAt',
] as const

export interface Sources {
  notices: Pick<Selectable<DB['notices']>, (typeof ofNotice)[number]>[]
  items: Pick<Selectable<DB['items']>, (typeof ofItem)[number]>[]
  addressees: (Selectable<DB['addressees']> & { name: string; adheresSince: Date | null })[]
  deliveries: Pick<
    Selectable<DB['deliveries']>,
    'noticeId' | 'orgId' | 'seq' | 'state' | 'receivedAt' | 'receivedHow' | 'acknowledgedAt'
  >[]
  outcomes: (Selectable<DB['outcomes']> & { grade: string })[]
  observations: Selectable<DB['observations']>[]
  observed: Selectable<DB['observedItems']>[]
}

export interface Which {
  noticeIds: readonly string[]
  /** Left out: all items of these notices. */
  itemIds?: readonly string[] | undefined
}

/** Everything the four axes of some items are derived from, in a fixed number of questions however many there are. */
export async function selectSources(db: Kysely<DB>, { noticeIds, itemIds }: Which, issued: string): Promise<Sources> {
  const ids = among(noticeIds)
  const notices = await db.selectFrom('notices').select(ofNotice).where('id', '=', ids).execute()
  let wanted = db.selectFrom('items').select(ofItem).where('noticeId', '=', ids)
  if (itemIds !== undefined) wanted = wanted.where('id', '=', among(itemIds))
  const items = await wanted.orderBy('noticeId').orderBy('position').execute()
  const found = among(items.map((item) => item.id))
  const addressees = await db
    .selectFrom('addressees')
    .innerJoin('organisations', 'organisations.id', 'addressees.orgId')
    .selectAll('addressees')
    .select(['organisations.name', 'organisations.adheresSince'])
    .where('addressees.itemId', '=', found)
    .orderBy('addressees.createdAt')
    .orderBy('addressees.orgId')
    .execute()
  const deliveries = await db
    .selectFrom('deliveries')
    .select(['noticeId', 'orgId', 'seq', 'state', 'receivedAt', 'receivedHow', 'acknowledgedAt'])
    .where('noticeId', '=', ids)
    .where('event', '=', issued)
    .orderBy('seq')
    .execute()
  const outcomes = await db
    .selectFrom('outcomes')
    .innerJoin('reports', 'reports.id', 'outcomes.reportId')
    .selectAll('outcomes')
    .select('reports.grade')
    .where('outcomes.itemId', '=', found)
    .orderBy('outcomes.number')
    .execute()
  const observations = await db
    .selectFrom('observations')
    .selectAll()
    .where('itemId', '=', found)
    .orderBy('at')
    .orderBy('id')
    .execute()
  const observed = await db.selectFrom('observedItems').selectAll().where('itemId', '=', found).execute()
  return { notices, items, addressees, deliveries, outcomes, observations, observed }
}

/** One value however many they are: the same statement every time, and nothing to spell out. */
function among(ids: readonly string[]) {
  return sql<string>`any(${ids}::text[])`
}
