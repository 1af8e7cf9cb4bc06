/** A MariaDB of our own: in a folder, on a socket, with nobody else in it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createPool, type Pool } from 'mysql2/promise'
import { until } from './portal.ts'

export interface MariaDb {
  readonly dataDir: string
  readonly socketPath: string
  /** To be ended by whoever asked for it. */
  pool(connectionLimit?: number): Pool
  stop(): Promise<void>
}

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path))

/** Why there is none here, or null. */
export function whyNoMariaDb(): string | null {
  return find('mariadbd') && find('mariadb-install-db') ? null : "needs Debian's mariadb-server"
}

export async function startMariaDb(): Promise<MariaDb> {
  // Short, since the path of a socket has 107 bytes at most.
  const folder = mkdtempSync(join(tmpdir(), 'maria-'))
  const dataDir = join(folder, 'data')
  const socketPath = join(folder, 'sock')
  // As root it wants to be told that this is meant.
  const user = process.getuid?.() === 0 ? ['--user=root'] : []
  const make = ['--no-defaults', `--datadir=${dataDir}`, '--auth-root-authentication-method=normal', '--skip-test-db']
  await run(find('mariadb-install-db') ?? '', [...make, ...user])
  const options = [`--datadir=${dataDir}`, `--socket=${socketPath}`, `--pid-file=${join(folder, 'pid')}`]
  const quiet = ['--skip-networking', '--innodb-buffer-pool-size=32M', '--innodb-log-file-size=8M']
  const server = spawn(find('mariadbd') ?? '', ['--no-defaults', ...options, ...quiet, ...user], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  const pool = (connectionLimit = 4) =>
    createPool({ socketPath, user: 'root', database: 'mysql', connectionLimit, connectTimeout: 20_000 })
  const stop = async () => {
    server.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const first = pool(1)
    await until(async () => {
      if (server.exitCode !== null) throw new Error(`MariaDB ended with ${server.exitCode}.`)
      return await first.query('SELECT 1').then(
        () => true,
        () => false,
      )
    }, 60_000)
    await first.query('CREATE DATABASE stores')
    await first.end()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    dataDir,
    socketPath,
    pool: (connectionLimit = 4) =>
      createPool({ socketPath, user: 'root', database: 'stores', connectionLimit, connectTimeout: 20_000 }),
    stop,
  }
}

async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${said}`)
}
