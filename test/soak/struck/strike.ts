/**
 * Where a process ends itself by SIGKILL, at exactly the point that was asked for. Loaded into a program under test, which
 * knows nothing of it: what is struck at are the calls of its code to the file system, to the network and to its store.
 */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import type { InboxStore, SqlAdapter, SqlQuery } from '@noticeline/sdk/stores'

/** How a program ends that finds its store in use. */
export const exitInUse = 3

const [wanted = '', times = '1'] = (process.env['STRIKE'] ?? '').split('*')
let left = Number(times)

/** In the file store: a line torn in the middle, a line written but not synced, the new file of a compaction, the lock. */
export const fileMoments = [
  'line-torn',
  'line-unsynced',
  'next-torn',
  'next-written',
  'next-in-place',
  'lock-unlinked',
  'lock-linked',
  'lock-swept',
] as const
/** Between storing, the 202, the handler, the end of the handler and the report. */
export const storeMoments = [
  'verified',
  'stored',
  'answered',
  'begun',
  'before-effect',
  'after-effect',
  'ending',
  'ended',
] as const
/** In a transaction of a store in a database: after its first statement, before its end, after its end. */
export const sqlMoments = ['in-transaction', 'committing', 'committed'] as const
export const networkMoments = ['report-leaving', 'report-taken'] as const
/** Before a poll leaves, with what it acknowledges; after its answer, of which nothing is stored yet. */
export const pollMoments = ['poll-leaving', 'poll-answered'] as const

export type Moment =
  | (typeof fileMoments)[number]
  | (typeof storeMoments)[number]
  | (typeof sqlMoments)[number]
  | (typeof networkMoments)[number]
  | (typeof pollMoments)[number]

export function strike(moment: Moment): void {
  if (moment !== wanted) return
  left -= 1
  if (left <= 0) process.kill(process.pid, 'SIGKILL')
}

/** The same store, with the moments around what it makes durable. */
export function struckStore(store: InboxStore): InboxStore {
  return {
    ...store,
    async add(message, reports) {
      strike('verified')
      const added = await store.add(message, reports)
      strike('stored')
      return added
    },
    async change(change) {
      const ends = (change.addReports ?? []).length > 0
      if (ends) strike('ending')
      await store.change(change)
      strike(ends ? 'ended' : 'begun')
    },
  }
}

/** The same database, with the moments of a transaction. */
export function struckAdapter(adapter: SqlAdapter): SqlAdapter {
  return {
    ...adapter,
    async transaction(work) {
      const answer = await adapter.transaction(async (query) => {
        const struck: SqlQuery = async (text, values) => {
          const rows = await query(text, values)
          strike('in-transaction')
          return rows
        }
        const done = await work(struck)
        strike('committing')
        return done
      })
      strike('committed')
      return answer
    },
  }
}

const plainFetch = globalThis.fetch
globalThis.fetch = async (input, init) => {
  const [before, after] = passing(String(input))
  if (before) strike(before)
  const answer = await plainFetch(input, init)
  if (after) strike(after)
  return answer
}

function passing(url: string): readonly Moment[] {
  if (url.endsWith('/v1/reports')) return networkMoments
  return url.includes('/v1/streams/') ? pollMoments : []
}

interface Handle {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>
  datasync(): Promise<void>
}

if ((fileMoments as readonly string[]).includes(wanted)) await watchFiles()

async function watchFiles(): Promise<void> {
  const { open, rename, link, rm } = fs
  const paths = new WeakMap<object, string>()
  fs.open = async (path, ...more) => {
    const handle = await open(path, ...more)
    paths.set(handle, String(path))
    return handle
  }
  const some = await open(process.execPath, 'r')
  const kind = Object.getPrototypeOf(some) as Handle
  await some.close()
  const { write, datasync } = kind
  const ends = (handle: object, end: string) => paths.get(handle)?.endsWith(end) === true
  kind.write = async function (bytes, offset, length, position) {
    const torn = ends(this, '.log') ? 'line-torn' : ends(this, '.log.next') ? 'next-torn' : null
    if (torn === null || torn !== wanted) return write.call(this, bytes, offset, length, position)
    const half = await write.call(this, bytes, offset, Math.ceil(length / 2), position)
    strike(torn)
    return half
  }
  kind.datasync = async function () {
    if (ends(this, '.log')) strike('line-unsynced')
    return datasync.call(this)
  }
  fs.rename = async (from, to) => {
    const next = String(from).endsWith('.log.next')
    if (next) strike('next-written')
    await rename(from, to)
    if (next) strike('next-in-place')
  }
  fs.link = async (from, to) => {
    const lock = /\/lock\.\d+$/.test(String(to))
    if (lock) strike('lock-unlinked')
    await link(from, to)
    if (lock) strike('lock-linked')
  }
  fs.rm = async (path, options) => {
    await rm(path, options)
    if (/\/lock\.\d+$/.test(String(path))) strike('lock-swept')
  }
  syncBuiltinESMExports()
}
