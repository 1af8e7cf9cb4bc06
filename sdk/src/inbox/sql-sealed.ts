import { createHmac, hkdfSync } from 'node:crypto'
import { Refusal } from '../refusals.ts'
import { seal, unseal } from './sealing.ts'
import type { SqlQuery } from './sql-adapter.ts'

/** The two keys of a store, made from the one in its file: who may search may not read. */
export interface StoreKeys {
  readonly sealing: Uint8Array
  readonly naming: Uint8Array
}

/** What is kept in the tables of one prefix, each under keys of its own. */
export type StoreName = 'inbox' | 'cases'

export function storeKeys(key: Uint8Array, name: StoreName): StoreKeys {
  const label = name === 'inbox' ? 'noticeline sql' : `noticeline sql ${name}`
  const derived = (purpose: string) => new Uint8Array(hkdfSync('sha256', key, '', `${label} ${purpose}`, 32))
  return { sealing: derived('sealing'), naming: derived('naming') }
}

/** How the rows of one table stand beside their sealed text. */
export interface Shape<Row extends { readonly id: string }> {
  /** Every column but `part` and `sealed`. */
  readonly columns: readonly string[]
  values(row: Row): (string | number)[]
  rowOf(found: Record<string, unknown>): Row
  /** What a sealed text is bound to: a row that was moved, or given another state, does not open. */
  bound(row: Row): string
  /** A row, for whoever has to find it. */
  called(row: Row): string
}

/** A TEXT of MySQL holds 65,535 bytes; what is longer is cut up. */
const longest = 60_000

/** Sealed texts in one table, through one `query`. Every database there is understands these statements. */
export class SealedRows<Row extends { readonly id: string }> {
  readonly #query: SqlQuery
  readonly #table: string
  readonly #keys: StoreKeys
  readonly #shape: Shape<Row>

  constructor(query: SqlQuery, table: string, keys: StoreKeys, shape: Shape<Row>) {
    this.#query = query
    this.#table = table
    this.#keys = keys
    this.#shape = shape
  }

  /** The name of something in the database. Hexadecimal: some databases take `a` and `A` for the same. */
  digest(kind: string, text: string): string {
    return createHmac('sha256', this.#keys.naming).update(`${kind} ${text}`).digest('hex')
  }

  async insert(row: Row, text: string): Promise<void> {
    const columns = ['part', 'sealed', ...this.#shape.columns]
    const places = columns.map(() => '?').join(', ')
    const sealed = seal(this.#keys.sealing, text, this.#shape.bound(row))
    for (let part = 0; part * longest < sealed.length; part += 1) {
      await this.#query(`INSERT INTO ${this.#table} (${columns.join(', ')}) VALUES (${places})`, [
        part,
        sealed.slice(part * longest, (part + 1) * longest),
        ...this.#shape.values(row),
      ])
    }
  }

  async drop(which: string, values: readonly (string | number)[]): Promise<void> {
    await this.#query(`DELETE FROM ${this.#table} WHERE ${which}`, values)
  }

  /** What is counted or measured of the rows, without opening them. */
  async look(what: string, more = ''): Promise<Record<string, unknown>[]> {
    return rowsOf(await this.#query(`SELECT ${what} FROM ${this.#table} ${more}`, []))
  }

  /** `which` ends with an order in which `part` comes last. */
  async select(which: string, values: readonly (string | number)[]): Promise<(Row & { readonly text: string })[]> {
    const columns = [...this.#shape.columns, 'part', 'sealed'].join(', ')
    const found = new Map<string, { row: Row; sealed: string[] }>()
    for (const part of rowsOf(await this.#query(`SELECT ${columns} FROM ${this.#table} ${which}`, values))) {
      const row = this.#shape.rowOf(part)
      const before = found.get(row.id)?.sealed ?? []
      found.set(row.id, { row, sealed: [...before, String(part['sealed'])] })
    }
    return [...found.values()].map(({ row, sealed }) => {
      const text = unseal(this.#keys.sealing, sealed.join(''), this.#shape.bound(row))
      if (text !== null) return { ...row, text }
      throw new Refusal(
        'store_damaged',
        `A row of the store (${this.#shape.called(row)}) does not open with its key: it was changed by somebody else. Put the tables back from a copy.`,
      )
    })
  }
}

export function rowsOf(answer: unknown): Record<string, unknown>[] {
  if (Array.isArray(answer)) return answer as Record<string, unknown>[]
  throw new Refusal('store_failed', 'The query function of the adapter must answer a SELECT with an array of rows.')
}
