import { type Kysely, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { Prefix } from './address.ts'
import type { ChainLink, Confidence, HoldingNetwork } from './chain.ts'

/** Networks that are proven, in force, not ended, and of an admitted provider; of suspended ones as well. */
function provenNetworks(db: Kysely<DB>, now: Date) {
  return db
    .selectFrom('networks')
    .innerJoin('organisations', 'organisations.id', 'networks.orgId')
    .where('networks.provenAt', '<=', now)
    .where('networks.effectiveAt', '<=', now)
    .where((where) => where.or([where('networks.endedAt', 'is', null), where('networks.endedAt', '>', now)]))
    .where('organisations.kind', '=', 'provider')
    .where('organisations.admittedAt', '<=', now)
}

export async function selectHoldingNetworks(
  db: Kysely<DB>,
  candidates: readonly Prefix[],
  now: Date,
): Promise<HoldingNetwork[]> {
  const rows = await provenNetworks(db, now)
    .select(['networks.id', 'networks.orgId', 'networks.prefixLength', 'networks.consentBy', 'networks.consentedAt'])
    .select('organisations.suspendedAt')
    .where('networks.kind', '=', 'cidr')
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('networks.family', 'networks.network', 'networks.prefixLength'),
        'in',
        candidates.map(({ family, network, length }) => tuple(family, network, length)),
      ),
    )
    .execute()
  return rows.map((row) => ({
    id: row.id,
    orgId: row.orgId,
    prefixLength: row.prefixLength ?? 0,
    consentBy: row.consentedAt && row.consentedAt <= now ? row.consentBy : null,
    suspended: row.suspendedAt !== null,
  }))
}

/** Who proved control of this autonomous system, the earliest first. */
export function selectAsnHolders(db: Kysely<DB>, asn: number, now: Date) {
  return provenNetworks(db, now)
    .select(['networks.id', 'networks.orgId', 'organisations.suspendedAt'])
    .where('networks.kind', '=', 'asn')
    .where('networks.asn', '=', asn)
    .orderBy('networks.effectiveAt')
    .orderBy('networks.id')
    .execute()
}

/** Who proved control of one of these names, the longest name first. */
export function selectDomains(db: Kysely<DB>, names: readonly string[], now: Date) {
  return provenNetworks(db, now)
    .select(['networks.id', 'networks.orgId', 'networks.domain'])
    .where('networks.kind', '=', 'domain')
    .where('organisations.suspendedAt', 'is', null)
    .where('networks.domain', 'in', names)
    .orderBy(sql`length(networks.domain)`, 'desc')
    .orderBy('networks.id')
    .execute()
}

export async function insertNetwork(
  db: Transaction<DB>,
  network: {
    id: string
    orgId: string
    proof: string
    provenAt: Date
    effectiveAt: Date
    createdAt: Date
    consentBy: string | null
    consentedAt: Date | null
  } & (
    | { kind: 'cidr'; family: number; network: Buffer; prefixLength: number }
    | { kind: 'domain'; domain: string }
    | { kind: 'asn'; asn: number }
  ),
) {
  await db.insertInto('networks').values(network).execute()
}

/** A young network counts from now on, because a person of the desk says so. */
export async function setNetworkEffective(db: Transaction<DB>, networkId: string, at: Date) {
  await db.updateTable('networks').set({ effectiveAt: at }).where('id', '=', networkId).execute()
}

export async function setNetworkEnded(
  db: Transaction<DB>,
  networkId: string,
  end: { endedAt: Date; endedCode: string; endedBy: string | null; endedReason: string | null },
) {
  return db
    .updateTable('networks')
    .set(end)
    .where('id', '=', networkId)
    .where('endedAt', 'is', null)
    .returning('orgId')
    .executeTakeFirst()
}

/** A wider claim takes nobody's place: what stood inside before goes on, as if its holder had agreed to it. */
export async function keepWhatStood(db: Transaction<DB>, networkIds: readonly string[], holderId: string, at: Date) {
  if (networkIds.length === 0) return
  await db
    .updateTable('networks')
    .set({ consentBy: holderId, consentedAt: at })
    .where('id', 'in', networkIds)
    .where('consentBy', 'is', null)
    .execute()
}

/** Ranges that count only because this provider agreed to them. */
export function selectConsentedBy(db: Kysely<DB>, holderId: string) {
  return db
    .selectFrom('networks')
    .select(['id', 'orgId', 'family', 'network', 'prefixLength'])
    .where('kind', '=', 'cidr')
    .where('consentBy', '=', holderId)
    .where('endedAt', 'is', null)
    .execute()
}

export async function selectNetwork(db: Kysely<DB>, networkId: string) {
  return db.selectFrom('networks').selectAll().where('id', '=', networkId).executeTakeFirst()
}

/** What a provider holds, ended or not, newest first. */
export function selectNetworksOf(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('networks')
    .selectAll()
    .where('orgId', '=', orgId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1000)
    .execute()
}

export async function insertAttributions(
  db: Transaction<DB>,
  rows: { id: string; itemId: string; at: Date; confidence: Confidence; chain: ChainLink[]; sealed: Buffer }[],
) {
  if (rows.length === 0) return
  await db
    .insertInto('attributions')
    .values(rows.map((row) => ({ ...row, chain: JSON.stringify(row.chain) })))
    .execute()
}

/** The newest snapshot of each item. */
export async function selectNewestAttributions(db: Kysely<DB>, itemIds: readonly string[]) {
  if (itemIds.length === 0) return []
  const rows = await db
    .selectFrom('attributions')
    .distinctOn('itemId')
    .selectAll()
    .where('itemId', 'in', itemIds)
    .orderBy('itemId')
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({
    ...row,
    confidence: row.confidence as Confidence,
    chain: row.chain as unknown as ChainLink[],
  }))
}
