/**
 * Runs one statement, with one value for each `?` in their order. Answers the rows of a SELECT as objects by column
 * name; what it answers for other statements is not looked at.
 */
export type SqlQuery = (text: string, values: readonly (string | number)[]) => Promise<unknown>

/** All that `sqlStore` and `sqlCases` want from a database driver. They may share one. */
export interface SqlAdapter {
  /** One statement by itself, on any connection. */
  query: SqlQuery
  /**
   * Runs `work` within one transaction, on one connection: it commits when `work` resolves, and undoes everything and
   * rejects when it rejects. `inTransaction` does that around a `query`. Two stores may ask for one at the same moment: on
   * one and the same connection the second waits for the first to end.
   */
  transaction<T>(work: (query: SqlQuery) => Promise<T>): Promise<T>
}

/** The end of the last transaction that was asked for on a connection, by its `query`. */
const going = new WeakMap<SqlQuery, Promise<void>>()

/**
 * `BEGIN`, the work, `COMMIT`; or `ROLLBACK` and the error. Give it the `query` of one connection. Asked again with the same
 * `query` meanwhile, it begins when the transaction before has ended.
 */
export function inTransaction<T>(query: SqlQuery, work: (query: SqlQuery) => Promise<T>): Promise<T> {
  const before = going.get(query) ?? Promise.resolve()
  const done = before.then(() => transact(query, work))
  const over = () => undefined
  going.set(query, done.then(over, over))
  return done
}

async function transact<T>(query: SqlQuery, work: (query: SqlQuery) => Promise<T>): Promise<T> {
  await query('BEGIN', [])
  try {
    const done = await work(query)
    await query('COMMIT', [])
    return done
  } catch (error) {
    // Without a connection there is nothing left to undo, and the first error says more.
    await query('ROLLBACK', []).catch(() => undefined)
    throw error
  }
}

/** The statement with `$1`, `$2` … in the place of each `?`, as PostgreSQL wants it. */
export function numbered(text: string): string {
  let place = 0
  return text.replaceAll('?', () => {
    place += 1
    return `$${place}`
  })
}
