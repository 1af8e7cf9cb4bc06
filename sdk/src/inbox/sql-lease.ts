import { randomUUID } from 'node:crypto'
import { readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { threadId } from 'node:worker_threads'
import { Refusal } from '../refusals.ts'
import { codeOf, startOf } from './file-lock.ts'
import { seal, unseal } from './sealing.ts'
import type { SqlAdapter, SqlQuery } from './sql-adapter.ts'
import { readStore, type StoreRow, type Tables } from './sql-schema.ts'

interface Holder {
  readonly pid: number
  readonly host: string
  /** Which boot, and when in it the process started; null where the system does not say. */
  readonly started: string | null
  /** The container's own numbering of processes: elsewhere the same number is somebody else. */
  readonly numbering: string | null
  readonly thread: number
}

const mark = Symbol.for('@noticeline/sdk/leases')
const held = globalThis as { [mark]?: Set<string> }
/** The leases in use in this thread, by whichever copy of the package: what it holds beside them was never let go of. */
held[mark] ??= new Set()
const inUseHere: Set<string> = held[mark]

const place = 'noticeline-sql 1 holder'

export interface LeaseOptions {
  readonly adapter: SqlAdapter
  readonly tables: Tables
  readonly key: Uint8Array
  /** Milliseconds of silence after which a holder on another machine is taken for dead. */
  readonly silence: number
}

/**
 * One receiver at a time. Whoever writes counts the write in the store's row first and finds its own name there: the
 * same transaction fails for a process that was taken for dead and comes back. Nobody's clock is compared with
 * another's: a holder is dead when its process is, or when the count stands still for `silence` while we look.
 */
export class Lease {
  readonly #options: LeaseOptions
  readonly #mine = randomUUID()

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  /** Rejects with `store_in_use` as soon as the holder is seen alive. */
  async take(): Promise<void> {
    const { adapter, tables, silence } = this.#options
    const me = await myself()
    const since = performance.now()
    let first: StoreRow | null = null
    for (;;) {
      const seen = await readStore(adapter.query, tables)
      if (seen === null) throw new Refusal('store_failed', 'The row of the store went away while it was opened.')
      first ??= seen
      const holder = this.#holder(seen)
      const life = seen.holder === '' ? 'dead' : await lifeOf(holder, seen.holder, me)
      const moved = seen.writes !== first.writes || seen.holder !== first.holder
      if (life === 'alive' || (life === 'unknown' && moved)) throw inUse(holder, me)
      if (life === 'dead' || performance.now() - since >= silence) {
        if (await this.#takeFrom(seen, me)) return
        first = null // somebody was quicker: look at them afresh
      }
      await wait(Math.min(silence / 10, 1000))
    }
  }

  /** To be the first thing in a transaction. Answers the number of this write. */
  async count(query: SqlQuery): Promise<number> {
    const { writes, holder } = await this.#counted(query)
    if (holder === this.#mine) return writes
    throw lost()
  }

  /** How many writes there were, once nobody else is at it: whatever was under way has ended by then. Counts nothing. */
  async writes(query: SqlQuery): Promise<number> {
    const { writes, holder } = await this.#locked(query, 'writes')
    if (holder === this.#mine) return writes
    throw lost()
  }

  async release(): Promise<void> {
    const { adapter, tables } = this.#options
    inUseHere.delete(this.#mine)
    await adapter.transaction(async (query) => {
      await this.count(query)
      await query(`UPDATE ${tables.store} SET holder = ?, held_by = ? WHERE name = ?`, ['', '', tables.name])
    })
  }

  async #takeFrom(seen: StoreRow, me: Holder): Promise<boolean> {
    const { adapter, tables, key } = this.#options
    const quicker = Symbol('somebody was quicker')
    const taking = adapter.transaction(async (query) => {
      const now = await this.#counted(query)
      if (now.holder !== seen.holder || now.writes !== seen.writes + 1) throw quicker // undone, or it would look like life
      const values = [this.#mine, seal(key, JSON.stringify(me), place), tables.name]
      await query(`UPDATE ${tables.store} SET holder = ?, held_by = ? WHERE name = ?`, values)
    })
    inUseHere.add(this.#mine) // before anybody can see it there
    return taking.then(
      () => true,
      (error: unknown) => {
        inUseHere.delete(this.#mine)
        if (error === quicker) return false
        throw error
      },
    )
  }

  /** The update comes first: from here to the end of the transaction nobody else gets past this row. */
  #counted(query: SqlQuery): Promise<StoreRow> {
    return this.#locked(query, 'writes + 1')
  }

  async #locked(query: SqlQuery, writes: 'writes' | 'writes + 1'): Promise<StoreRow> {
    const { tables } = this.#options
    await query(`UPDATE ${tables.store} SET writes = ${writes} WHERE name = ?`, [tables.name])
    const row = await readStore(query, tables)
    if (row === null) throw lost()
    return row
  }

  #holder({ heldBy }: StoreRow): Holder | null {
    const text = unseal(this.#options.key, heldBy, place)
    return text === null ? null : (JSON.parse(text) as Holder)
  }
}

function lost(): Refusal {
  return new Refusal(
    'store_in_use',
    'Another process has taken this store over, since this one was silent for too long. Restart this receiver.',
  )
}

function inUse(holder: Holder | null, me: Holder): Refusal {
  if (holder !== null && isDeepStrictEqual(holder, me)) {
    const words =
      'This very process has these tables open. Hand that one store to everybody who uses it, or give this one'
    return new Refusal('store_in_use', `${words} tables of its own.`)
  }
  const who = holder === null ? 'Another process' : `Process ${holder.pid} on ${holder.host}`
  return new Refusal('store_in_use', `${who} uses this store. Stop it, or give this receiver tables of its own.`)
}

async function myself(): Promise<Holder> {
  const numbering = await readlink('/proc/self/ns/pid').catch(() => null)
  return { pid: process.pid, host: hostname(), started: await startOf(process.pid), numbering, thread: threadId }
}

/** From another machine or container a process cannot be looked at: then only its silence tells. */
async function lifeOf(holder: Holder | null, lease: string, me: Holder): Promise<'alive' | 'dead' | 'unknown'> {
  if (holder === null || holder.host !== me.host || holder.numbering !== me.numbering) return 'unknown'
  if (holder.started !== null && me.started !== null) {
    // Ours, but nobody uses it: it could not be let go of while the database was away.
    if (isDeepStrictEqual(holder, me)) return inUseHere.has(lease) ? 'alive' : 'dead'
    if (bootOf(holder.started) !== bootOf(me.started)) return 'unknown'
    return (await startOf(holder.pid)) === holder.started ? 'alive' : 'dead'
  }
  try {
    process.kill(holder.pid, 0)
    return 'unknown'
  } catch (error) {
    return codeOf(error) === 'ESRCH' ? 'dead' : 'unknown'
  }
}

function bootOf(started: string): string {
  return started.split(' ')[0] ?? ''
}
