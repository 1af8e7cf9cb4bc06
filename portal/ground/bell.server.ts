import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Connection } from './database.server.ts'
import type { Bell, BellName } from './ground.ts'

export interface BellOptions {
  /** Runs one statement by itself, so that other processes hear it too. */
  readonly say: (statement: string, values: readonly string[]) => Promise<unknown>
  readonly connection: Connection
  readonly onError: (error: unknown) => void
}

export interface OpenBell extends Bell {
  close(): Promise<void>
}

const channel = 'noticeline_bell'
/** Other processes are told once for what happens this close together. */
const togetherMs = 10
const againMs = 1000

/**
 * A bell for whoever sleeps until there is something to do. Those in this process hear it directly, those in others by a
 * notification of the database. It may be missed: whoever listens looks from time to time all the same.
 */
export function createBell(options: BellOptions | null): OpenBell {
  const listeners = new Map<BellName, Set<() => void>>()
  const rung = new Map<BellName, NodeJS.Timeout>()
  const self = randomUUID()
  let client: pg.Client | null = null
  let retry: NodeJS.Timeout | undefined
  let closed = false

  const hear = (name: BellName) => {
    for (const heard of listeners.get(name) ?? []) heard()
  }

  // Notified after the commit and not inside it: PostgreSQL lets transactions that notify commit one at a time only.
  function tellOthers(name: BellName): void {
    if (!options || closed || rung.has(name)) return
    const timer = setTimeout(() => {
      rung.delete(name)
      if (!closed) options.say('select pg_notify($1, $2)', [channel, `${name} ${self}`]).catch(() => {})
    }, togetherMs)
    timer.unref()
    rung.set(name, timer)
  }

  async function connect(to: BellOptions): Promise<void> {
    const own = new pg.Client({ ...to.connection, application_name: 'noticeline bell' })
    client = own
    const lost = () => {
      if (client !== own) return
      client = null
      own.end().catch(() => {})
      if (closed) return
      retry = setTimeout(() => void connect(to), againMs)
      retry.unref()
    }
    own.on('error', lost)
    own.on('end', lost)
    own.on('notification', ({ payload = '' }) => {
      const [name, from] = payload.split(' ')
      // Whoever listens here has heard it when it was rung.
      if (from !== self) hear(name as BellName)
    })
    try {
      await own.connect()
      await own.query(`listen ${channel}`)
    } catch (error) {
      if (!closed) to.onError(error)
      lost()
    }
  }

  return {
    ring(names) {
      for (const name of names) {
        hear(name)
        tellOthers(name)
      }
    },
    listen(name, heard) {
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all.add(heard))
      if (options && client === null && retry === undefined && !closed) void connect(options)
      return () => void all.delete(heard)
    },
    async close() {
      closed = true
      clearTimeout(retry)
      for (const timer of rung.values()) clearTimeout(timer)
      const own = client
      client = null
      await own?.end().catch(() => {})
    },
  }
}
