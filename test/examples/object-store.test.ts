import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestPortal, type TestPortal } from '@noticeline/sdk/testing'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { keeper, ObjectStore } from '../running/object-store.ts'
import { Program } from '../running/program.ts'

const patient = { timeout: 90_000, interval: 50 }
const bytes = randomBytes(2048)
const sha256 = createHash('sha256').update(bytes).digest('hex')
let folder: string
let store: ObjectStore
let portal: TestPortal
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noticeline-objects-'))
  ;[store, portal] = await Promise.all([new ObjectStore().start(), createTestPortal()])
  store.make('evidence', { lock: true })
})
afterEach(async () => {
  store.stop()
  await portal.stop()
  await rm(folder, { recursive: true, force: true })
})

function environment(): Record<string, string> {
  return {
    PORTAL: portal.issuer,
    PORTAL_TOKEN: portal.token,
    KEPT: folder,
    EVIDENCE: 'evidence',
    LOOK_EVERY: '10',
    AWS_ENDPOINT_URL_S3: store.origin,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: keeper.id,
    AWS_SECRET_ACCESS_KEY: 'invented',
    KEEPER_ARN: keeper.arn,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', // of Node 20
  }
}

async function started(more: Record<string, string> = {}): Promise<Program> {
  const env = { ...environment(), ...more }
  const file = join(import.meta.dirname, '../../examples/object-store-quarantine/server.ts')
  const program = new Program({ name: 'the example', file, env, ready: 'connected' })
  onTestFinished(() => program.stop())
  await program.start()
  return program
}

/** What a person does with curl. */
async function desk(method: string, path: string): Promise<unknown> {
  const asked = request({ socketPath: join(folder, 'desk.sock'), method, path: `/${path}` }).end()
  const [response] = await once(asked, 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  return JSON.parse(body)
}

/** Once they wait for a person, one says yes. */
async function approve(notice: string, ...items: string[]): Promise<void> {
  const waiting = async () => ((await desk('GET', '')) as { item: string }[]).map((one) => one.item)
  await expect.poll(waiting, patient).toEqual(expect.arrayContaining(items))
  for (const item of items)
    expect(await desk('POST', `approve/${notice}/${item}?by=P.+de+Vries`)).toMatchObject({ result: 'recorded' })
}

const outcomes = () =>
  portal.reports.flatMap((report) => (report.type === 'items.reported' ? report.message.results : []))
const reported = () => expect.poll(() => outcomes().map(({ outcome }) => outcome), patient)
const unsigned = async (address: string) => {
  const answer = await fetch(address)
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) }
}

/** Serves one bucket, and goes on serving what it has seen. */
async function edge(bucket: string): Promise<string> {
  const seen = new Map<string, Buffer>()
  const server = createServer(async (asked, response) => {
    const path = asked.url ?? '/'
    if (asked.method === 'POST') {
      let body = ''
      for await (const chunk of asked) body += chunk
      const { prefixes } = JSON.parse(body) as { prefixes: string[] }
      for (const key of seen.keys())
        if (prefixes.some((one) => `${asked.headers.host}${key}`.startsWith(one))) seen.delete(key)
      return response.writeHead(asked.headers.authorization === 'Bearer invented' ? 200 : 401).end()
    }
    const fresh = await unsigned(`${store.origin}/${bucket}${path}`)
    if (fresh.status === 200) seen.set(path, fresh.bytes)
    const known = seen.get(path)
    return response.writeHead(known ? 200 : fresh.status).end(known)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a held version, a denied key and a marker on top: nobody reads it unsigned, by any address, until it is withdrawn', async () => {
  store.make('cust42', { lock: true, public: true })
  const policy = JSON.parse(store.bucket('cust42').policy ?? '')
  const older = store.put('cust42', 'g/7f3a.jpg', randomBytes(8))
  const id = store.put('cust42', 'g/7f3a.jpg', bytes)
  store.put('cust42', 'g/7f3a.jpg.txt', bytes)
  const host = await edge('cust42')
  const own = `${store.origin}/cust42/g/7f3a.jpg`
  const addresses = [own, `${own}?versionId=${id}`, `${own}?versionId=${older}`, `http://${host}/g/7f3a.jpg`]
  const statuses = () => Promise.all(addresses.map(async (one) => (await unsigned(one)).status))
  expect(await statuses()).toEqual([200, 200, 200, 200]) // and the edge has it now
  await started({ HOSTS: `${host}=cust42`, CDN_PURGE: `http://${host}/purge`, CDN_TOKEN: 'invented' })

  const item = { id: 'itm_1', url: `http://${host}/g/7f3a.jpg` }
  const { notice } = await portal.issue({ notice: 'ntc_1', items: [item] })
  await expect.poll(() => desk('GET', ''), patient).toMatchObject([item.id].map((id) => ({ item: id, regime: 'test' })))
  expect(JSON.stringify(await desk('GET', ''))).not.toContain('7f3a')
  expect(await desk('POST', 'look/ntc_1/itm_1?by=P.+de+Vries')).toMatchObject(item)
  expect(store.effects).toEqual([])
  await approve('ntc_1', 'itm_1')
  await reported().toEqual(['access_disabled'])
  expect(outcomes()).toMatchObject([{ by: 'human', scope_applied: 'file', territory: ['worldwide'] }])
  expect(await statuses()).toEqual([403, 403, 403, 403])
  expect((await unsigned(`${own}.txt`)).status).toBe(200)
  expect(store.effects).toEqual(['hold on cust42', 'policy cust42', 'marker cust42'])
  expect(JSON.parse(store.bucket('cust42').policy ?? '').Statement).toMatchObject([
    policy.Statement,
    { Effect: 'Deny', Principal: '*', Resource: ['arn:aws:s3:::cust42/g/7f3a.jpg'] },
  ])

  await portal.withdraw(notice)
  await reported().toEqual(['access_disabled', 'reinstated'])
  expect(await statuses()).toEqual([200, 200, 200, 200])
  expect((await unsigned(own)).bytes.equals(bytes)).toBe(true)
  expect(store.bucket('cust42').versions.map((one) => [one.bytes === null, one.held])).toEqual(
    Array(3).fill([false, false]),
  )
  expect(JSON.parse(store.bucket('cust42').policy ?? '').Statement).toEqual([policy.Statement])

  // An address is a stranger's: none that means other keys as well, none of what is kept, none of another store.
  const refused = [
    `${own}*`,
    `${store.origin}/evidence/x`,
    `${own}?versionId=${older}`,
    'https://mudlark.example/1.jpg',
  ]
  await portal.issue({ notice: 'ntc_2', items: refused.map((url, index) => ({ id: `itm_2${index}`, url })) })
  await approve('ntc_2', ...refused.map((_, index) => `itm_2${index}`))
  await expect.poll(() => outcomes().length, patient).toBe(6)
  await portal.issue({ notice: 'ntc_3', items: [{ id: 'itm_3', url: own }] })
  await expect.poll(() => desk('GET', ''), patient).toMatchObject([{ item: 'itm_3' }])
  expect(await desk('POST', 'refuse/ntc_3/itm_3?by=P.+de+Vries')).toMatchObject({ result: 'recorded' })
  await expect.poll(() => outcomes()[6], patient).toMatchObject({ outcome: 'refused', by: 'human' })
  expect((await stat(join(folder, 'desk.sock'))).mode & 0o777).toBe(0o600)
  const answered = outcomes()
    .slice(2, 6)
    .map(({ item, outcome, reason }) => `${item} ${outcome} ${reason}`)
  expect(answered.sort()).toEqual([
    'itm_20 cannot_execute technical',
    'itm_21 cannot_execute technical',
    'itm_22 cannot_execute insufficient_information',
    'itm_23 not_hosted_here unknown_locator',
  ])
  expect(await statuses()).toEqual([200, 200, 200, 200])
})

test('killed when the marker stands and when the version is gone, before it heard of either: nothing is done twice', async () => {
  store.make('cust42', { lock: true, public: true })
  store.put('cust42', '1.jpg', bytes)
  const program = await started()
  const kills = ['marker cust42', 'delete cust42']
  store.struck = async (effect) => {
    if (effect !== kills[0]) return
    kills.shift()
    await program.kill()
    program.launch()
  }
  const { notice } = await portal.issue({
    notice: 'ntc_1',
    items: [{ id: 'itm_1', url: `${store.origin}/cust42/1.jpg` }],
  })
  await approve('ntc_1', 'itm_1')
  await reported().toEqual(['access_disabled'])
  expect(store.effects).toEqual(['hold on cust42', 'policy cust42', 'marker cust42'])

  await portal.close(notice)
  await expect
    .poll(() => store.effects.slice(3), patient)
    .toEqual(['hold off cust42', 'delete cust42', 'policy cust42'])
  expect(store.bucket('cust42').versions).toMatchObject([{ bytes: null }])
  expect([kills, outcomes()]).toMatchObject([[], [{ outcome: 'access_disabled' }]])
})

test('what is denied side by side is all denied, and what the customer wrote in the policy stays', async () => {
  store.make('cust44', { public: true })
  const { policy } = store.bucket('cust44')
  for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { isDenied, setDenied } = await import('../../examples/object-store-quarantine/deny.ts')
  const places = ['1', '2', '3', '4'].map((key) => ({ bucket: 'cust44', key }))
  await Promise.all(places.map((place) => setDenied(place, true)))
  expect(await Promise.all(places.map(isDenied))).toEqual([true, true, true, true])
  await Promise.all(places.map((place) => setDenied(place, false)))
  expect(JSON.parse(store.bucket('cust44').policy ?? '').Statement).toEqual([JSON.parse(policy ?? '').Statement])
})

test('without a lock nothing is deleted: a law lets it be copied into the evidence first, and both go when it is closed', async () => {
  store.make('cust43', { public: true })
  store.put('cust43', 'a b/1.jpg', bytes)
  store.put('cust43', '2.jpg', bytes)
  const lost = new Set(['policy cust43', 'copy evidence', 'delete evidence'])
  store.struck = (effect) => {
    if (lost.delete(effect)) throw new Error('nobody hears of it')
  }
  await started()
  const { notice } = await portal.issue({
    notice: 'ntc_1',
    preservation: { basis: 'law_enforcement', until: '2026-01-01T00:00:00.000Z' },
    items: [
      { id: 'itm_1', url: `${store.origin}/cust43/a%20b/1.jpg` },
      { id: 'itm_2', url: `${store.origin}/cust43/2.jpg` },
    ],
  })
  await approve('ntc_1', 'itm_1', 'itm_2')
  await reported().toEqual(['access_disabled', 'access_disabled'])
  expect(outcomes()).toMatchObject(Array(2).fill({ preserved: { sha256, until: '2026-01-01T00:00:00.000Z' } }))
  const kept = () => store.bucket('evidence').versions.map(({ key, held }) => [key, held])
  expect(kept().sort()).toEqual([
    ['ntc_1/itm_1', true],
    ['ntc_1/itm_2', true],
  ])
  const status = async (path: string) => (await unsigned(`${store.origin}/${path}`)).status
  expect(await Promise.all(['cust43/a%20b/1.jpg', 'evidence/ntc_1/itm_1'].map(status))).toEqual([403, 403])
  expect(store.bucket('cust43').versions).toHaveLength(2)

  store.put('cust43', '2.jpg', randomBytes(8)) // the customer's, since
  await portal.close(notice)
  await expect.poll(() => store.effects.filter((effect) => effect.startsWith('delete')), patient).toHaveLength(3)
  await expect.poll(kept, patient).toEqual([])
  expect([store.bucket('cust43').versions, [...lost]]).toMatchObject([[{ key: '2.jpg' }], []])
  await expect.poll(() => status('cust43/a%20b/1.jpg'), patient).toBe(404)
  expect(await status('cust43/2.jpg')).toBe(403)
})
