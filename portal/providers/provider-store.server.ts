import type { Kysely, Selectable, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { EndpointState, MediaType, ProviderKey, VerifiedGrade } from './endpoint.ts'

export type EndpointRow = Selectable<DB['endpoints']> & {
  state: EndpointState
  mediaType: MediaType
  verifiedGrade: VerifiedGrade | null
}

export async function selectEndpoints(db: Kysely<DB>, orgId: string): Promise<EndpointRow[]> {
  const rows = await db.selectFrom('endpoints').selectAll().where('orgId', '=', orgId).orderBy('id').execute()
  return rows as EndpointRow[]
}

export async function selectEndpoint(db: Kysely<DB>, endpointId: string): Promise<EndpointRow | null> {
  const row = await db.selectFrom('endpoints').selectAll().where('id', '=', endpointId).executeTakeFirst()
  return (row as EndpointRow | undefined) ?? null
}

export async function lockEndpoint(db: Transaction<DB>, endpointId: string): Promise<EndpointRow | null> {
  const row = await db
    .selectFrom('endpoints')
    .selectAll()
    .where('id', '=', endpointId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return (row as EndpointRow | undefined) ?? null
}

/** All endpoints of an organisation, locked: two of them are not given up at once, each for the other's sake. */
export async function lockEndpointsOf(db: Transaction<DB>, orgId: string): Promise<void> {
  await db.selectFrom('endpoints').select('id').where('orgId', '=', orgId).orderBy('id').forNoKeyUpdate().execute()
}

export async function lockEndpointByVerification(db: Transaction<DB>, orgId: string, jti: string) {
  const row = await db
    .selectFrom('endpoints')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('verificationJti', '=', jti)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return (row as EndpointRow | undefined) ?? null
}

export async function insertEndpoint(
  db: Transaction<DB>,
  endpoint: Pick<
    EndpointRow,
    'id' | 'orgId' | 'url' | 'description' | 'jwksUri' | 'inFlight' | 'state' | 'createdAt' | 'updatedAt'
  >,
) {
  await db.insertInto('endpoints').values(endpoint).execute()
}

export async function updateEndpoint(
  db: Transaction<DB>,
  endpointId: string,
  change: Partial<Omit<EndpointRow, 'id' | 'orgId' | 'createdAt'>> & { updatedAt: Date },
) {
  await db.updateTable('endpoints').set(change).where('id', '=', endpointId).execute()
}

/** Push endpoints whose keys are published by the provider. */
export function selectPublishedKeySets(db: Kysely<DB>, limit: number) {
  return db
    .selectFrom('endpoints')
    .select(['id', 'orgId', 'jwksUri'])
    .where('jwksUri', 'is not', null)
    .where('state', '<>', 'retired')
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Whether there is a mailbox of the organisation that works: it has answered, lately enough, and mail does not come back. */
export async function hasVerifiedContact(db: Kysely<DB>, orgId: string) {
  const row = await db
    .selectFrom('contacts')
    .select('id')
    .where('orgId', '=', orgId)
    .where('verifiedAt', 'is not', null)
    .where('lapsedAt', 'is', null)
    .where('unreachableAt', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Every mailbox that has answered, in the order of escalation, with the language its organisation is written to in. */
export function selectVerifiedContacts(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('contacts')
    .innerJoin('organisations', 'organisations.id', 'contacts.orgId')
    .select(['contacts.id', 'contacts.email', 'organisations.locale'])
    .where('contacts.orgId', '=', orgId)
    .where('contacts.verifiedAt', 'is not', null)
    .orderBy('contacts.position')
    .orderBy('contacts.id')
    .execute()
}

export async function selectKeys(db: Kysely<DB>, endpointIds: readonly string[]): Promise<ProviderKey[]> {
  if (endpointIds.length === 0) return []
  const rows = await db
    .selectFrom('providerKeys')
    .selectAll()
    .where('endpointId', 'in', endpointIds)
    .orderBy('registeredAt', 'desc')
    .orderBy('thumbprint')
    .execute()
  return rows as unknown as ProviderKey[]
}

export async function selectKey(db: Kysely<DB>, thumbprint: string): Promise<ProviderKey | null> {
  const row = await db.selectFrom('providerKeys').selectAll().where('thumbprint', '=', thumbprint).executeTakeFirst()
  return (row as unknown as ProviderKey | undefined) ?? null
}

/** Known keys among these, with the state of the endpoint each stands at. */
export async function lockKeys(db: Transaction<DB>, thumbprints: readonly string[]) {
  if (thumbprints.length === 0) return []
  const rows = await db
    .selectFrom('providerKeys')
    .innerJoin('endpoints', 'endpoints.id', 'providerKeys.endpointId')
    .selectAll('providerKeys')
    .select('endpoints.state as endpointState')
    .where('thumbprint', 'in', thumbprints)
    .forNoKeyUpdate('providerKeys')
    .execute()
  return rows as unknown as (ProviderKey & { endpointState: EndpointState })[]
}

export async function insertKey(db: Transaction<DB>, key: ProviderKey) {
  const done = await db
    .insertInto('providerKeys')
    .values({ ...key, jwk: JSON.stringify(key.jwk) })
    .onConflict((conflict) => conflict.column('thumbprint').doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function updateKey(
  db: Transaction<DB>,
  thumbprint: string,
  change: { endpointId?: string; retiredAt?: Date | null; revokedAt?: Date },
) {
  await db.updateTable('providerKeys').set(change).where('thumbprint', '=', thumbprint).execute()
}
