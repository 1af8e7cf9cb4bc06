import { type CaseStore, openedTogether } from './cases.ts'
import type { SqlAdapter } from './sql-adapter.ts'
import { CaseRows } from './sql-case-rows.ts'
import { heldTables, type SqlStoreOptions } from './sql-held.ts'

/**
 * Cases in a database of yours: what `sqlStore` is for the inbox, through the same adapter, with the same promises. Both may
 * have one key file and one prefix: the cases stand in a table of their own, under keys derived for them.
 *
 * One process uses them at a time; policy and removal share this one store. Hand the same object to both: a second one on
 * the same tables is refused with `store_in_use`. Another key than the one they were sealed with is refused with
 * `store_key_missing`, a row that somebody changed with `store_damaged`, and what the database refuses with `store_failed`:
 * nothing was written then.
 */
export function sqlCases(adapter: SqlAdapter, options: SqlStoreOptions): CaseStore {
  const held = () =>
    heldTables({ ...options, name: 'cases', adapter, rows: (query, table, keys) => new CaseRows(query, table, keys) })
  held() // what is wrong with the options is said now
  return openedTogether(() => {
    const { open, asked, close } = held()
    return {
      open,
      get: (name) => asked(false, (rows) => rows.get(name)),
      list: (prefix) => asked(false, (rows) => rows.list(prefix)),
      write(records) {
        const kept = Object.entries(records)
        return asked(true, async (rows) => {
          for (const [name, value] of kept) await (value === null ? rows.drop(name) : rows.put(name, value))
        })
      },
      close,
    }
  })
}
