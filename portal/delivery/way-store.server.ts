import { sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { chooseContact } from '../providers/choose-contact.ts'
import type { StandsIn } from '../providers/choose-endpoint.ts'
import { findServing, wayOf } from '../providers/find-serving.ts'
import { selectWritable } from './channel-store.server.ts'
import type { Claim } from './claim-store.server.ts'

/** What no endpoint serves today is looked at again after so long: it may be bound otherwise by then. */
const unservedMs = 60_000

/**
 * Which endpoint takes what of an organisation whose endpoints are bound. What none serves is put off for a while. Reads all
 * that is due there, unlike every other claim: such organisations are few.
 */
export async function waysOf(db: Transaction<DB>, orgId: string, claim: Claim): Promise<Map<string, StandsIn[]>> {
  const { pushed, poll } = await findServing(db, orgId)
  const contact = chooseContact(await selectWritable(db, orgId), { now: claim.now, purposes: [] })
  const found = await db
    .selectFrom('deliveries as d')
    .select('d.standsIn')
    .distinct()
    .where('d.orgId', '=', orgId)
    .where(isDue(claim))
    .execute()
  const serving = new Map<string, StandsIn[]>()
  const unserved: StandsIn[] = []
  for (const { standsIn } of found) {
    const way = wayOf({ pushed, poll, contact }, standsIn)
    if (way) serving.set(way.id, [...(serving.get(way.id) ?? []), standsIn])
    else unserved.push(standsIn)
  }
  if (unserved.length > 0) await putOff(db, orgId, unserved, claim)
  return serving
}

async function putOff(db: Transaction<DB>, orgId: string, unserved: readonly StandsIn[], claim: Claim): Promise<void> {
  const known = unserved.filter((one) => one !== null)
  const rows = await db
    .selectFrom('deliveries as d')
    .select('d.id')
    .where('d.orgId', '=', orgId)
    .where(isDue(claim))
    .where((where) =>
      where.or([
        where('d.standsIn', '=', sql<string>`any(${known}::text[])`),
        ...(unserved.includes(null) ? [where('d.standsIn', 'is', null)] : []),
      ]),
    )
    .limit(1000)
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  await db
    .updateTable('deliveries')
    .set({ nextAttemptAt: new Date(claim.now.getTime() + unservedMs) })
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute()
}

/**
 * Whoever waits for something, as `waiting (org_id)`, and a last row of nobody: hops from one to the next along
 * `deliveries_waiting`. Asked for in the whole order of that index, since any other that begins with the organisation holds
 * its history as well, and whoever has never counted the table believes that all of it waits.
 */
export const waitingOrganisations = sql`waiting as (
    (select org_id from deliveries where next_attempt_at is not null order by org_id, deadline_at, id limit 1)
    union all
    select (select d.org_id from deliveries as d where d.next_attempt_at is not null and d.org_id > waiting.org_id
            order by d.org_id, d.deadline_at, d.id limit 1)
    from waiting where waiting.org_id is not null
  )`

/** To be tried now, and in nobody's hands. Of a table that is called `d`. */
export function isDue({ now, furthestTry, longestLease }: Claim) {
  return sql<boolean>`d.next_attempt_at is not null and (d.next_attempt_at <= ${now} or d.next_attempt_at > ${furthestTry})
    and (d.leased_until is null or d.leased_until <= ${now} or d.leased_until > ${longestLease})`
}
