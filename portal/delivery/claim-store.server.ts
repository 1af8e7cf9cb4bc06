import type { ExpressionBuilder, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { chooseContact } from '../providers/choose-contact.ts'
import type { StandsIn } from '../providers/choose-endpoint.ts'
import { findServing, wayOf } from '../providers/find-serving.ts'
import { selectWritable } from './channel-store.server.ts'

export interface Claimed {
  deliveryId: string
  endpointId: string
}

interface Claim {
  workerId: string
  now: Date
  leasedUntil: Date
  /** A lease beyond this was taken by a clock that has been set back since: it counts as run out. */
  longestLease: Date
  /** A try planned beyond this as well: it counts as due. */
  furthestTry: Date
  limit: number
}

/** What no endpoint serves today is looked at again after so long: it may be bound otherwise by then. */
const unservedMs = 60_000

/**
 * Takes due deliveries, oldest deadline first and fair among endpoints: at most two in flight each, one after a failure.
 * The row of an organisation's oldest endpoint is locked while deliveries are counted and taken, so two workers cannot both
 * see room. Where endpoints are bound to networks, each gets what it serves.
 */
export async function claimDue(db: Transaction<DB>, claim: Claim): Promise<Claimed[]> {
  const { now, longestLease, furthestTry } = claim
  const endpoints = await db
    .selectFrom('endpoints as e')
    .select(['e.id', 'e.orgId', 'e.failures'])
    .select((of) =>
      of
        .exists(
          of
            .selectFrom('endpoints as bound')
            .select('bound.id')
            .whereRef('bound.orgId', '=', 'e.orgId')
            .where('bound.state', '=', 'active')
            .where('bound.bound', '=', true),
        )
        .as('sorted'),
    )
    .where('e.state', '=', 'active')
    .where('e.url', 'is not', null)
    // Before its admission, and while it is suspended, nothing is pushed to anybody.
    .where((where) =>
      where.exists(
        where
          .selectFrom('organisations as o')
          .select('o.id')
          .whereRef('o.id', '=', 'e.orgId')
          .where('o.admittedAt', 'is not', null)
          .where('o.suspendedAt', 'is', null),
      ),
    )
    // One row an organisation: its oldest endpoint that works, which serves everything where none is bound.
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('endpoints as older')
            .select('older.id')
            .whereRef('older.orgId', '=', 'e.orgId')
            .where('older.state', '=', 'active')
            .where('older.url', 'is not', null)
            .whereRef('older.id', '<', 'e.id'),
        ),
      ),
    )
    .where((where) =>
      where.exists(
        where
          .selectFrom('deliveries as d')
          .select('d.id')
          .whereRef('d.orgId', '=', 'e.orgId')
          .where((due) => due.or([due('d.nextAttemptAt', '<=', now), due('d.nextAttemptAt', '>', furthestTry)]))
          .where((lease) =>
            lease.or([
              lease('d.leasedUntil', 'is', null),
              lease('d.leasedUntil', '<=', now),
              lease('d.leasedUntil', '>', longestLease),
            ]),
          ),
      ),
    )
    .orderBy((by) =>
      by
        .selectFrom('deliveries as first')
        .select((min) => min.fn.min('first.deadlineAt').as('deadline'))
        .whereRef('first.orgId', '=', 'e.orgId')
        .where((due) => due.or([due('first.nextAttemptAt', '<=', now), due('first.nextAttemptAt', '>', furthestTry)])),
    )
    .limit(claim.limit)
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  const claimed: Claimed[] = []
  for (const { id, orgId, failures, sorted } of endpoints) {
    const ways = sorted ? await waysOf(db, orgId, claim) : [{ id, failures, standsIn: null }]
    for (const way of ways) {
      if (claimed.length >= claim.limit) return claimed
      claimed.push(...(await take(db, orgId, way, { ...claim, limit: claim.limit - claimed.length })))
    }
  }
  return claimed
}

interface Way {
  id: string
  failures: number
  /** What it serves of what is due; null: everything. */
  standsIn: StandsIn[] | null
}

/** Which endpoint takes what of an organisation whose endpoints are bound. What none serves is put off for a while. */
async function waysOf(db: Transaction<DB>, orgId: string, claim: Claim): Promise<Way[]> {
  const { pushed, poll } = await findServing(db, orgId)
  const contact = chooseContact(await selectWritable(db, orgId), { now: claim.now, purposes: [] })
  const due = await db
    .selectFrom('deliveries')
    .select('standsIn')
    .distinct()
    .where('orgId', '=', orgId)
    .where(isDue(claim))
    .execute()
  const serving = new Map<string, StandsIn[]>()
  const unserved: StandsIn[] = []
  for (const { standsIn } of due) {
    const way = wayOf({ pushed, poll, contact }, standsIn)
    if (way) serving.set(way.id, [...(serving.get(way.id) ?? []), standsIn])
    else unserved.push(standsIn)
  }
  if (unserved.length > 0) await putOff(db, orgId, unserved, claim)
  const ids = [...serving.keys()]
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('endpoints')
    .select(['id', 'failures'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute()
  return rows.map(({ id, failures }) => ({ id, failures, standsIn: serving.get(id) ?? [] }))
}

async function putOff(db: Transaction<DB>, orgId: string, unserved: readonly StandsIn[], claim: Claim): Promise<void> {
  const rows = await db
    .selectFrom('deliveries')
    .select('id')
    .where('orgId', '=', orgId)
    .where(isDue(claim))
    .where(isOneOf(unserved))
    .limit(1000)
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  if (rows.length === 0) return
  await db
    .updateTable('deliveries')
    .set({ nextAttemptAt: new Date(claim.now.getTime() + unservedMs) })
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
}

async function take(db: Transaction<DB>, orgId: string, way: Way, claim: Claim): Promise<Claimed[]> {
  const { now, workerId, leasedUntil, longestLease } = claim
  const { inFlight } = await db
    .selectFrom('deliveries')
    .select((count) => count.fn.countAll<number>().as('inFlight'))
    .where('endpointId', '=', way.id)
    .where('leasedUntil', '>', now)
    .where('leasedUntil', '<=', longestLease)
    .executeTakeFirstOrThrow()
  const room = (way.failures > 0 ? 1 : 2) - Number(inFlight)
  if (room <= 0) return []
  let query = db.selectFrom('deliveries').select('id').where('orgId', '=', orgId).where(isDue(claim))
  if (way.standsIn) query = query.where(isOneOf(way.standsIn))
  const due = await query
    .orderBy('deadlineAt')
    .orderBy('nextAttemptAt')
    .orderBy('id')
    .limit(Math.min(room, claim.limit))
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  for (const { id } of due) {
    await db
      .updateTable('deliveries')
      .set({ endpointId: way.id, leasedBy: workerId, leasedUntil })
      .where('id', '=', id)
      .execute()
  }
  return due.map(({ id }) => ({ deliveryId: id, endpointId: way.id }))
}

/** To be tried now, and in nobody's hands. */
function isDue({ now, furthestTry, longestLease }: Claim) {
  return ({ and, or, eb }: ExpressionBuilder<DB, 'deliveries'>) =>
    and([
      or([eb('nextAttemptAt', '<=', now), eb('nextAttemptAt', '>', furthestTry)]),
      or([eb('leasedUntil', 'is', null), eb('leasedUntil', '<=', now), eb('leasedUntil', '>', longestLease)]),
    ])
}

function isOneOf(standsIn: readonly StandsIn[]) {
  const known = standsIn.filter((one) => one !== null)
  return ({ or, eb }: ExpressionBuilder<DB, 'deliveries'>) =>
    or([
      ...(known.length > 0 ? [eb('standsIn', 'in', known)] : []),
      ...(standsIn.includes(null) ? [eb('standsIn', 'is', null)] : []),
    ])
}
