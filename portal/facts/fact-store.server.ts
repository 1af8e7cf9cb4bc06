import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

export type FactRow = Selectable<DB['facts']>

/** The newest link of each of these chains, locked until the transaction ends; made on the first use. */
export async function lockHeads(db: Transaction<DB>, chains: readonly string[], genesis: Buffer) {
  if (chains.length === 0) return []
  const found = await selectHeadsOf(db, chains)
  if (found.length === chains.length) return found
  const there = new Set(found.map(({ chain }) => chain))
  await db
    .insertInto('factHeads')
    .values(chains.filter((chain) => !there.has(chain)).map((chain) => ({ chain, seq: 0, hash: genesis })))
    .onConflict((conflict) => conflict.column('chain').doNothing())
    .execute()
  return selectHeadsOf(db, chains)
}

/** In one order everywhere, so that two transactions with some chains in common never wait for each other. */
function selectHeadsOf(db: Transaction<DB>, chains: readonly string[]) {
  return db
    .selectFrom('factHeads')
    .select(['chain', 'seq', 'hash'])
    .where('chain', '=', sql<string>`any(${chains}::text[])`)
    .orderBy('chain')
    .forNoKeyUpdate()
    .execute()
}

/** What must follow is written with the fact, and is owed until it is done. */
export async function oweReactions(db: Transaction<DB>, rows: { factId: string; reaction: string }[]) {
  if (rows.length > 0) await db.insertInto('reactions').values(rows).execute()
}

/** Rows of many chains, each chain's in its order. */
export async function appendFacts(db: Transaction<DB>, rows: readonly FactRow[]) {
  const heads = [...new Map(rows.map((row) => [row.chain, row])).values()]
  const of = <K extends keyof FactRow>(column: K, from: readonly FactRow[] = rows) => from.map((row) => row[column])
  await sql`
    with appended as (
      insert into facts (chain, seq, id, kind, at, payload, previous, hash)
      select * from unnest(
        ${of('chain')}::text[], ${of('seq')}::int[], ${of('id')}::text[], ${of('kind')}::text[],
        ${of('at')}::timestamptz[], ${of('payload')}::text[], ${of('previous')}::bytea[], ${of('hash')}::bytea[])
    )
    update fact_heads set seq = newest.seq, hash = newest.hash
    from unnest(${of('chain', heads)}::text[], ${of('seq', heads)}::int[], ${of('hash', heads)}::bytea[])
      as newest (chain, seq, hash)
    where fact_heads.chain = newest.chain`.execute(db)
}

/** When the oldest fact was written after which something is still owed. */
/** Ids of facts follow their time, give or take a moment: the oldest is among the first hundred, however many are owed. */
export function selectOldestOwed(db: Kysely<DB>) {
  return db
    .with('first', (of) =>
      of.selectFrom('reactions').select('factId').where('doneAt', 'is', null).orderBy('factId').limit(100),
    )
    .selectFrom('first')
    .innerJoin('facts', 'facts.id', 'first.factId')
    .select((of) => of.fn.min('facts.at').as('at'))
    .executeTakeFirst()
}

export function selectFact(db: Kysely<DB>, factId: string) {
  return db.selectFrom('facts').selectAll().where('id', '=', factId).executeTakeFirst()
}

export function selectChain(db: Kysely<DB>, chain: string) {
  return db.selectFrom('facts').selectAll().where('chain', '=', chain).orderBy('seq').execute()
}

export async function selectKinds(db: Kysely<DB>, chain?: string) {
  let query = db.selectFrom('facts').select('kind').orderBy('at').orderBy('id')
  if (chain !== undefined) query = query.where('chain', '=', chain)
  return (await query.execute()).map((row) => row.kind)
}

export function selectHeads(db: Kysely<DB>) {
  return db.selectFrom('factHeads').select(['chain', 'seq', 'hash']).where('seq', '>', 0).execute()
}

export function selectNewestRoot(db: Kysely<DB>) {
  return newestFirst(db).limit(1).executeTakeFirst()
}

export function selectNewestSignedRoot(db: Kysely<DB>) {
  return newestFirst(db).where('signed', 'is not', null).limit(1).executeTakeFirst()
}

/** The newest covers most: instants may have been written by a clock that was set back since. */
function newestFirst(db: Kysely<DB>) {
  return db.selectFrom('roots').selectAll().orderBy('length', 'desc').orderBy('at', 'desc')
}

/** Another worker may have sealed in the same millisecond: then one of the two roots is enough. */
export async function insertRoot(db: Kysely<DB>, row: { at: Date; root: Buffer; leaves: number; length: number }) {
  const done = await db
    .insertInto('roots')
    .values(row)
    .onConflict((conflict) => conflict.column('at').doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function setRootSigned(db: Kysely<DB>, at: Date, signed: string) {
  await db.updateTable('roots').set({ signed }).where('at', '=', at).where('signed', 'is', null).execute()
}

export async function hasRootAfter(db: Kysely<DB>, at: Date): Promise<boolean> {
  const root = await db.selectFrom('roots').select('at').where('at', '>', at).limit(1).executeTakeFirst()
  return root !== undefined
}

/** Newest first; two of one instant in the order of their ids. */
export function selectFacts(
  db: Kysely<DB>,
  filter: {
    kind?: string | undefined
    chain?: string | undefined
    until?: Date | undefined
    before?: { at: Date; id: string } | undefined
    limit: number
  },
): Promise<FactRow[]> {
  let query = db.selectFrom('facts').selectAll()
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  if (filter.chain !== undefined) query = query.where('chain', '=', filter.chain)
  if (filter.until !== undefined) query = query.where('at', '<=', filter.until)
  if (filter.before !== undefined) {
    query = query.where(sql<boolean>`(at, id) < (${filter.before.at}, ${filter.before.id})`)
  }
  return query.orderBy('at', 'desc').orderBy('id', 'desc').limit(filter.limit).execute()
}

/** Each kind once. Hops from one to the next along the index: reading all facts for it would take minutes one day. */
export async function selectFactKinds(db: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ kind: string }>`
    with recursive hop as (
      (select kind from facts order by kind limit 1)
      union all
      select (select f.kind from facts f where f.kind > hop.kind order by f.kind limit 1) from hop where hop.kind is not null
    )
    select kind from hop where kind is not null`.execute(db)
  return rows.map(({ kind }) => kind)
}
