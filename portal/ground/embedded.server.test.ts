import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { destroyEmbedded, openEmbedded } from './embedded.server.ts'
import { keepEmbedded } from './embedded-keeper.server.ts'
import { findPlace, makePrivate } from './embedded-place.server.ts'
import { findProcess } from './embedded-processes.server.ts'

/** Starts the server in a process of its own, which says what it found and stays until it is told, or killed. */
const parent = fileURLToPath(new URL('../testing/embedded-parent.ts', import.meta.url))
const isRoot = process.getuid?.() === 0
const onlyRoot = isRoot ? '' : ' (only root can become another user)'
// Every test starts servers with real writes to the disk.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
const children: ChildProcess[] = []

interface Said {
  found: 'started' | 'running'
  pid: number
}

async function startParent(dataDir: string, user?: number): Promise<{ child: ChildProcess; said: Said }> {
  const child = spawn(process.execPath, ['--import', 'tsx', parent, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  })
  children.push(child)
  const said = await new Promise<Said>((resolve, reject) => {
    child.stdout?.once('data', (line) => resolve(JSON.parse(String(line))))
    child.once('exit', (code) => reject(new Error(`The process ended with ${code}`)))
  })
  return { child, said }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve))
}

async function ask(dataDir: string, question: string): Promise<unknown[]> {
  const { connection, leave } = await openEmbedded({ dataDir })
  const client = new pg.Client(connection)
  await client.connect()
  const { rows } = await client.query(question)
  await client.end()
  await leave()
  return rows
}

let folder: string
let dataDir: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'noticeline-embedded-')))
  await chmod(folder, 0o755)
  dataDir = join(folder, 'data')
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    await ended(child)
  }
  await destroyEmbedded(dataDir)
  await rm(folder, { recursive: true, force: true })
})

describe('the embedded PostgreSQL', () => {
  test('keeps what was written from one start to the next', async () => {
    await ask(dataDir, 'create table kept (n int); insert into kept values (7)')
    const place = await findPlace(dataDir)
    expect(await readFile(join(place.data, 'postmaster.pid')).catch(() => 'stopped')).toBe('stopped')
    expect(existsSync(place.socketFolder)).toBe(false)
    expect(await ask(dataDir, 'select n from kept')).toEqual([{ n: 7 }])
  })

  test('writes through to the disk, and listens to nobody but its own user', async () => {
    const settings = "'fsync', 'full_page_writes', 'listen_addresses', 'unix_socket_permissions'"
    expect(await ask(dataDir, `select setting from pg_settings where name in (${settings}) order by name`)).toEqual([
      { setting: 'on' },
      { setting: 'on' },
      { setting: '' },
      { setting: '0700' },
    ])
  })

  test('is started by one of three that start at once, and used by all', async () => {
    const three = await Promise.all([1, 2, 3].map(() => startParent(dataDir)))
    expect(three.map(({ said }) => said.found).sort()).toEqual(['running', 'running', 'started'])
    expect(new Set(three.map(({ said }) => said.pid)).size).toBe(1)
  })

  test('outlives a killed parent, is found by the next start, and stops when that one leaves', async () => {
    const { child, said } = await startParent(dataDir)
    child.kill('SIGKILL')
    await ended(child)
    expect(await findProcess(said.pid)).not.toBeNull()
    const next = await startParent(dataDir)
    expect(next.said).toEqual({ found: 'running', pid: said.pid })
    next.child.stdin?.end()
    await ended(next.child)
    expect(await findProcess(said.pid)).toBeNull()
  })

  test('stays for those who still use it', async () => {
    const first = await startParent(dataDir)
    const second = await startParent(dataDir)
    first.child.stdin?.end()
    await ended(first.child)
    expect(await findProcess(first.said.pid)).not.toBeNull()
    second.child.stdin?.end()
    await ended(second.child)
    expect(await findProcess(first.said.pid)).toBeNull()
  })

  test('is there again when it was killed under those who use it, and stops when they leave', async () => {
    const embedded = await openEmbedded({ dataDir })
    const again: number[] = []
    const stopKeeping = keepEmbedded(embedded, { dataDir, started: (pid) => again.push(pid), failed: () => {} })
    process.kill(embedded.pid, 'SIGKILL')
    await vi.waitUntil(() => again.length === 1, 20_000)
    expect(await ask(dataDir, 'select 1 as one')).toEqual([{ one: 1 }])
    await stopKeeping()
    expect(await embedded.leave()).toBe('stopped')
  })

  test('starts over the remains of a server that was killed, whoever has its number now', async () => {
    await ask(dataDir, 'create table kept (n int)')
    const place = await findPlace(dataDir)
    const foreign = spawn('sleep', ['60'], place.user ? { uid: place.user.uid, gid: place.user.gid } : {})
    children.push(foreign)
    for (const pid of [foreign.pid, 4_190_001]) {
      const remains = `${pid}\n${place.data}\n1763800000\n5432\n${place.socketFolder}\n\n  1234567         0\nready   \n`
      const files = [join(place.data, 'postmaster.pid'), join(place.socketFolder, '.s.PGSQL.5432.lock')]
      await makePrivate(place.socketFolder, place.user)
      for (const file of files) {
        await writeFile(file, remains)
        if (place.user) await chown(file, place.user.uid, place.user.gid)
      }
      expect(await ask(dataDir, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }])
    }
  })

  test('recovers what was committed when the server itself is killed', async () => {
    const { child, said } = await startParent(dataDir)
    const { connection } = await openEmbedded({ dataDir })
    const client = new pg.Client(connection)
    client.on('error', () => {})
    await client.connect()
    await client.query('create table kept (n int); insert into kept values (1)')
    process.kill(said.pid, 'SIGKILL')
    await client.end().catch(() => {})
    expect(await ask(dataDir, 'select n from kept')).toEqual([{ n: 1 }])
    child.kill('SIGKILL')
  })

  test('a lock left behind by a process that is gone does not stop the next start', async () => {
    const place = await findPlace(dataDir)
    await writeFile(place.lock, '4190001 12345\n')
    expect(await ask(dataDir, 'select 1 as n')).toEqual([{ n: 1 }])
  })

  test.skipIf(!isRoot)(`lives in a system folder when its data would be hidden from its user${onlyRoot}`, async () => {
    await chmod(folder, 0o700)
    expect(await ask(dataDir, 'select 1 as n')).toEqual([{ n: 1 }])
    const place = await findPlace(dataDir)
    expect(place.data).toMatch(/^\/var\/lib\/noticeline-[0-9a-f]{12}\/pg18$/)
    await destroyEmbedded(dataDir)
    await rm(place.folder, { recursive: true })
    await chmod(folder, 0o755)
  })

  test.skipIf(!isRoot)(`runs for an ordinary user as that user${onlyRoot}`, async () => {
    const user = 1 // daemon, on every system: initdb wants a user that has a name
    await mkdir(dataDir)
    await chown(dataDir, user, user)
    await chmod(dataDir, 0o700)
    const { child, said } = await startParent(dataDir, user)
    expect(said.found).toBe('started')
    expect(await readFile(`/proc/${said.pid}/status`, 'utf8')).toMatch(/^Uid:\t1\t1\t/m)
    child.stdin?.end()
    await ended(child)
    expect(await findProcess(said.pid)).toBeNull()
    await chmod(dataDir, 0o755)
  })
})
