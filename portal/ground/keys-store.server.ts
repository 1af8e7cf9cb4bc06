import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from './ground.ts'
import type { SigningKeys } from './tables.d.ts'

export type SigningKeyRow = Selectable<SigningKeys>

/** One writer at a time, over all processes; readers are not held up. */
export async function lockSigningKeys(db: Transaction<DB>): Promise<void> {
  await sql`lock table signing_keys in share row exclusive mode`.execute(db)
}

export function listSigningKeys(db: Kysely<DB>): Promise<SigningKeyRow[]> {
  return db.selectFrom('signingKeys').selectAll().orderBy('activeFrom').orderBy('kid').execute()
}

export async function addSigningKey(
  db: Transaction<DB>,
  key: Omit<SigningKeyRow, 'retiredAt' | 'revokedAt' | 'publicJwk'> & { publicJwk: JsonWebKey },
): Promise<void> {
  await db
    .insertInto('signingKeys')
    .values({ ...key, publicJwk: JSON.stringify(key.publicJwk) })
    .execute()
}

export async function retireSigningKey(db: Transaction<DB>, kid: string, at: Date): Promise<void> {
  await db
    .updateTable('signingKeys')
    .set({ retiredAt: at })
    .where('kid', '=', kid)
    .where('retiredAt', 'is', null)
    .execute()
}

export async function dateSigningKey(db: Transaction<DB>, kid: string, activeFrom: Date): Promise<void> {
  await db.updateTable('signingKeys').set({ activeFrom, retiredAt: null }).where('kid', '=', kid).execute()
}

/** What was revoked never signs again, so its private part goes at once. */
export async function revokeSigningKey(db: Transaction<DB>, kid: string, at: Date): Promise<void> {
  await db
    .updateTable('signingKeys')
    .set({ revokedAt: at })
    .where('kid', '=', kid)
    .where('revokedAt', 'is', null)
    .execute()
  await destroyPrivatePart(db, kid)
}

export async function destroyPrivatePart(db: Transaction<DB>, kid: string): Promise<void> {
  const nothing = Buffer.alloc(0)
  await db.updateTable('signingKeys').set({ dataKey: nothing, sealedPrivate: nothing }).where('kid', '=', kid).execute()
}
