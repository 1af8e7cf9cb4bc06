/** A PostgreSQL that can be killed: the portal's own, or Debian's in a folder of its own, reached by a Unix socket. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Connection } from '../../portal/ground/database.server.ts'
import { destroyEmbedded, openEmbedded } from '../../portal/ground/embedded.server.ts'
import { findPlace } from '../../portal/ground/embedded-place.server.ts'
import { freshDataDir, until } from './portal.ts'

export type DatabaseName = 'embedded' | 'debian'

export interface DatabaseServer {
  readonly name: DatabaseName
  readonly dataDir: string
  /** The folder its files are in; with `diskMb` it lies on that small file system. */
  readonly disk: string
  /** What a portal needs in its environment to find it. */
  readonly env: Readonly<Record<string, string>>
  connection(): Promise<Connection>
  /** A connection of our own, to look. */
  connect(): Promise<pg.Client>
  /** SIGKILL, as when memory runs out. Nothing where nothing runs. */
  kill(): Promise<void>
  /** Starts it, where nobody else does: the portal starts the embedded one itself. */
  start(): Promise<void>
  /** Ends it and deletes everything. */
  destroy(): Promise<void>
}

/** Where Debian keeps the newest PostgreSQL, or null. */
export function debianBinaries(): string | null {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return null
  const versions = readdirSync(root).sort((one, other) => Number(other) - Number(one))
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null
}

export interface DatabaseOptions {
  /** Its data on a file system of its own, of so many megabytes. The embedded one shares it with the portal. */
  readonly diskMb?: number
  /** Debian's alone: what its server runs with besides, such as a clock that can be turned. */
  readonly with?: (folder: string) => Readonly<Record<string, string>>
}

export async function openDatabaseServer(name: DatabaseName, options: DatabaseOptions = {}): Promise<DatabaseServer> {
  const dataDir = freshDataDir()
  return name === 'embedded' ? embedded(dataDir, options) : debian(dataDir, options)
}

/** Why no small file system can be made here, or null. */
export function whyNoSmallDisk(): string | null {
  const folder = freshDataDir()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder], { stdio: 'ignore' })
    return null
  } catch {
    return 'needs the right to mount a small file system'
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function embedded(dataDir: string, { diskMb }: DatabaseOptions): Promise<DatabaseServer> {
  if (diskMb !== undefined) mountSmall(dataDir, diskMb, '0755')
  const place = await findPlace(dataDir)
  return {
    name: 'embedded',
    dataDir,
    disk: dataDir,
    env: {},
    connection: async () => (await openEmbedded({ dataDir })).connection,
    connect: async () => connected((await openEmbedded({ dataDir })).connection),
    kill: () => killServer(place.data),
    start: async () => {},
    destroy: async () => {
      await destroyEmbedded(dataDir)
      if (diskMb !== undefined) execFileSync('umount', ['--lazy', dataDir], { stdio: 'ignore' })
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function debian(dataDir: string, { diskMb, with: more }: DatabaseOptions): Promise<DatabaseServer> {
  const bin = debianBinaries()
  if (bin === null) throw new Error("needs Debian's postgresql")
  const data = join(dataDir, 'debian')
  const user = serverUser()
  mkdirSync(data)
  if (diskMb !== undefined) mountSmall(data, diskMb, '0700')
  chmodSync(data, 0o700)
  if (user) for (const path of [dataDir, data]) chownSync(path, user.uid, user.gid)
  const as = {
    ...user,
    cwd: dataDir,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...more?.(dataDir) } as unknown as NodeJS.ProcessEnv,
  }
  const small = diskMb === undefined ? [] : ['--wal-segsize=1']
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'noticeline', '--auth=trust', '--encoding=UTF8', ...small], {
    ...as,
    stdio: 'ignore',
  })
  const connection = { host: dataDir, port: 5432, user: 'noticeline', database: 'postgres' }
  let child: ChildProcess | null = null
  const start = async () => {
    const log = openSync(join(dataDir, 'debian.log'), 'a')
    const args = ['-D', data, '-k', dataDir, '-c', 'listen_addresses=', '-c', 'log_min_error_statement=panic']
    if (diskMb !== undefined) args.push('-c', 'min_wal_size=2MB', '-c', 'max_wal_size=8MB')
    // After a kill the old server's own processes may still be on their way out, and hold its memory.
    await until(async () => {
      if (child === null || child.exitCode !== null || child.signalCode !== null)
        child = spawn(join(bin, 'postgres'), args, { ...as, stdio: ['ignore', log, log] })
      await wait(100)
      return await answers(connection)
    }, 60_000)
  }
  await start()
  return {
    name: 'debian',
    dataDir,
    disk: data,
    env: { DATABASE_URL: `postgres:///postgres?host=${encodeURIComponent(dataDir)}&user=noticeline` },
    connection: async () => connection,
    connect: () => connected(connection),
    kill: () => killServer(data),
    start,
    destroy: async () => {
      await killServer(data)
      if (diskMb !== undefined) execFileSync('umount', ['--lazy', data], { stdio: 'ignore' })
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function mountSmall(folder: string, megabytes: number, mode: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=${mode}`, 'tmpfs', folder], { stdio: 'ignore' })
}

/** PostgreSQL refuses to run as root. */
function serverUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const nobody = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m)
  return { uid: Number(nobody?.[1] ?? 65534), gid: Number(nobody?.[2] ?? 65534) }
}

async function killServer(data: string): Promise<void> {
  const text = existsSync(join(data, 'postmaster.pid')) ? readFileSync(join(data, 'postmaster.pid'), 'utf8') : ''
  const pid = Number(text.split('\n')[0])
  if (!pid || !isServer(pid, data)) return
  process.kill(pid, 'SIGKILL')
  await until(() => !isServer(pid, data), 10_000)
}

/** Numbers are given out again: only a process that names this very folder is meant. */
function isServer(pid: number, data: string): boolean {
  try {
    if (/^\S+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return false
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data)
  } catch {
    return false
  }
}

async function answers(connection: pg.ClientConfig): Promise<boolean> {
  return connected(connection).then(
    (client) => client.end().then(() => true),
    () => false,
  )
}

async function connected(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ ...connection, application_name: 'soak', connectionTimeoutMillis: 10_000 })
  // Killing its server is the point of the whole exercise.
  client.on('error', () => {})
  await client.connect()
  return client
}
