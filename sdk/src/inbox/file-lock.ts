import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Refusal } from '../refusals.ts'

interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process started, as its system counts; null where it does not say. */
  readonly started: string | null
  readonly at: string
  readonly released?: boolean
}

const named = /^lock\.(\d{1,15})$/
const unplaced = /^lock\.[0-9a-f-]{36}\.new$/

/**
 * One process at a time. Answers how to let go. Locks are numbered and the highest one holds: who finds it released, or
 * its process dead, links the next number, and a link is made by one process only, contents and all.
 */
export async function holdLock(folder: string): Promise<() => Promise<void>> {
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    started: await startOf(process.pid),
    at: new Date().toISOString(),
  }
  for (let tries = 0; tries < 50; tries += 1) {
    const before = await highest(folder)
    const holder = before === 0 ? null : await read(join(folder, `lock.${before}`))
    if (holder === 'gone') continue
    if (holder !== null && (await alive(holder))) {
      throw new Refusal(
        'store_in_use',
        `Process ${holder.pid} on ${holder.host} uses this store. Stop it, or give this receiver a folder of its own.`,
      )
    }
    const path = join(folder, `lock.${before + 1}`)
    if (!(await placed(folder, path, mine))) continue
    // The one before may have been swept away by an owner of a higher one: then it was no longer the highest.
    if ((await highest(folder)) > before + 1) {
      await rm(path, { force: true })
      continue
    }
    await sweep(folder, before + 1)
    return () => letGo(folder, path, mine)
  }
  throw new Refusal('store_in_use', 'Other processes keep taking this store. Give each receiver a folder of its own.')
}

/** A link appears with its contents or not at all, so nobody ever reads half a lock. */
async function placed(folder: string, path: string, holder: Holder): Promise<boolean> {
  const written = join(folder, `lock.${randomUUID()}.new`)
  try {
    await writeFile(written, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    await link(written, path)
    return true
  } catch (error) {
    // Gone means that another one took the store meanwhile and swept.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
    throw error
  } finally {
    await rm(written, { force: true })
  }
}

/** The number stays, marked as free: a number that vanished could be given twice. */
async function letGo(folder: string, path: string, mine: Holder): Promise<void> {
  const written = join(folder, `lock.${randomUUID()}.new`)
  await writeFile(written, JSON.stringify({ ...mine, released: true }), { flag: 'wx', mode: 0o600 })
  await rename(written, path)
}

async function highest(folder: string): Promise<number> {
  return Math.max(0, ...(await numbers(folder)))
}

async function numbers(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap((name) => Number(named.exec(name)?.[1] ?? 0) || [])
}

/** Locks of before, and what was being written when a process died. */
async function sweep(folder: string, held: number): Promise<void> {
  for (const number of await numbers(folder)) {
    if (number < held) await rm(join(folder, `lock.${number}`), { force: true })
  }
  for (const name of await readdir(folder)) if (unplaced.test(name)) await rm(join(folder, name), { force: true })
}

async function read(path: string): Promise<Holder | 'gone'> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'gone'
    throw new Refusal(
      'store_in_use',
      'The lock of the store cannot be read. If no process uses it, delete the lock file.',
      {
        cause: error,
      },
    )
  }
}

async function alive(holder: Holder): Promise<boolean> {
  if (holder.released) return false
  // Another machine's process cannot be looked at from here: only a person knows whether it still runs.
  if (holder.host !== hostname()) return true
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  // The number may be another process by now; in a container it is mostly 1 again.
  const started = await startOf(holder.pid)
  if (started !== null && holder.started !== null) return started === holder.started
  return holder.pid !== process.pid || Date.parse(holder.at) >= Date.now() - process.uptime() * 1000
}

/** What tells a process from any other that ever had its number on this boot; null where the system does not say. */
export async function startOf(pid: number): Promise<string | null> {
  try {
    const [boot, text] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ])
    // The name in parentheses may hold anything; the start is the 20th field after it. A zombie holds nothing any more.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : `${boot.trim()} ${fields[19]}`
  } catch {
    return null
  }
}

export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code
}
