import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Refusal } from '../refusals.ts'

interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process started, as its system counts; null where it does not say. */
  readonly started: string | null
  readonly at: string
  readonly mark: string
}

/** One process at a time. Answers how to let go. What a dead process left behind is taken over. */
export async function holdLock(path: string): Promise<() => Promise<void>> {
  const mark = randomUUID()
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    started: await startOf(process.pid),
    at: new Date().toISOString(),
    mark,
  }
  const written = `${path}.${mark}`
  await writeFile(written, JSON.stringify(mine), { flag: 'wx', mode: 0o600 })
  try {
    for (let tries = 0; tries < 20; tries += 1) {
      if (await placed(written, path)) return () => letGo(path, mark)
      const holder = await read(path)
      if (holder === 'gone') continue
      if (holder !== 'unreadable' && (await alive(holder))) {
        throw new Refusal(
          'store_in_use',
          `Process ${holder.pid} on ${holder.host} uses this store. Stop it, or give this receiver a folder of its own.`,
        )
      }
      await takeAway(path, holder === 'unreadable' ? null : holder.mark)
    }
    throw new Refusal('store_in_use', 'Other processes keep taking this store. Give each receiver a folder of its own.')
  } finally {
    await rm(written, { force: true })
  }
}

/** A link appears with its contents or not at all, so nobody ever reads half a lock. */
async function placed(written: string, path: string): Promise<boolean> {
  try {
    await link(written, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function takeAway(path: string, mark: string | null): Promise<void> {
  const aside = `${path}.stale-${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  // Between reading and renaming, a faster process may have put its own lock there: then it goes back.
  const taken = await read(aside)
  if (taken !== 'gone' && taken !== 'unreadable' && taken.mark !== mark) await placed(aside, path)
  await rm(aside, { force: true })
}

async function letGo(path: string, mark: string): Promise<void> {
  const holder = await read(path)
  if (holder === 'gone' || holder === 'unreadable' || holder.mark !== mark) return
  await unlink(path)
}

async function read(path: string): Promise<Holder | 'gone' | 'unreadable'> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'gone'
    throw error
  }
  try {
    const holder = JSON.parse(text) as Holder
    return Number.isInteger(holder.pid) && typeof holder.mark === 'string' ? holder : 'unreadable'
  } catch {
    return 'unreadable'
  }
}

async function alive(holder: Holder): Promise<boolean> {
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

async function startOf(pid: number): Promise<string | null> {
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
