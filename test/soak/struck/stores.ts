/** The stores of the SDK by name, as the killed programs open them. */
import { createRequire } from 'node:module'
import { fileStore, type InboxStore, type SqlAdapter, sqlStore } from '@noticeline/sdk/stores'
import { mariadb } from '../../stores/mariadb.ts'
import { postgres } from '../../stores/postgres.ts'
import { sqlite } from '../../stores/sqlite.ts'
import { struckAdapter } from './strike.ts'

export const storeNames = ['file', 'sqlite', 'postgresql', 'mariadb'] as const
export type StoreName = (typeof storeNames)[number]

/** `at` is a folder, a file, a connection as JSON, a socket. Drivers are found where the tests find them. */
export async function openStore(name: StoreName, at: string, key: string, modules: string): Promise<InboxStore> {
  const load = createRequire(modules)
  const sql = (adapter: SqlAdapter) => sqlStore(struckAdapter(adapter), { key })
  switch (name) {
    case 'file':
      return fileStore(at)
    case 'sqlite': {
      const { Database } = load('node-sqlite3-wasm') as typeof import('node-sqlite3-wasm')
      return sql(sqlite(new Database(at)))
    }
    case 'postgresql': {
      const { Pool } = load('pg') as typeof import('pg')
      return sql(postgres(new Pool(JSON.parse(at))))
    }
    case 'mariadb': {
      const { createPool } = load('mysql2/promise') as typeof import('mysql2/promise')
      return sql(mariadb(createPool({ socketPath: at, user: 'root', database: 'stores' })))
    }
  }
}
