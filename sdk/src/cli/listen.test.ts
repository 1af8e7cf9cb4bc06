import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { saveKeys } from '../inbox/own-keys-file.ts'
import { audienceOf } from '../protocol.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { type LocalServer, localReceiver, serveHere } from '../testing/local-receiver.ts'
import { createTestPortal } from '../testing/test-portal.ts'
import { typed } from '../testing/typed.ts'

const secret = 'https://cust42.example/secret.jpg'
const patient = { timeout: 60_000, interval: 20 }
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
const closing: (() => unknown)[] = []
let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'listen-'))
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await rm(cwd, { recursive: true })
})

/** `listen` as it runs in one window. */
async function listening(...line: string[]) {
  const told: Record<string, unknown>[] = []
  const stop = new AbortController()
  const ended = typed(['listen', '--json', '--port', '0', ...line], {
    ...{ cwd, stopping: stop.signal, told: (text) => told.push(JSON.parse(text)) },
  })
  closing.push(async () => {
    stop.abort()
    await ended
  })
  await vi.waitFor(() => expect(told[0]).toBeDefined(), patient)
  const { issuer = '', token = '' } = told[0] as { issuer?: string; token?: string }
  return { told, issuer, token, stop: () => stop.abort(), ended }
}

async function receiving(issuer: string, more: object = {}) {
  const local = await localReceiver({ issuer, ...more })
  closing.push(() => local.close())
  return local
}

const trigger = (...line: string[]) => typed(['trigger', ...line], { cwd })

describe('from a portal in this process', () => {
  test('a receiver registers, is sent what another window triggers, and both windows see ids, answers and reports', async () => {
    const { told, issuer, token, stop, ended } = await listening()
    const { receiver, url, ran } = await receiving(issuer)
    await receiver.connect({ token, url })
    const sent = await trigger('notice.withdrawn', '--url', secret, '--json', '--wait', '60')
    expect(sent).toMatchObject({ code: 0, err: '' })
    const { pushes, reports } = JSON.parse(sent.out)
    expect(pushes.map((push: { type: string; answer: { code: number } }) => [push.type, push.answer.code])).toEqual([
      ['notice.issued', 202],
      ['notice.withdrawn', 202],
    ])
    expect(reports.map(({ type }: { type: string }) => type)).toContain('notice.received')
    await vi.waitFor(() => expect(ran).toContain('withdrawn'), patient)
    await vi.waitFor(() => expect(told.filter(({ event }) => event === 'reported').length).toBeGreaterThan(2), patient)
    expect(told).toContainEqual(expect.objectContaining({ event: 'registered' }))
    expect(told).toContainEqual(expect.objectContaining({ event: 'pushed', type: 'verification' }))
    stop()
    expect(await ended).toMatchObject({ code: 0, err: '' })
    expect(JSON.stringify(told) + sent.out).not.toMatch(/cust42|secret\.jpg/)
    expect((await stat(join(cwd, 'noticeline', 'test-portal.json'))).mode & 0o777).toBe(0o600)

    // The same portal again, without the window: the receiver still knows it.
    const port = new URL(issuer).port
    const alone = await trigger('--port', port, '--to', url, '--wait', '60')
    expect(alone).toMatchObject({ code: 0, out: expect.stringContaining('content_removed (auto)') })
  })

  test('the signed bytes go to --to, whatever address was registered', async () => {
    const target: { to?: string } = {}
    const door = await serveHere((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', async () => {
        const answer = await fetch(target.to ?? '', {
          ...{ method: 'POST', headers: { 'content-type': request.headers['content-type'] ?? '' } },
          body: Buffer.concat(chunks),
        })
        response.writeHead(answer.status).end(await answer.text())
      })
    })
    closing.push(() => door.close())
    const { issuer, token, told } = await listening('--to', door.url)
    const { receiver, url } = await receiving(issuer)
    target.to = url
    await receiver.connect({ token, url: 'https://hooks.tern.example/noticeline' })
    expect((await trigger('--duplicates', '2')).code).toBe(0)
    await vi.waitFor(() => expect(told.filter(({ type }) => type === 'notice.issued')).toHaveLength(3), patient)
  })

  test.each([
    [['--withdrawal-first'], ['notice.withdrawn', 'notice.issued'], 0],
    [['notice.closed', '--reorder'], ['notice.closed', 'notice.issued'], 0],
    [['hash.recalled', '--as-json'], ['hash.recalled'], 0],
    [['unknown'], ['notice.issued', 'urn:noticeline:event:something.new'.slice('urn:noticeline:event:'.length)], 0],
    [['verification', '--skew', '900'], ['verification'], 1],
    [['verification', '--skew=-900'], ['verification'], 0],
  ])('trigger %j pushes %j', async (line, types, code) => {
    const { issuer, token } = await listening()
    const { receiver, url } = await receiving(issuer, {
      on: { 'notice.issued': () => undefined, 'notice.withdrawn': () => undefined, onUnknown: () => undefined },
    })
    await receiver.connect({ token, url })
    const done = await trigger(...line, '--json', '--wait', '1')
    expect([JSON.parse(done.out).pushes.map(({ type }: { type: string }) => type), done.code]).toEqual([types, code])
    if (code === 1) expect(JSON.parse(done.out).pushes[0].answer).toMatchObject({ code: 400, err: 'invalid_request' })
  })

  test('an event from a file stands instead of the invented one; what is wrong in it is the receiver’s to refuse', async () => {
    const { issuer, token } = await listening()
    const { receiver, url, ran } = await receiving(issuer)
    await receiver.connect({ token, url })
    await writeFile(
      join(cwd, 'event.json'),
      JSON.stringify({ category: 'terrorist_content', items: [{ url: secret, scope: 'page' }] }),
    )
    expect((await trigger('--from', 'event.json', '--wait', '60')).code).toBe(0)
    expect(ran).toEqual(['issued'])
    await writeFile(join(cwd, 'event.json'), JSON.stringify({ category: secret }))
    const refused = await trigger('--from', 'event.json', '--wait', '1')
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('400 · invalid_request')])
    expect(refused.out).not.toContain('cust42')
  })

  test('a receiver that does not register is named by its keys and audience', async () => {
    const keys = await generateKeys()
    const audience = audienceOf('org_local')
    await saveKeys(join(cwd, 'keys.json'), keys)
    const { issuer, told } = await listening(
      '--to',
      'http://127.0.0.1:9/noticeline',
      '--keys',
      'keys.json',
      '--audience',
      audience,
    )
    expect(await trigger('--wait', '1')).toMatchObject({ code: 1, out: expect.stringContaining('no answer') })
    expect(told).toContainEqual(expect.objectContaining({ answer: expect.objectContaining({ code: null }) }))
    expect(issuer).toContain('127.0.0.1')
  })

  test('a receiver that polls is offered it, and reports the same', async () => {
    const { issuer, token } = await listening()
    const { receiver, ran } = await receiving(issuer)
    const { startPolling } = await import('../receiver/poll.ts')
    await startPolling(receiver, { token })
    const done = await trigger('--json', '--wait', '60')
    expect(JSON.parse(done.out)).toMatchObject({ pushes: [], offered: 1, reports: expect.arrayContaining([]) })
    expect([done.code, ran]).toEqual([0, ['issued']])
  })
})

describe('what answers wrongly is told with what to do, and never with its words', () => {
  const answers: [string, number, string, string][] = [
    [
      'a parser before it',
      500,
      '{"err":"invalid_request","description":"The request body was already read by other middleware. Mount the receiver before express.json()."}',
      'before express.json()',
    ],
    ['a firewall', 403, `<h1>${secret}</h1>`, 'refuses the media type'],
    ['a page', 200, `<h1>${secret}</h1>`, 'Only 202 is a receipt'],
    ['nothing mounted', 404, `Cannot POST ${secret}`, 'No receiver at that path'],
    ['a crash', 500, `Error: ${secret}`, '500'],
    ['words in a refusal', 400, `{"err":"${secret}","description":"${secret}"}`, '400'],
  ]
  test.each(answers)('%s', async (_, code, body, hint) => {
    const server: LocalServer = await serveHere((_request, response) => response.writeHead(code).end(body))
    closing.push(() => server.close())
    await saveKeys(join(cwd, 'keys.json'), await generateKeys())
    const line = [
      '--port',
      '0',
      '--to',
      server.url,
      '--keys',
      'keys.json',
      '--audience',
      audienceOf('org_a'),
      '--wait',
      '1',
    ]
    const done = await trigger('verification', ...line)
    expect([done.code, done.out]).toEqual([1, expect.stringContaining(hint)])
    expect(done.out + done.err).not.toMatch(/cust42|secret\.jpg/)
  })
})

describe('from a real portal, by poll', () => {
  test('the bytes are forwarded as they came; what is answered 202 is acknowledged, and nothing else', async () => {
    const portal = await createTestPortal({ longPoll: 200 })
    closing.push(() => portal.stop())
    const keys = await generateKeys()
    const endpoint = portal.attach({
      ...{
        signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
        sealingKey: keys.sealing[0]?.publicJwk ?? null,
      },
      to: null,
    })
    const { url, ran, receiver } = await receiving(portal.issuer, { keys, audience: endpoint.audience })
    const told: string[] = []
    const stop = new AbortController()
    const pollUrl = `${portal.issuer}/v1/streams/${endpoint.id}`
    const ended = typed(['listen', '--portal', portal.issuer, '--poll-url', pollUrl, '--to', url], {
      ...{ cwd, stopping: stop.signal, env: { NOTICELINE_TOKEN: portal.token }, told: (line) => told.push(line) },
    })
    const { jti } = await portal.issue({ items: [{ url: secret }] })
    await vi.waitFor(() => expect(portal.stream.acknowledged.has(jti)).toBe(true), patient)
    await receiver.drain()
    expect(ran).toEqual(['issued'])
    stop.abort()
    expect((await ended).code).toBe(0)
    expect(told.join('\n')).toContain(`sealed ${jti} → 202`)
    expect(told.join('\n')).not.toMatch(/cust42|secret\.jpg/)

    // Nobody there: it stays at the portal.
    await receiver.stop(0)
    const again = new AbortController()
    const later: string[] = []
    const ending = typed(['listen', '--portal', portal.issuer, '--poll-url', pollUrl, '--to', 'http://127.0.0.1:9/'], {
      ...{ cwd, stopping: again.signal, env: { NOTICELINE_TOKEN: portal.token }, told: (line) => later.push(line) },
    })
    const second = await portal.issue({ items: [{ url: secret }] })
    await vi.waitFor(() => expect(later.join('\n')).toContain('no answer'), patient)
    again.abort()
    await ending
    expect(portal.stream.acknowledged.has(second.jti)).toBe(false)
  })

  test('a token that is not taken, none at all, and an address that is none end it with what to do', async () => {
    const portal = await createTestPortal()
    closing.push(() => portal.stop())
    const line = ['listen', '--portal', portal.issuer, '--to', 'http://127.0.0.1:9/']
    expect(await typed(line)).toMatchObject({ code: 2, err: expect.stringContaining('token_missing') })
    const env = { NOTICELINE_TOKEN: 'wrong' }
    const pollUrl = ['--poll-url', `${portal.issuer}/v1/streams/end_1`]
    const nowhere = ['--poll-url', `${portal.issuer}/v1/nothing`]
    expect(await typed([...line, ...pollUrl], { env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('token_refused'),
    })
    expect(await typed([...line, ...nowhere], { env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('poll_refused'),
    })
    expect(await typed(line, { env })).toMatchObject({ code: 1, err: expect.stringContaining('poll_url_unknown') })
    expect(await typed([...line.slice(0, 3), '--to', 'ftp://x'], { env })).toMatchObject({ code: 2 })
  })
})

test.each([
  [['trigger', '--url', 'https://real.nl/x'], 2, 'address_not_reserved'],
  [['trigger', '--skew', 'x'], 2, 'number_wrong'],
  [['trigger', 'nothing'], 2, 'value_unknown'],
  [['trigger', '--port', '0'], 1, 'not_registered'],
  [['trigger', '--port', '0', '--keys', 'x'], 2, 'audience_missing'],
  [['trigger', '--from', 'none.json'], 4, 'file_missing'],
  [['listen', '--to', 'nowhere'], 2, 'address_wrong'],
])('%j ends with %i: %s', async (line, code, why) => {
  expect(await typed(line, { cwd })).toMatchObject({ code, err: expect.stringContaining(why) })
})

test('a state file that is none is said so, and left alone', async () => {
  await writeFile(join(cwd, 'state.json'), '{')
  expect(await trigger('--state', 'state.json')).toMatchObject({ code: 4, err: expect.stringContaining('state_wrong') })
  expect(await readFile(join(cwd, 'state.json'), 'utf8')).toBe('{')
})
