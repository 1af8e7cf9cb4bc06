import type { SqlQuery } from './sql-adapter.ts'
import { SealedRows, type Shape, type StoreKeys } from './sql-sealed.ts'

/** `m`: a message. `r`: a report. `s`: a setting. */
export type Kind = 'm' | 'r' | 's'

/** What the database sees beside the sealed text: digests under the key, and nothing a stranger could look up. */
export interface Row {
  readonly kind: Kind
  readonly id: string
  /** Of a message: the digest of its notice. */
  readonly thread: string
  readonly state: string
  /** Days since 1970. */
  readonly day: number
  /** Where it stands in the order in which rows were added. */
  readonly place: number
}

export interface Opened extends Row {
  readonly text: string
}

const shape: Shape<Row> = {
  columns: ['kind', 'id', 'place', 'thread', 'state', 'received_on'],
  values: ({ kind, id, place, thread, state, day }) => [kind, id, place, thread, state, day],
  rowOf: (found) => ({
    kind: String(found['kind']) as Kind,
    id: String(found['id']),
    thread: String(found['thread']),
    state: String(found['state']),
    day: Number(found['received_on']),
    place: Number(found['place']),
  }),
  bound: ({ kind, id, thread, state, day, place }) =>
    ['noticeline-sql 1', kind, id, thread, state, day, place].join(' '),
  called: ({ kind, place }) => `${kind}, place ${place}`,
}

/** Messages, reports and settings. */
export class Rows {
  readonly #sealed: SealedRows<Row>

  constructor(query: SqlQuery, table: string, keys: StoreKeys) {
    this.#sealed = new SealedRows(query, table, keys, shape)
  }

  digest(kind: Kind | 'thread', text: string): string {
    return this.#sealed.digest(kind, text)
  }

  async find(kind: Kind, id: string): Promise<Opened | null> {
    return (await this.#sealed.select('WHERE kind = ? AND id = ? ORDER BY part', [kind, id]))[0] ?? null
  }

  inState(kind: Kind, state: string): Promise<Opened[]> {
    return this.#sealed.select('WHERE kind = ? AND state = ? ORDER BY place, part', [kind, state])
  }

  inThread(thread: string): Promise<Opened[]> {
    return this.#sealed.select('WHERE thread = ? ORDER BY place, part', [thread])
  }

  untilDay(kind: Kind, state: string, day: number): Promise<Opened[]> {
    const which = 'WHERE kind = ? AND state = ? AND received_on <= ? ORDER BY place, part'
    return this.#sealed.select(which, [kind, state, day])
  }

  /** Puts a row in the place of the one of its name, if there is one. */
  async put(row: Row, text: string): Promise<void> {
    await this.drop(row.kind, row.id)
    await this.#sealed.insert(row, text)
  }

  drop(kind: Kind, id: string): Promise<void> {
    return this.#sealed.drop('kind = ? AND id = ?', [kind, id])
  }

  async counts(): Promise<{ kind: string; state: string; count: number }[]> {
    const counted = await this.#sealed.look('kind, state, COUNT(*) AS counted', 'WHERE part = 0 GROUP BY kind, state')
    return counted.map(({ kind, state, counted }) => ({
      kind: String(kind),
      state: String(state),
      count: Number(counted),
    }))
  }

  async lastPlace(): Promise<number> {
    const [row] = await this.#sealed.look('MAX(place) AS last')
    return Number(row?.['last'] ?? 0)
  }

  putProbe(): Promise<void> {
    return this.put({ kind: 's', id: this.digest('s', 'probe'), thread: '', state: '', day: 0, place: 0 }, 'probe')
  }

  async hasProbe(): Promise<boolean> {
    return (await this.find('s', this.digest('s', 'probe'))) !== null
  }

  dropProbe(): Promise<void> {
    return this.drop('s', this.digest('s', 'probe'))
  }
}
