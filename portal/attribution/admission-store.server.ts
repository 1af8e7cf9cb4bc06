import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'

interface Moment {
  now: Date
  /** Claims that were proven before this have waited for the set time. */
  before: Date
}

/** Networks that are an organisation's own by its registry's mailbox, that count, and that nothing speaks against. */
function ownNetworks(db: Kysely<DB>, { now, before }: Moment) {
  return db
    .selectFrom('networkClaims as c')
    .innerJoin('networks as n', 'n.id', 'c.networkId')
    .select('c.orgId')
    .where('c.proof', '=', 'registry_mail')
    .where('c.provenAt', '<=', before)
    .where('c.endedAt', 'is', null)
    .where('c.missingSince', 'is', null)
    .where((where) => where(where.fn('cardinality', ['c.contradictions']), '=', 0))
    .where('n.effectiveAt', '<=', now)
    .where('n.endedAt', 'is', null)
    .where('n.kind', 'in', ['cidr', 'asn'])
}

export async function selectReadyForAdmission(db: Kysely<DB>, moment: Moment & { limit: number }): Promise<string[]> {
  const rows = await db
    .selectFrom('organisations as o')
    .select('o.id')
    .where('o.kind', '=', 'provider')
    .where('o.admissionAskedAt', '<=', moment.before)
    .where('o.admittedAt', 'is', null)
    .where('o.refusedAt', 'is', null)
    .where('o.suspendedAt', 'is', null)
    .where((where) => where('o.id', 'in', ownNetworks(db, moment)))
    .orderBy('o.admissionAskedAt')
    .limit(moment.limit)
    .execute()
  return rows.map(({ id }) => id)
}

export async function hasOwnRegistryNetwork(db: Kysely<DB>, orgId: string, moment: Moment): Promise<boolean> {
  const row = await ownNetworks(db, moment).where('c.orgId', '=', orgId).limit(1).executeTakeFirst()
  return row !== undefined
}
