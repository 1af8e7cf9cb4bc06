import { inTransaction, numbered, type SqlAdapter, type SqlQuery } from '@noticeline/sdk/stores'
import type { ClientBase, Pool } from 'pg'

export function postgres(pool: Pool): SqlAdapter {
  const on = (client: Pool | ClientBase): SqlQuery => {
    return async (text, values) => (await client.query(numbered(text), [...values])).rows
  }
  const transaction: SqlAdapter['transaction'] = async (work) => {
    const client = await pool.connect()
    return inTransaction(on(client), work).finally(() => client.release())
  }
  return { query: on(pool), transaction }
}
