import { execFile } from 'node:child_process'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemClock } from './clock.ts'

const run = promisify(execFile)

export interface RunningProcess {
  readonly pid: number
  readonly command: string
  /** Tells two processes with the same number apart. */
  readonly startedAt: string
}

/** The process of that number, or null when there is none, or only what is left of one (a zombie). */
export async function findProcess(pid: number): Promise<RunningProcess | null> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

async function fromProc(pid: number): Promise<RunningProcess | null> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name stands in brackets and may hold spaces and brackets itself; the fields after it are counted from the state.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim()
    return { pid, command, startedAt: fields[19] ?? '' }
  } catch {
    return null
  }
}

async function fromPs(pid: number): Promise<RunningProcess | null> {
  try {
    const { stdout } = await run('ps', ['-ww', '-o', 'stat=,lstart=,command=', '-p', String(pid)])
    const [, state, startedAt, command] = /^\s*(\S+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/s.exec(stdout) ?? []
    if (!state || state.startsWith('Z')) return null
    return { pid, command: command?.trim() ?? '', startedAt: startedAt ?? '' }
  } catch {
    return null
  }
}

/**
 * Runs `work` while nobody else on this machine holds the file, or answers `held-by-another`. A holder that died gives
 * the lock up: the file says which process, and since when it runs.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T | 'held-by-another'> {
  const own = await findProcess(process.pid)
  const mine = `${process.pid} ${own?.startedAt ?? ''}\n`
  if (!(await takeLock(file, mine))) return 'held-by-another'
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

async function takeLock(file: string, mine: string): Promise<boolean> {
  if (await createFile(file, mine)) return true
  if (await isHeld(file)) return false
  // Two may find the same dead holder. Only who holds this second file removes the first, and looks again before.
  const clearing = `${file}.clearing`
  if (!(await createFile(clearing, mine))) {
    const age = await stat(clearing).then(
      (found) => systemClock.now().getTime() - found.mtimeMs,
      () => 0,
    )
    if (age > 10_000) await rm(clearing, { force: true })
    return false
  }
  try {
    if (await isHeld(file)) return false
    await rm(file, { force: true })
    return await createFile(file, mine)
  } finally {
    await rm(clearing, { force: true })
  }
}

async function createFile(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isHeld(file: string): Promise<boolean> {
  const content = await readFile(file, 'utf8').catch(() => null)
  if (content === null) return false
  // Empty: created this very moment, or by somebody who died in between; the second look decides.
  if (content === '') {
    await new Promise((resolve) => setTimeout(resolve, 200))
    return (await readFile(file, 'utf8').catch(() => '')) !== ''
  }
  const [pid, ...startedAt] = content.trim().split(' ')
  const holder = await findProcess(Number(pid))
  return holder !== null && holder.startedAt === startedAt.join(' ')
}
