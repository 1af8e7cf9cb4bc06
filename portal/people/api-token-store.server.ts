import type { Kysely, Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

/** An organisation's tokens, newest first; what was revoked or has expired long ago is left out. */
export function selectApiTokens(db: Kysely<DB>, orgId: string, endedAfter: Date) {
  return db
    .selectFrom('apiTokens')
    .leftJoin('people', 'people.id', 'apiTokens.createdBy')
    .select([
      'apiTokens.id',
      'apiTokens.name',
      'apiTokens.hint',
      'apiTokens.live',
      'apiTokens.scopes',
      'apiTokens.createdAt',
      'apiTokens.expiresAt',
      'apiTokens.revokedAt',
      'apiTokens.lastUsedAt',
      'apiTokens.replaces',
      'people.name as createdBy',
    ])
    .where('apiTokens.orgId', '=', orgId)
    .where((where) =>
      where.or([where('apiTokens.revokedAt', 'is', null), where('apiTokens.revokedAt', '>', endedAfter)]),
    )
    .where((where) =>
      where.or([where('apiTokens.expiresAt', 'is', null), where('apiTokens.expiresAt', '>', endedAfter)]),
    )
    .orderBy('apiTokens.id', 'desc')
    .execute()
}

export function lockApiToken(db: Transaction<DB>, apiTokenId: string) {
  return db.selectFrom('apiTokens').selectAll().where('id', '=', apiTokenId).forNoKeyUpdate().executeTakeFirst()
}

/** Tokens that open something today. The organisation's row is locked, so that two at once are counted. */
export async function countApiTokens(db: Transaction<DB>, orgId: string, now: Date): Promise<number> {
  await db.selectFrom('organisations').select('id').where('id', '=', orgId).forNoKeyUpdate().execute()
  const { count } = await db
    .selectFrom('apiTokens')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('orgId', '=', orgId)
    .where('revokedAt', 'is', null)
    .where((where) => where.or([where('expiresAt', 'is', null), where('expiresAt', '>', now)]))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function setApiTokenExpiry(db: Transaction<DB>, apiTokenId: string, at: Date) {
  await db.updateTable('apiTokens').set({ expiresAt: at }).where('id', '=', apiTokenId).execute()
}
