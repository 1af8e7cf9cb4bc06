import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { link, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestPortal, type TestPortal } from '@noticeline/sdk/testing'
import { Storage } from 'example-node-http/storage.ts'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

let folder: string
let storage: Storage
const bytes = randomBytes(2048)
const served = (path: string) => join(folder, 'served', path)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noticeline-storage-'))
  await mkdir(served('cust42/g'), { recursive: true })
  await mkdir(join(folder, 'withheld'))
  await writeFile(served('cust42/g/7f3a.jpg'), bytes)
  storage = new Storage(join(folder, 'served'), join(folder, 'withheld'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('examples/node-http takes a file away where it stands', () => {
  test('the file is renamed, not copied, and its manifest holds its hash', async () => {
    const { ino } = await lstat(served('cust42/g/7f3a.jpg'))
    const done = await storage.withhold('itm_1', '/cust42/g/7f3a.jpg')
    expect(done).toMatchObject({ done: true, sha256: createHash('sha256').update(bytes).digest('hex'), otherNames: 0 })
    expect((await lstat(join(folder, 'withheld/itm_1/content'))).ino).toBe(ino)
    expect((await lstat(join(folder, 'withheld/itm_1/content'))).mode & 0o777).toBe(0o400)
    expect(await readdir(served('cust42/g'))).toEqual([])
    expect(await storage.openServed('/cust42/g/7f3a.jpg')).toBeNull()
    expect(await storage.isWithheld('/cust42/g/7f3a.jpg')).toBe(true)
  })

  test('doing it twice is doing it once', async () => {
    const first = await storage.withhold('itm_1', '/cust42/g/7f3a.jpg')
    expect(await storage.withhold('itm_1', '/cust42/g/7f3a.jpg')).toEqual(first)
  })

  test('a run that died between manifest and rename is finished by the next', async () => {
    await storage.withhold('itm_1', '/cust42/g/7f3a.jpg')
    await rename(join(folder, 'withheld/itm_1/content'), served('cust42/g/7f3a.jpg'))
    expect(await storage.withhold('itm_1', '/cust42/g/7f3a.jpg')).toMatchObject({ done: true })
    expect(await readdir(served('cust42/g'))).toEqual([])
  })

  test('it comes back byte for byte with its own mode, once', async () => {
    await storage.withhold('itm_1', '/cust42/g/7f3a.jpg')
    expect(await storage.restore('itm_1')).toBe(true)
    expect(await storage.restore('itm_1')).toBe(true)
    expect((await readFile(served('cust42/g/7f3a.jpg'))).equals(bytes)).toBe(true)
    expect((await lstat(served('cust42/g/7f3a.jpg'))).mode & 0o777).toBe(0o644)
    expect(await storage.isWithheld('/cust42/g/7f3a.jpg')).toBe(false)
  })

  test('what the customer has put there since is not overwritten', async () => {
    await storage.withhold('itm_1', '/cust42/g/7f3a.jpg')
    await writeFile(served('cust42/g/7f3a.jpg'), 'new')
    expect(await storage.restore('itm_1')).toBe(false)
    expect(await readFile(served('cust42/g/7f3a.jpg'), 'utf8')).toBe('new')
  })

  test('after the notice has closed the bytes are gone, and so is the name, but 410 stays', async () => {
    await storage.withhold('itm_1', '/cust42/g/7f3a.jpg')
    await storage.destroy('itm_1')
    await storage.destroy('itm_1')
    expect(await readdir(join(folder, 'withheld/itm_1'))).toEqual(['manifest.json'])
    expect(await readFile(join(folder, 'withheld/itm_1/manifest.json'), 'utf8')).not.toContain('7f3a')
    expect(await storage.isWithheld('/cust42/g/7f3a.jpg')).toBe(true)
    expect(await storage.restore('itm_1')).toBe(false)
  })

  test('no link is followed: not in the last place, not on the way, not out of the tree', async () => {
    await writeFile(join(folder, 'secret'), 'secret')
    await symlink(join(folder, 'secret'), served('cust42/g/link.jpg'))
    await symlink(folder, served('cust42/out'))
    expect(await storage.withhold('itm_2', '/cust42/g/link.jpg')).toEqual({ done: false, why: 'not_a_file' })
    expect(await storage.withhold('itm_3', '/cust42/out/secret')).toEqual({ done: false, why: 'outside' })
    expect(await storage.withhold('itm_4', '/../secret')).toEqual({ done: false, why: 'outside' })
    expect(await storage.openServed('/cust42/g/link.jpg')).toBeNull()
    expect(await storage.openServed('/cust42/out/secret')).toBeNull()
    expect(await readFile(join(folder, 'secret'), 'utf8')).toBe('secret')
  })

  test('a folder is no file, nothing is not found, and a second name of the same bytes is said', async () => {
    expect(await storage.withhold('itm_5', '/cust42/g')).toEqual({ done: false, why: 'not_a_file' })
    expect(await storage.withhold('itm_6', '/cust42/g/none.jpg')).toEqual({ done: false, why: 'not_found' })
    expect(await storage.withhold('itm_6', '/nobody/none.jpg')).toEqual({ done: false, why: 'not_found' })
    await link(served('cust42/g/7f3a.jpg'), served('cust42/other.jpg'))
    expect(await storage.withhold('itm_7', '/cust42/g/7f3a.jpg')).toMatchObject({ done: true, otherNames: 1 })
  })
})

describe('a program that receives', () => {
  const patient = { timeout: 60_000, interval: 50 }
  const item = { url: 'https://cust42.tern.example/files/1.jpg' }

  /** Starts an example beside a portal, and waits until it is connected. */
  async function started(name: string, env: Record<string, string> = {}) {
    const portal = await createTestPortal()
    onTestFinished(() => portal.stop())
    const kept = join(folder, 'kept')
    const port = new URL(await serving(() => undefined, true)).port
    const child = spawn(
      process.execPath,
      ['--import', join(import.meta.dirname, 'node_modules/tsx/dist/loader.mjs'), 'server.ts'],
      {
        cwd: join(import.meta.dirname, '..', 'examples', name),
        env: { ...process.env, PORTAL: portal.issuer, PORTAL_TOKEN: portal.token, PORT: port, KEPT: kept, ...env },
      },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
    await expect.poll(() => child.exitCode !== null || said.includes('connected'), patient).toBe(true)
    expect(said).toContain('connected')
    const ended = async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      return [child.exitCode, child.signalCode]
    }
    return { portal, kept, origin: `http://127.0.0.1:${port}`, ended }
  }

  async function serving(listener: RequestListener, closed = false): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    if (closed) await new Promise((resolve) => server.close(resolve))
    else
      onTestFinished(() => {
        server.close()
        server.closeAllConnections()
      })
    return `http://127.0.0.1:${port}`
  }

  const outcomes = ({ reports }: TestPortal) =>
    reports.flatMap((report) => (report.type === 'items.reported' ? report.message.results : []))
  const outcomesOf = (portal: TestPortal) => expect.poll(() => outcomes(portal).map(({ outcome }) => outcome), patient)

  test('examples/express answers 410 for what was named, 200 again after a withdrawal, and keeps its own API', async () => {
    const { portal, origin, ended } = await started('express')
    const status = async () => (await fetch(`${origin}/files/1.jpg`)).status
    expect(await status()).toBe(200)
    const { notice } = await portal.issue({ items: [item] })
    await outcomesOf(portal).toEqual(['access_disabled'])
    expect(await status()).toBe(410)
    await portal.withdraw(notice)
    await outcomesOf(portal).toEqual(['access_disabled', 'reinstated'])
    expect(await status()).toBe(200)
    const own = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
    expect(await (await fetch(`${origin}/api/orders`, own)).json()).toEqual({ received: ['a'] })
    expect(await ended()).toEqual([0, null])
  })

  test('examples/fastify calls a panel once an item, by its key, and again when it failed', async () => {
    const calls: string[] = []
    const panel = await serving((request, response) => {
      calls.push(`${request.url} ${request.headers['idempotency-key']}`)
      response.writeHead(calls.length === 1 ? 502 : 200).end()
    })
    const { portal, origin, ended } = await started('fastify', { PANEL: panel })
    const { notice } = await portal.issue({ notice: 'ntc_1', items: [{ ...item, id: 'itm_1' }] })
    await outcomesOf(portal).toEqual(['access_disabled'])
    await portal.withdraw(notice)
    await outcomesOf(portal).toEqual(['access_disabled', 'reinstated'])
    expect(calls).toEqual([
      '/block ntc_1.itm_1.issued.0',
      '/block ntc_1.itm_1.issued.0',
      '/unblock ntc_1.itm_1.withdrawn.0',
    ])
    const own = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
    expect(await (await fetch(`${origin}/api/orders`, own)).json()).toEqual({ received: ['a'] })
    expect(await ended()).toEqual([0, null])
  })

  test('examples/fetch-handler polls where it has no address', async () => {
    const { portal, kept, ended } = await started('fetch-handler')
    const rules = () => readdir(join(kept, 'rules'))
    const { notice } = await portal.issue({ items: [{ ...item, id: 'itm_1' }] })
    await outcomesOf(portal).toEqual(['access_disabled'])
    expect(await rules()).toEqual(['itm_1.json'])
    await portal.withdraw(notice)
    await outcomesOf(portal).toEqual(['access_disabled', 'reinstated'])
    expect(await rules()).toEqual([])
    expect(portal.endpoints).toMatchObject([{ to: null }])
    expect(await ended()).toEqual([0, null])
  })
})
