import { appendFile, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fileStore } from '../inbox/file.ts'
import type { InboxStore } from '../inbox/inbox.ts'
import { readFileStore } from '../inbox/read-file-store.ts'
import { createReceiver } from '../receiver/create-receiver.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { createTestPortal } from '../testing/test-portal.ts'
import { typed } from '../testing/typed.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const url = 'https://cust42.tern.example/secret.jpg'
let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'spool-'))
})
afterEach(() => rm(cwd, { recursive: true }))
const store = () => join(cwd, 'noticeline', 'inbox')

/** A store with a notice whose handler failed for good, and a report that the portal refused. */
async function filled(whileRunning?: (notice: string) => Promise<void>): Promise<{ notice: string; jti: string }> {
  const portal = await createTestPortal()
  const keys = await generateKeys()
  let now = Date.now()
  const endpoint = portal.attach({
    signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
    sealingKey: keys.sealing[0]?.publicJwk ?? null,
    to: (request) => receiver.handle(request),
  })
  const receiver = await createReceiver({
    ...{ issuer: portal.issuer, audience: endpoint.audience, keys, inbox: fileStore(store()) },
    clock: { now: () => new Date(now) },
    on: {
      'notice.issued': ({ items }) => {
        throw new Error(`cannot reach ${items[0]?.url}`)
      },
      'notice.withdrawn': () => undefined,
    },
  })
  portal.misbehave({ reports: 400 })
  const { notice, jti } = await portal.issue({ items: [{ url }] })
  for (let round = 0; round < 20; round += 1) {
    await receiver.drain()
    now += 24 * 3_600_000
  }
  await whileRunning?.(notice.notice)
  await receiver.stop()
  await portal.stop()
  return { notice: notice.notice, jti }
}

test('what waits, is done and is dead is listed and shown, and no address without --reveal', async () => {
  const { notice, jti } = await filled()
  const listed = await typed(['inbox', 'list'], { cwd })
  expect(listed.out).toContain('waiting 0, done 0, dead 1, quarantined 0')
  expect(listed.out).toContain(jti)
  const shown = await typed(['inbox', 'show', notice], { cwd })
  const reports = await typed(['outbox', 'list', '--dead', '--json'], { cwd })
  expect(JSON.parse(reports.out)).toMatchObject({
    counts: { dead: 1 },
    reports: [{ kind: 'receipt', err: 'access_denied' }],
  })
  const report = await typed(['outbox', 'show', notice], { cwd })
  for (const { code, out, err } of [listed, shown, reports, report]) {
    expect([code, err]).toEqual([0, ''])
    expect(out).not.toMatch(/cust42|secret\.jpg|Refused for a test/)
  }
  expect(shown.out).toContain('[hidden: --reveal shows it]')
  expect((await typed(['inbox', 'show', jti, '--reveal'], { cwd })).out).toContain(`cannot reach ${url}`)
  expect((await typed(['outbox', 'show', notice, '--reveal'], { cwd })).out).toContain('Refused for a test')
  expect(JSON.parse((await typed(['inbox', 'list', '--state', 'done', '--json'], { cwd })).out).messages).toEqual([])
})

test('while a receiver runs it can be read, and is not written; afterwards dead letters get another round', async () => {
  const { jti } = await filled(async (notice) => {
    const before = await readFile(join(store(), 'inbox.log'), 'utf8')
    expect((await typed(['inbox', 'show', notice], { cwd })).code).toBe(0)
    for (const box of ['inbox', 'outbox']) {
      expect(await typed([box, 'retry', '--all'], { cwd })).toMatchObject({
        code: 4,
        err: expect.stringContaining('store_in_use'),
      })
    }
    expect(await readFile(join(store(), 'inbox.log'), 'utf8')).toBe(before)
  })
  expect(await typed(['inbox', 'retry', jti], { cwd })).toMatchObject({ code: 0 })
  expect(await typed(['outbox', 'retry', '--all', '--json'], { cwd })).toMatchObject({ code: 0 })
  const contents = await readFileStore(store())
  expect(contents.counts()).toMatchObject({ messages: { waiting: 1, dead: 0 }, reports: { waiting: 1, dead: 0 } })
  expect(await typed(['inbox', 'retry', jti], { cwd })).toMatchObject({
    code: 1,
    err: expect.stringContaining('not_dead'),
  })
})

test('any other store is opened by a module of its owner', async () => {
  const { jti } = await filled()
  const shared = globalThis as { spoolOfTest?: () => InboxStore }
  shared.spoolOfTest = () => fileStore(store())
  await writeFile(join(cwd, 'store.mjs'), 'export default globalThis.spoolOfTest()\n')
  const own = { cwd, env: { NOTICELINE_INBOX: './store.mjs' } }
  expect((await typed(['inbox', 'list'], own)).out).toContain('waiting 0, done 0, dead 1, quarantined 0')
  delete shared.spoolOfTest
  await writeFile(join(cwd, 'none.mjs'), 'export default { open() {} }\n')
  await writeFile(join(cwd, 'throws.mjs'), "throw new Error('password=hunter2')\n")
  for (const [module, code] of [
    ['none.mjs', 'store_module_invalid'],
    ['throws.mjs', 'store_module_failed'],
    ['absent.mjs', 'store_module_failed'],
  ] as const) {
    const { err } = await typed(['inbox', 'retry', jti, '--store', module], { cwd })
    expect(err).toContain(code)
    expect(err).not.toContain('hunter2')
  }
})

test('a folder that is none, an unknown id and a damaged file are said so, and nothing is made', async () => {
  expect(await typed(['inbox', 'list'], { cwd })).toMatchObject({
    code: 4,
    err: expect.stringContaining('store_key_missing'),
  })
  expect((await typed(['inbox', 'retry', '--all'], { cwd })).code).toBe(4)
  expect(await readdir(cwd)).toEqual([])
  await filled()
  for (const line of [
    ['inbox', 'show', 'evt_none'],
    ['outbox', 'show', 'evt_none'],
    ['outbox', 'retry', 'evt_none'],
  ]) {
    expect(await typed(line, { cwd })).toMatchObject({ code: 1, err: expect.stringContaining('id_unknown') })
  }
  const log = join(store(), 'inbox.log')
  const whole = await readFile(log, 'utf8')
  await appendFile(log, 'half a li')
  expect((await typed(['inbox', 'list'], { cwd })).code).toBe(0)
  const lines = whole.split('\n')
  await writeFile(log, [lines[0], ...lines.slice(2)].join('\n'))
  expect(await typed(['inbox', 'list'], { cwd })).toMatchObject({
    code: 4,
    err: expect.stringContaining('store_damaged'),
  })
  await chmod(join(store(), 'key'), 0o644)
  expect(await typed(['inbox', 'list'], { cwd })).toMatchObject({
    err: expect.stringContaining('keys_readable_by_others'),
  })
})
