import type { InboxStore } from './inbox.ts'
import type { SqlAdapter } from './sql-adapter.ts'
import { contentsOf } from './sql-contents.ts'
import { heldTables, type SqlStoreOptions } from './sql-held.ts'
import { Rows } from './sql-rows.ts'

/**
 * A store in a database of yours, through two functions: SQLite, PostgreSQL, MariaDB, MySQL and others that understand
 * the same plain SQL. It makes its two tables on first use. What it writes is committed before its promise resolves, as
 * durably as the database commits. Contents are sealed with AES-256-GCM under the key file, and ids stand there as
 * digests under the same key: keep a copy of that file apart from copies of the database.
 *
 * One receiver uses the tables at a time: a second one is refused with `store_in_use`, that of a process that died is
 * taken over, and a process that was taken for dead and comes back writes nothing more. The connection stays yours to
 * close, after `receiver.stop()`.
 */
export function sqlStore(adapter: SqlAdapter, options: SqlStoreOptions): InboxStore {
  let lastPlace = 0
  const held = heldTables({
    ...options,
    name: 'inbox',
    adapter,
    rows: (query, table, keys) => new Rows(query, table, keys),
    async begin(rows) {
      lastPlace = await rows.lastPlace()
    },
  })
  const nextPlace = () => {
    lastPlace += 1
    return lastPlace
  }
  return { ...contentsOf(held.asked, nextPlace), open: held.open, close: held.close }
}
