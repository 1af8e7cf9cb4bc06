/**
 * Runs one statement, with one value for each `?` in their order. Answers the rows of a SELECT as objects by column
 * name; what it answers for other statements is not looked at.
 */
export type SqlQuery = (text: string, values: readonly (string | number)[]) => Promise<unknown>

/** All that `sqlStore` wants from a database driver. */
export interface SqlAdapter {
  /** One statement by itself, on any connection. */
  query: SqlQuery
  /**
   * Runs `work` within one transaction, on one connection: it commits when `work` resolves, and undoes everything and
   * rejects when it rejects. `inTransaction` does that around a `query`.
   */
  transaction<T>(work: (query: SqlQuery) => Promise<T>): Promise<T>
}

/** `BEGIN`, the work, `COMMIT`; or `ROLLBACK` and the error. Give it the `query` of one connection. */
export async function inTransaction<T>(query: SqlQuery, work: (query: SqlQuery) => Promise<T>): Promise<T> {
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
