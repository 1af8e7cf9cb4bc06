import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export function selectTotp(db: Kysely<DB>, personId: string) {
  return db.selectFrom('totpFactors').selectAll().where('personId', '=', personId).executeTakeFirst()
}

export function lockTotp(db: Transaction<DB>, personId: string) {
  return db.selectFrom('totpFactors').selectAll().where('personId', '=', personId).forNoKeyUpdate().executeTakeFirst()
}

/** Takes the place of one that was never confirmed, and of no other. */
export async function insertTotp(
  db: Transaction<DB>,
  totp: { personId: string; wrappedKey: Buffer; sealedSecret: Buffer; createdAt: Date },
) {
  await db
    .insertInto('totpFactors')
    .values(totp)
    .onConflict((conflict) =>
      conflict
        .column('personId')
        .doUpdateSet({ wrappedKey: totp.wrappedKey, sealedSecret: totp.sealedSecret, createdAt: totp.createdAt })
        .where('totpFactors.confirmedAt', 'is', null),
    )
    .execute()
}

export async function setTotpUsed(db: Transaction<DB>, personId: string, step: number, confirmedAt: Date) {
  await db.updateTable('totpFactors').set({ lastStep: step, confirmedAt }).where('personId', '=', personId).execute()
}

export async function deleteTotp(db: Transaction<DB>, personId: string) {
  const done = await db.deleteFrom('totpFactors').where('personId', '=', personId).executeTakeFirst()
  return done.numDeletedRows > 0n
}

export function selectPasskeys(db: Kysely<DB>, personId: string) {
  return db.selectFrom('passkeys').selectAll().where('personId', '=', personId).orderBy('id').execute()
}

/** False where this very key is registered already, here or with somebody else. */
export async function insertPasskey(
  db: Transaction<DB>,
  passkey: {
    id: string
    personId: string
    credentialId: Buffer
    publicKey: Buffer
    counter: number
    transports: string[]
    name: string
    createdAt: Date
  },
) {
  const done = await db
    .insertInto('passkeys')
    .values(passkey)
    .onConflict((conflict) => conflict.column('credentialId').doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function setPasskeyUsed(db: Transaction<DB>, passkeyId: string, counter: number, at: Date) {
  await db.updateTable('passkeys').set({ counter, lastUsedAt: at }).where('id', '=', passkeyId).execute()
}

export async function deletePasskey(db: Transaction<DB>, personId: string, passkeyId: string) {
  const done = await db
    .deleteFrom('passkeys')
    .where('id', '=', passkeyId)
    .where('personId', '=', personId)
    .executeTakeFirst()
  return done.numDeletedRows > 0n
}

export async function putChallenge(
  db: Transaction<DB>,
  challenge: { sessionId: string; purpose: 'register' | 'enter'; challenge: string; expiresAt: Date },
) {
  const { sessionId, ...rest } = challenge
  await db
    .insertInto('passkeyChallenges')
    .values(challenge)
    .onConflict((conflict) => conflict.column('sessionId').doUpdateSet(rest))
    .execute()
}

/** Whoever answers takes the question away: none is answered twice. */
export async function takeChallenge(db: Transaction<DB>, sessionId: string, purpose: 'register' | 'enter', now: Date) {
  const taken = await db
    .deleteFrom('passkeyChallenges')
    .where('sessionId', '=', sessionId)
    .returning(['purpose', 'challenge', 'expiresAt'])
    .executeTakeFirst()
  return taken && taken.purpose === purpose && taken.expiresAt > now ? taken.challenge : null
}

/** These and no others, from now on. */
export async function replaceRecoveryCodes(db: Transaction<DB>, personId: string, hashes: readonly Buffer[]) {
  await db.deleteFrom('recoveryCodes').where('personId', '=', personId).execute()
  if (hashes.length === 0) return
  await db
    .insertInto('recoveryCodes')
    .values(hashes.map((codeHash) => ({ personId, codeHash })))
    .execute()
}

export async function setRecoveryCodeUsed(db: Transaction<DB>, personId: string, codeHash: Buffer, at: Date) {
  const done = await db
    .updateTable('recoveryCodes')
    .set({ usedAt: at })
    .where('personId', '=', personId)
    .where('codeHash', '=', codeHash)
    .where('usedAt', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}

export async function countRecoveryCodes(db: Kysely<DB>, personId: string) {
  const left = await db
    .selectFrom('recoveryCodes')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('personId', '=', personId)
    .where('usedAt', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(left.count)
}

/** One after the other: two guesses at once are two guesses. */
export async function lockTries(db: Transaction<DB>, personId: string) {
  await db
    .insertInto('factorTries')
    .values({ personId, wrong: 0 })
    .onConflict((conflict) => conflict.column('personId').doNothing())
    .execute()
  return db
    .selectFrom('factorTries')
    .select(['wrong', 'blockedUntil'])
    .where('personId', '=', personId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

export async function setTries(
  db: Transaction<DB>,
  personId: string,
  tries: { wrong: number; blockedUntil: Date | null },
) {
  await db.updateTable('factorTries').set(tries).where('personId', '=', personId).execute()
}
