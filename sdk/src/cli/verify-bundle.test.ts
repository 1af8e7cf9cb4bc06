import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { memoryStore } from '../inbox/memory.ts'
import { createReceiver } from '../receiver/create-receiver.ts'
import { exportEvidence } from '../receiver/evidence.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { wholeBundle } from '../testing/bundle.ts'
import { createTestPortal } from '../testing/test-portal.ts'
import { typed } from '../testing/typed.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const { bundle } = await wholeBundle()
let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'bundle-'))
  await writeFile(join(cwd, 'bundle.json'), JSON.stringify(bundle))
  await writeFile(join(cwd, 'archive.json'), JSON.stringify({ keys: bundle.keys }))
})
afterAll(() => rm(cwd, { recursive: true }))

test('a whole bundle is whole, offline, and it is said whose word for the keys that is', async () => {
  const alone = await typed(['verify-bundle', 'bundle.json'], { cwd })
  expect(alone).toMatchObject({ code: 0, err: '' })
  expect(alone.out).toContain('only as the file gives them')
  expect(alone.out).toContain('signed  up to link 2')
  const compared = await typed(['verify-bundle', '-', '--jwks', 'archive.json', '--json'], {
    cwd,
    input: async () => JSON.stringify(bundle),
  })
  expect([compared.code, JSON.parse(compared.out)]).toEqual([
    0,
    expect.objectContaining({ result: 'whole', keys: 'compared' }),
  ])
})

test('the first broken link is named, with 1', async () => {
  const broken = structuredClone(bundle)
  for (const link of broken.chain.slice(1)) link.payload = '{}'
  await writeFile(join(cwd, 'broken.json'), JSON.stringify(broken))
  expect(await typed(['verify-bundle', 'broken.json'], { cwd })).toMatchObject({
    ...{ code: 1, err: '', out: expect.stringContaining('broken: chain 2: link_hash') },
  })
})

test('what a receiver shows is checked the same way', async () => {
  const keys = await generateKeys()
  const inbox = memoryStore()
  const portal = await createTestPortal()
  const endpoint = portal.attach({
    signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
    sealingKey: keys.sealing[0]?.publicJwk ?? null,
    to: (request) => receiver.handle(request),
  })
  const { audience } = endpoint
  const on = { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined }
  const receiver = await createReceiver({ issuer: portal.issuer, audience, keys, inbox, on })
  const { notice } = await portal.issue({ items: [{ url: 'https://cust42.example/a.jpg' }] })
  await receiver.drain()
  const shown = await exportEvidence(inbox, { issuer: portal.issuer, notice: notice.notice, keys, audience })
  await receiver.stop(0)
  await portal.stop()
  await writeFile(join(cwd, 'receiver.json'), JSON.stringify(shown))
  const whole = await typed(['verify-bundle', 'receiver.json'], { cwd })
  expect([whole.code, whole.out]).toEqual([0, expect.stringContaining('received  1')])
  expect(whole.out).not.toContain('cust42')
  const altered = { ...shown, received: shown.received.map((one) => ({ ...one, set_sha256: 'A'.repeat(43) })) }
  await writeFile(join(cwd, 'altered.json'), JSON.stringify(altered))
  expect(await typed(['verify-bundle', 'altered.json'], { cwd })).toMatchObject({
    ...{ code: 1, out: expect.stringContaining('broken: received 1: digest_differs') },
  })
})

test('what is no bundle is said to be none', async () => {
  await writeFile(join(cwd, 'text'), 'nothing')
  expect(await typed(['verify-bundle', 'text'], { cwd })).toMatchObject({ code: 4, out: '' })
  expect(await typed(['verify-bundle', 'archive.json'], { cwd })).toMatchObject({
    ...{ code: 1, out: expect.stringContaining('form_wrong') },
  })
  expect(await typed(['verify-bundle', 'none.json'], { cwd })).toMatchObject({ code: 4 })
  expect(await typed(['verify-bundle', 'bundle.json', '--issuer', 'http://127.0.0.1:9'], { cwd })).toMatchObject({
    code: 3,
  })
})
