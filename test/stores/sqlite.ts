import { inTransaction, type SqlAdapter, type SqlQuery } from '@noticeline/sdk/stores'
import type { Database } from 'node-sqlite3-wasm'

export function sqlite(database: Database): SqlAdapter {
  const query: SqlQuery = async (text, values) => database.all(text, [...values])
  return { query, transaction: (work) => inTransaction(query, work) }
}
