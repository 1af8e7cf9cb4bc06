import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { Role } from './person.ts'

/** All of them, in the same order for everybody: two changes at once must not leave an organisation without an owner. */
export function lockMembers(db: Transaction<DB>, orgId: string) {
  return db
    .selectFrom('memberships')
    .select(['personId', 'role'])
    .where('orgId', '=', orgId)
    .orderBy('personId')
    .forNoKeyUpdate()
    .execute()
}

export function selectMembers(db: Kysely<DB>, orgId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.personId')
    .select(['people.id as personId', 'people.name', 'people.email', 'memberships.role', 'memberships.createdAt'])
    .where('memberships.orgId', '=', orgId)
    .orderBy('people.name')
    .orderBy('people.id')
    .execute()
}

/** Who of these has a second factor in use. */
export async function selectWithFactor(db: Kysely<DB>, personIds: readonly string[]): Promise<Set<string>> {
  if (personIds.length === 0) return new Set()
  const totp = await db
    .selectFrom('totpFactors')
    .select('personId')
    .where('personId', 'in', personIds)
    .where('confirmedAt', 'is not', null)
    .execute()
  const keys = await db.selectFrom('passkeys').select('personId').where('personId', 'in', personIds).execute()
  return new Set([...totp, ...keys].map(({ personId }) => personId))
}

export async function setRole(db: Transaction<DB>, orgId: string, personId: string, role: Role) {
  await db
    .updateTable('memberships')
    .set({ role })
    .where('orgId', '=', orgId)
    .where('personId', '=', personId)
    .execute()
}

export async function deleteMembership(db: Transaction<DB>, orgId: string, personId: string) {
  await db.deleteFrom('memberships').where('orgId', '=', orgId).where('personId', '=', personId).execute()
}

export async function isMember(db: Transaction<DB>, orgId: string, email: string) {
  const found = await db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.personId')
    .select('people.id')
    .where('memberships.orgId', '=', orgId)
    .where('people.email', '=', email)
    .executeTakeFirst()
  return found !== undefined
}

export async function setPerson(
  db: Transaction<DB>,
  personId: string,
  change: { name?: string; locale?: string; email?: string },
) {
  await db.updateTable('people').set(change).where('id', '=', personId).execute()
}
