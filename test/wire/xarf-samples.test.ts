import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../architecture/tree.ts'
import { call, headlineOf, readNotice } from '../running/client.ts'
import { type RunningPortal, startPortal } from '../running/portal.ts'

const folder = join(root, '..', 'shared', 'data', 'xarf', 'samples', 'v4')
const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
const served = ['content-csam.json', 'content-csem.json']
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))

// The samples are not ours to copy: where they are not beside the repository, there is nothing to look at.
const why = names.length === 0 ? ' (they are not beside the repository)' : ''
describe.skipIf(why !== '')(`the published samples of XARF 4${why}`, () => {
  let portal: RunningPortal
  beforeAll(async () => {
    portal = await startPortal()
  })
  afterAll(() => portal?.stop())
  const send = (report: unknown) => call('POST', `${portal.demo.base_url}/v1/xarf`, portal.demo.tokens.notifier, report)

  test('there are enough of them', () => expect(names.length).toBeGreaterThan(25))

  test.each(served)(
    '%s about a served file ends removed_verified, and a withdrawal brings the bytes back',
    async (name) => {
      const url = portal.demo.example_provider.files[served.indexOf(name)] ?? ''
      const before = Buffer.from(await (await fetch(url)).arrayBuffer())
      const sent = await send({ ...read(name), url, source_identifier: new URL(url).hostname })
      expect(sent.status).toBe(201)
      await headlineOf(portal.demo, sent.body.id, 'removed_verified')
      const withdraw = `${portal.demo.base_url}/v1/notices/${sent.body.id}/withdraw`
      expect((await call('POST', withdraw, portal.demo.tokens.notifier, { reason: 'error' })).status).toBe(200)
      await headlineOf(portal.demo, sent.body.id, 'withdrawn_restored')
      const after = await fetch(url)
      expect(Buffer.from(await after.arrayBuffer()).equals(before)).toBe(true)
    },
  )

  test.each(served)('%s as it stands is stored, and shown as nobody’s', async (name) => {
    const sent = await send(read(name))
    expect(sent.status).toBe(202)
    const notice = (await readNotice(portal.demo, sent.body.id)).body
    expect(notice.items[0].headline).toBe('unattributed')
    expect(notice.items[0].attribution.provider ?? null).toBeNull()
  })

  test.each(names.filter((name) => !served.includes(name)))('%s is refused, and says where', async (name) => {
    const sent = await send(read(name))
    expect(sent.status).toBe(422)
    expect(sent.body.code).toBe('category_not_served')
    expect(sent.body.errors).toEqual([expect.objectContaining({ pointer: '/type', code: 'category_not_served' })])
  })

  test('nothing a report says about victims, evidence or itself is kept', async () => {
    const sent = await send({
      ...read('content-csem.json'),
      victim_age_range: 'unknown-7731',
      evidence: [{ content_type: 'text/plain', payload: 'cGF5bG9hZC03NzMx' }],
    })
    expect(sent.status).toBe(202)
    expect(sent.text + (await readNotice(portal.demo, sent.body.id)).text).not.toMatch(/7731/)
  })
})
