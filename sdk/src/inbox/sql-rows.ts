import { createHmac, hkdfSync } from 'node:crypto'
import { Refusal } from '../refusals.ts'
import { seal, unseal } from './sealing.ts'
import type { SqlQuery } from './sql-adapter.ts'

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

/** The two keys of a store, made from the one in its file: who may search may not read. */
export interface StoreKeys {
  readonly sealing: Uint8Array
  readonly naming: Uint8Array
}

export function storeKeys(key: Uint8Array): StoreKeys {
  const derived = (purpose: string) => new Uint8Array(hkdfSync('sha256', key, '', `noticeline sql ${purpose}`, 32))
  return { sealing: derived('sealing'), naming: derived('naming') }
}

/** A TEXT of MySQL holds 65,535 bytes; what is longer is cut up. */
const longest = 60_000

/** Rows of one store, through one `query`. Every database there is understands these statements. */
export class Rows {
  readonly #query: SqlQuery
  readonly #table: string
  readonly #keys: StoreKeys

  constructor(query: SqlQuery, table: string, keys: StoreKeys) {
    this.#query = query
    this.#table = table
    this.#keys = keys
  }

  /** The same, on another connection. */
  through(query: SqlQuery): Rows {
    return new Rows(query, this.#table, this.#keys)
  }

  /** The name of something in the database. Hexadecimal: some databases take `a` and `A` for the same. */
  digest(kind: Kind | 'thread', text: string): string {
    return createHmac('sha256', this.#keys.naming).update(`${kind} ${text}`).digest('hex')
  }

  async find(kind: Kind, id: string): Promise<Opened | null> {
    return (await this.#select('kind = ? AND id = ? ORDER BY part', [kind, id]))[0] ?? null
  }

  inState(kind: Kind, state: string): Promise<Opened[]> {
    return this.#select('kind = ? AND state = ? ORDER BY place, part', [kind, state])
  }

  inThread(thread: string): Promise<Opened[]> {
    return this.#select('thread = ? ORDER BY place, part', [thread])
  }

  untilDay(kind: Kind, state: string, day: number): Promise<Opened[]> {
    const which = 'kind = ? AND state = ? AND received_on <= ? ORDER BY place, part'
    return this.#select(which, [kind, state, day])
  }

  /** Puts a row in the place of the one of its name, if there is one. */
  async put(row: Row, text: string): Promise<void> {
    await this.drop(row.kind, row.id)
    const sealed = seal(this.#keys.sealing, text, placeOf(row))
    for (let part = 0; part * longest < sealed.length; part += 1) {
      await this.#query(
        `INSERT INTO ${this.#table} (kind, id, part, place, thread, state, received_on, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          row.kind,
          row.id,
          part,
          row.place,
          row.thread,
          row.state,
          row.day,
          sealed.slice(part * longest, (part + 1) * longest),
        ],
      )
    }
  }

  async drop(kind: Kind, id: string): Promise<void> {
    await this.#query(`DELETE FROM ${this.#table} WHERE kind = ? AND id = ?`, [kind, id])
  }

  async counts(): Promise<{ kind: string; state: string; count: number }[]> {
    const text = `SELECT kind, state, COUNT(*) AS counted FROM ${this.#table} WHERE part = 0 GROUP BY kind, state`
    return rowsOf(await this.#query(text, [])).map(({ kind, state, counted }) => ({
      kind: String(kind),
      state: String(state),
      count: Number(counted),
    }))
  }

  async lastPlace(): Promise<number> {
    const [row] = rowsOf(await this.#query(`SELECT MAX(place) AS last FROM ${this.#table}`, []))
    return Number(row?.['last'] ?? 0)
  }

  async #select(which: string, values: readonly (string | number)[]): Promise<Opened[]> {
    const text = `SELECT kind, id, part, place, thread, state, received_on, sealed FROM ${this.#table} WHERE ${which}`
    const found = new Map<string, { row: Row; sealed: string }>()
    for (const part of rowsOf(await this.#query(text, values))) {
      const row = rowOf(part)
      const before = found.get(row.id)?.sealed ?? ''
      found.set(row.id, { row, sealed: before + String(part['sealed']) })
    }
    return [...found.values()].map(({ row, sealed }) => {
      const text = unseal(this.#keys.sealing, sealed, placeOf(row))
      if (text !== null) return { ...row, text }
      throw new Refusal(
        'store_damaged',
        `A row of the store (${row.kind}, place ${row.place}) does not open with its key: it was changed by somebody else. Put the tables back from a copy.`,
      )
    })
  }
}

/** What a sealed text is bound to: a row that was moved, or given another state, does not open. */
function placeOf({ kind, id, thread, state, day, place }: Row): string {
  return ['noticeline-sql 1', kind, id, thread, state, day, place].join(' ')
}

function rowOf(found: Record<string, unknown>): Row {
  return {
    kind: String(found['kind']) as Kind,
    id: String(found['id']),
    thread: String(found['thread']),
    state: String(found['state']),
    day: Number(found['received_on']),
    place: Number(found['place']),
  }
}

export function rowsOf(answer: unknown): Record<string, unknown>[] {
  if (Array.isArray(answer)) return answer as Record<string, unknown>[]
  throw new Refusal('store_failed', 'The query function of the adapter must answer a SELECT with an array of rows.')
}
