import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'
import type { RehearsalParts, Statement, Step, StepName, StepResult } from './rehearsal.ts'

export type RehearsalRow = Selectable<DB['rehearsals']>
export type RehearsalTokenRow = Selectable<DB['rehearsalTokens']>

/** One rehearsal of an endpoint at a time: whoever starts one holds the endpoint's row meanwhile. */
export async function lockForRehearsal(db: Transaction<DB>, endpointId: string): Promise<{ running: string | null }> {
  await db.selectFrom('endpoints').select('id').where('id', '=', endpointId).forNoKeyUpdate().execute()
  const running = await db
    .selectFrom('rehearsals')
    .select('id')
    .where('endpointId', '=', endpointId)
    .where('state', '=', 'running')
    .limit(1)
    .executeTakeFirst()
  return { running: running?.id ?? null }
}

export async function countRehearsals(db: Transaction<DB>, orgId: string, since: Date): Promise<number> {
  const { count } = await db
    .selectFrom('rehearsals')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('orgId', '=', orgId)
    .where('startedAt', '>', since)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function insertRehearsal(
  db: Transaction<DB>,
  row: Pick<RehearsalRow, 'id' | 'orgId' | 'endpointId' | 'noticeId' | 'itemId' | 'startedAt'>,
  tokens: readonly RehearsalTokenRow[],
): Promise<void> {
  await db
    .insertInto('rehearsals')
    .values({ ...row, state: 'running' })
    .execute()
  await db
    .insertInto('rehearsalTokens')
    .values([...tokens])
    .execute()
}

export function selectRehearsal(db: Kysely<DB>, id: string): Promise<RehearsalRow | undefined> {
  return db.selectFrom('rehearsals').selectAll().where('id', '=', id).executeTakeFirst()
}

export function lockRehearsal(db: Transaction<DB>, id: string): Promise<RehearsalRow | undefined> {
  return db.selectFrom('rehearsals').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
}

/** The one that runs on an organisation's poll stream. */
export function lockRunningStream(db: Transaction<DB>, orgId: string): Promise<RehearsalRow | undefined> {
  return db
    .selectFrom('rehearsals')
    .innerJoin('endpoints', 'endpoints.id', 'rehearsals.endpointId')
    .selectAll('rehearsals')
    .where('rehearsals.orgId', '=', orgId)
    .where('rehearsals.state', '=', 'running')
    .where('endpoints.url', 'is', null)
    .orderBy('rehearsals.id')
    .limit(1)
    .forNoKeyUpdate('rehearsals')
    .executeTakeFirst()
}

/** Whether it is of a poll stream. */
export async function isStream(db: Kysely<DB>, endpointId: string): Promise<boolean> {
  const row = await db.selectFrom('endpoints').select('url').where('id', '=', endpointId).executeTakeFirst()
  return row !== undefined && row.url === null
}

/** Newest first. */
export function selectRehearsals(db: Kysely<DB>, endpointId: string, limit: number): Promise<RehearsalRow[]> {
  return db
    .selectFrom('rehearsals')
    .selectAll()
    .where('endpointId', '=', endpointId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

export async function selectRunning(db: Kysely<DB>, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('rehearsals')
    .select('id')
    .where('state', '=', 'running')
    .orderBy('startedAt')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

export async function updateRehearsal(
  db: Transaction<DB>,
  id: string,
  change: Partial<Pick<RehearsalRow, 'state' | 'receivedAt' | 'withdrawnAt' | 'endedAt' | 'leasedUntil'>>,
): Promise<void> {
  await db.updateTable('rehearsals').set(change).where('id', '=', id).execute()
}

/** The first result of a step holds. */
export async function insertStep(db: Transaction<DB>, rehearsalId: string, step: Step & { at: Date }): Promise<void> {
  const { name, result, code, amount, at, ms } = step
  if (result === 'waiting') return
  await db
    .insertInto('rehearsalSteps')
    .values({ rehearsalId, name, result, code, amount, at, ms })
    .onConflict((conflict) => conflict.columns(['rehearsalId', 'name']).doNothing())
    .execute()
}

export function selectRehearsalToken(db: Kysely<DB>, rehearsalId: string, kind: string) {
  return db
    .selectFrom('rehearsalTokens')
    .selectAll()
    .where('rehearsalId', '=', rehearsalId)
    .where('kind', '=', kind)
    .executeTakeFirst()
}

/** The rehearsal that a token belongs to, with the digest a receipt for it has to say. */
export function selectByToken(db: Kysely<DB>, jti: string) {
  return db
    .selectFrom('rehearsalTokens')
    .innerJoin('rehearsals', 'rehearsals.id', 'rehearsalTokens.rehearsalId')
    .select([
      'rehearsals.id',
      'rehearsals.orgId',
      'rehearsals.noticeId',
      'rehearsals.state',
      'rehearsalTokens.kind',
      'rehearsalTokens.setSha256',
    ])
    .where('rehearsalTokens.jti', '=', jti)
    .executeTakeFirst()
}

export function selectByNotice(db: Kysely<DB>, noticeId: string): Promise<RehearsalRow | undefined> {
  return db.selectFrom('rehearsals').selectAll().where('noticeId', '=', noticeId).executeTakeFirst()
}

/** What is kept of what comes back is bounded: an endpoint that says the same for ever fills no table. */
export async function insertStatement(
  db: Transaction<DB>,
  row: Selectable<DB['rehearsalStatements']>,
  most: number,
): Promise<void> {
  const { count } = await db
    .selectFrom('rehearsalStatements')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('rehearsalId', '=', row.rehearsalId)
    .executeTakeFirstOrThrow()
  if (Number(count) < most) await db.insertInto('rehearsalStatements').values(row).execute()
}

export function selectStatementByJti(db: Kysely<DB>, rehearsalId: string, jti: string) {
  return db
    .selectFrom('rehearsalStatements')
    .select('id')
    .where('rehearsalId', '=', rehearsalId)
    .where('jti', '=', jti)
    .where('code', 'is', null)
    .executeTakeFirst()
}

/** Everything a card is computed from. */
export async function selectParts(db: Kysely<DB>, row: RehearsalRow): Promise<RehearsalParts> {
  const steps = await db.selectFrom('rehearsalSteps').selectAll().where('rehearsalId', '=', row.id).execute()
  const statements = await db
    .selectFrom('rehearsalStatements')
    .selectAll()
    .where('rehearsalId', '=', row.id)
    .orderBy('recordedAt')
    .orderBy('id')
    .execute()
  const tokens = await db
    .selectFrom('rehearsalTokens')
    .select(['jti', 'kind'])
    .where('rehearsalId', '=', row.id)
    .execute()
  const signing = await db
    .selectFrom('providerKeys')
    .select(sql<number>`1`.as('one'))
    .where('orgId', '=', row.orgId)
    .where('use', '=', 'sig')
    .where('retiredAt', 'is', null)
    .where('revokedAt', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return {
    startedAt: row.startedAt,
    receivedAt: row.receivedAt,
    endedAt: row.endedAt,
    signs: signing !== undefined,
    steps: steps.map(({ rehearsalId: _, ...step }) => ({
      ...step,
      name: step.name as StepName,
      result: step.result as StepResult,
    })),
    statements: statements.map((one) => ({
      jti: one.jti,
      ref: one.ref,
      about: one.event as Statement['about'],
      grade: one.grade as Statement['grade'],
      code: one.code,
      statedAt: one.statedAt,
      recordedAt: one.recordedAt,
    })),
    tokens: tokens as RehearsalParts['tokens'],
  }
}
