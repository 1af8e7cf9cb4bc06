import { spawn } from 'node:child_process'
import { open, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { type Binaries, findBinaries } from './embedded-binaries.server.ts'
import { findPlace, hasData, makePrivate, type Place } from './embedded-place.server.ts'
import { findProcess, withLock } from './embedded-processes.server.ts'

/** A PostgreSQL of our own: real, in its own process, reached by a Unix socket that only its user may open. */
export interface Embedded {
  readonly connection: EmbeddedConnection
  /** Whether this call started the server, or found it running: another process's, or one whose parent was killed. */
  readonly found: 'started' | 'running'
  readonly pid: number
  /** Stops the server when nobody else is connected to it any more; end your own connections first. */
  leave(): Promise<'stopped' | 'still-needed'>
}

export interface EmbeddedConnection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

export interface EmbeddedOptions {
  readonly dataDir: string
  /** For tests, which may lose everything: no write waits for the disk. */
  readonly careless?: boolean
  readonly database?: string
  readonly patienceMs?: number
}

const port = 5432
const owner = 'noticeline'
const leaving = 'noticeline leaving'

/** Connects first and starts second, so that any number of processes may call it at once. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const place = await findPlace(options.dataDir)
  const until = performance.now() + (options.patienceMs ?? 60_000)
  let found: Embedded['found'] = 'running'
  while (true) {
    const socketFolder = (await runningServer(place))?.socketFolder ?? place.socketFolder
    const connection = { host: socketFolder, port, user: owner, database: 'postgres' }
    const answer = await tryConnecting(connection)
    if (answer === 'ready') {
      const database = options.database ?? 'noticeline'
      await makeDatabase(connection, database)
      const pid = (await runningServer(place))?.pid ?? 0
      return { connection: { ...connection, database }, found, pid, leave: () => leave(place, connection) }
    }
    if (performance.now() > until) throw new Error(await explain(place))
    if (answer === 'absent') {
      const started = await withLock(place.lock, () => startUnlessRunning(place, options.careless ?? false))
      if (started === 'started') found = 'started'
      else await wait(50)
    } else await wait(50)
  }
}

/** Ends the server and deletes everything it held. */
export async function destroyEmbedded(dataDir: string): Promise<void> {
  const place = await findPlace(dataDir)
  const running = await runningServer(place)
  if (running) await stopServer(running.pid, 'SIGQUIT')
  for (const path of [place.data, place.socketFolder]) await rm(path, { recursive: true, force: true })
  await rm(place.log, { force: true })
}

async function startUnlessRunning(place: Place, careless: boolean): Promise<'started' | 'running'> {
  const running = await runningServer(place)
  if (running) return 'running'
  const binaries = await findBinaries(place.user, place.folder)
  await makePrivate(place.socketFolder, place.user)
  if (!hasData(place)) await initialise(place, binaries, careless)
  // We hold the lock and the number in them is nobody's, or somebody else's by now: PostgreSQL would refuse to start.
  const socket = join(place.socketFolder, `.s.PGSQL.${port}`)
  for (const left of [join(place.data, 'postmaster.pid'), `${socket}.lock`, socket]) await rm(left, { force: true })
  await launch(place, binaries, careless)
  return 'started'
}

async function initialise(place: Place, binaries: Binaries, careless: boolean): Promise<void> {
  const half = `${place.data}.half`
  await rm(half, { recursive: true, force: true })
  await makePrivate(half, place.user)
  // Trust, because the socket's folder is closed to everybody but the user who could read the data files anyway.
  const args = ['-D', half, '-U', owner, '--auth=trust', '--encoding=UTF8', '--no-instructions', '--data-checksums']
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const child = spawn(binaries.initdb, [...args, ...locale, ...(careless ? ['--no-sync'] : [])], {
    ...asServer(place, binaries),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (data) => (said += data))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`The embedded PostgreSQL could not make its data folder: ${said.trim()}`)
  await rename(half, place.data)
}

function settings(place: Place, careless: boolean): Record<string, string | number> {
  return {
    listen_addresses: '',
    unix_socket_directories: place.socketFolder,
    unix_socket_permissions: '0700',
    port,
    max_connections: careless ? 200 : 100,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_parallel_workers_per_gather: 0,
    // An error's text and detail may quote what was written, so only the server's own comings and goings are kept.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...(careless
      ? {
          fsync: 'off',
          synchronous_commit: 'off',
          wal_level: 'minimal',
          max_wal_senders: 0,
          full_page_writes: 'off',
          autovacuum: 'off',
        }
      : {}),
  }
}

/** In a session of its own, so that Ctrl-C reaches us and not the server: it is stopped when we have finished with it. */
async function launch(place: Place, binaries: Binaries, careless: boolean): Promise<void> {
  const args = ['-D', place.data]
  for (const [name, value] of Object.entries(settings(place, careless))) args.push('-c', `${name}=${value}`)
  const log = await open(place.log, 'a', 0o600)
  try {
    const child = spawn(binaries.postgres, args, {
      ...asServer(place, binaries),
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    await writtenPid(place, () => child.exitCode !== null)
  } finally {
    await log.close()
  }
}

/** The lock is held until the server has written its own, so that nobody starts a second one in between. */
async function writtenPid(place: Place, hasEnded: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await runningServer(place)) return
    if (hasEnded()) throw new Error(await explain(place))
    await wait(10)
  }
}

function asServer(place: Place, binaries: Binaries) {
  const env: Record<string, string> = { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC' }
  env['LD_LIBRARY_PATH'] = binaries.libraries
  env['DYLD_LIBRARY_PATH'] = binaries.libraries
  return {
    env: env as NodeJS.ProcessEnv,
    ...(place.user ? { uid: place.user.uid, gid: place.user.gid } : {}),
  }
}

/** What `postmaster.pid` says, if that process is there and is this server: numbers are given out again. */
async function runningServer(place: Place): Promise<{ pid: number; socketFolder: string | undefined } | null> {
  const content = await readFile(join(place.data, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = content.split('\n')
  const found = await findProcess(Number(lines[0]))
  if (!found?.command.includes('postgres') || !found.command.includes(place.data)) return null
  return { pid: found.pid, socketFolder: lines[4] || undefined }
}

async function tryConnecting(connection: EmbeddedConnection): Promise<'ready' | 'starting' | 'absent'> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5000 })
  try {
    await client.connect()
    return 'ready'
  } catch (error) {
    const code = (error as { code?: string }).code
    // 57P03: starting up, shutting down, or recovering from a crash.
    if (code === '57P03') return 'starting'
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return 'absent'
    if (code === undefined || code === 'ECONNRESET' || code === '53300') return 'starting'
    throw error
  } finally {
    await client.end().catch(() => {})
  }
}

async function makeDatabase(connection: EmbeddedConnection, name: string): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
  } catch (error) {
    // Another process was quicker: 42P04, or 23505 when both were at it in the same moment.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error
  } finally {
    await client.end()
  }
}

async function leave(place: Place, connection: EmbeddedConnection): Promise<'stopped' | 'still-needed'> {
  const client = new pg.Client({ ...connection, application_name: leaving })
  try {
    await client.connect()
  } catch {
    return 'stopped'
  }
  let others = 1
  // Our own last connections may take a moment to go; others who are leaving too do not count.
  for (let tries = 0; tries < 20 && others > 0; tries += 1) {
    if (tries > 0) await wait(50)
    const { rows } = await client.query(
      "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and application_name <> $1",
      [leaving],
    )
    others = rows[0].n
  }
  await client.end()
  if (others > 0) return 'still-needed'
  const running = await runningServer(place)
  if (running) await stopServer(running.pid, 'SIGINT')
  // Only under the lock: whoever starts the server next makes this folder under it.
  await withLock(place.lock, () => rmdir(place.socketFolder).catch(() => {}))
  return 'stopped'
}

async function stopServer(pid: number, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  const before = await findProcess(pid)
  if (!before) return
  process.kill(pid, signal)
  for (let tries = 0; tries < 1500; tries += 1) {
    if ((await findProcess(pid))?.startedAt !== before.startedAt) return
    await wait(20)
  }
}

async function explain(place: Place): Promise<string> {
  const running = await runningServer(place)
  if (running) {
    return `The embedded PostgreSQL (process ${running.pid}) runs but does not answer. Stop it (kill -INT ${running.pid}) and start again; what is committed is safe.`
  }
  const log = (await readFile(place.log, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n')
  return `The embedded PostgreSQL does not start. The end of ${place.log}:\n${log}`
}
