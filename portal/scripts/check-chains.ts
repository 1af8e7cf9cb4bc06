import type { PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { checkHistory } from '../facts/history.ts'
import { kyselyOn } from '../ground/database.server.ts'
import { TransferError } from '../ground/transfer.server.ts'

/** Walks every chain of facts and compares its end with its head; answers how many there are. */
export async function checkChains(client: pg.PoolClient): Promise<number> {
  // The one connection that sees the rows before they are committed.
  const read = kyselyOn({ connect: async () => withoutRelease(client), end: async () => {} })
  const heads = await read.selectFrom('factHeads').select(['chain', 'seq', 'hash']).execute()
  for (const { chain, seq, hash } of heads) {
    const found = await checkHistory({ db: { read, transaction: refuse } }, chain)
    const broken = found.result === 'broken' || found.length !== seq || (seq > 0 && !found.head.equals(hash))
    if (broken) throw new TransferError(`The chain ${chain} is broken: a fact in it was changed or is missing.`)
  }
  const { rows } = await client.query('select 1 from facts where chain not in (select chain from fact_heads) limit 1')
  if (rows.length > 0) throw new TransferError('There are facts of a chain that has no head.')
  return heads.length
}

function withoutRelease(client: pg.PoolClient): PostgresPoolClient {
  const query = client.query.bind(client) as PostgresPoolClient['query']
  return { query, release: () => {} }
}

function refuse(): never {
  throw new Error('Checking writes nothing')
}
