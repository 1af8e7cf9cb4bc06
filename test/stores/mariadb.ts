import { inTransaction, type SqlAdapter, type SqlQuery } from '@noticeline/sdk/stores'
import type { Pool, PoolConnection } from 'mysql2/promise'

export function mariadb(pool: Pool): SqlAdapter {
  const on = (connection: Pool | PoolConnection): SqlQuery => {
    return async (text, values) => (await connection.query(text, [...values]))[0]
  }
  const transaction: SqlAdapter['transaction'] = async (work) => {
    const connection = await pool.getConnection()
    return inTransaction(on(connection), work).finally(() => connection.release())
  }
  return { query: on(pool), transaction }
}
