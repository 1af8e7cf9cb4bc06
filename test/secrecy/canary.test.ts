import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, headlineOf, readNotice, submitNotice } from '../running/client.ts'
import { freshDataDir, type RunningPortal, startPortal, until } from '../running/portal.ts'
import { type Session, signIn } from '../running/session.ts'
import { answerByMail } from './answered.ts'
import { type Collector, startCollector } from './collector.ts'
import { type NameServer, namesAsked, startNameServer } from './name-server.ts'
import { needlesFor, rareWord, searchBytes } from './needles.ts'

/** 50 addresses in 5 notices; each names a host and a path by a word that stands nowhere by chance. */
const count = 50
const hostWord = rareWord()
const pathWord = rareWord()
const inHost = needlesFor(hostWord)
const inPath = needlesFor(pathWord)
const needles = [...inHost, ...inPath]
const dataDir = freshDataDir()
const poured = new Map<string, Buffer[]>()
const sinks = new Map<string, Buffer>()
const pour = (sink: string, text: string | Buffer) =>
  poured.set(sink, [...(poured.get(sink) ?? []), Buffer.from(text), Buffer.from('\n')])

let portal: RunningPortal
let names: NameServer
let echo: Server
let collector: Collector
let addresses: string[] = []
const noticeIds: string[] = []
/** What whoever typed the number was shown. */
let revealed = ''

beforeAll(async () => {
  names = await startNameServer('127.0.10.1')
  mkdirSync(join(dataDir, 'reports'), { mode: 0o777 })
  collector = await startCollector()
  portal = await startPortal({
    dataDir,
    env: {
      NOTICELINE_RESOLVERS: names.address,
      NOTICELINE_LOG_LEVEL: 'debug',
      NOTICELINE_METRICS_PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      // What Node writes when it is asked to, or when it dies: stacks, headers, handles.
      NODE_OPTIONS: `--report-on-signal --report-uncaught-exception --report-directory=${join(dataDir, 'reports')}`,
    },
  })
  const port = new URL(portal.demo.example_provider.files[0] ?? '').port
  const served = join(dataDir, 'files', 'tern', 'cust42')
  addresses = Array.from({ length: count }, (_, index) => {
    const path = `cust42/${pathWord}${index}.jpg`
    writeFileSync(join(served, `${pathWord}${index}.jpg`), `synthetic ${index}`)
    return `http://${hostWord}${index}.tern.example:${port}/${path}`
  })
  // Asked for once here, as a customer's visitor would: they are served, so the journey is a real one.
  const local = addresses[0]?.replace(/\/\/[^/:]+/, '//127.0.10.1') ?? ''
  expect((await fetch(local)).status).toBe(200)
  echo = await startEcho()
  await mainJourney()
  await lookEverywhere()
  for (const [sink, parts] of poured) sinks.set(sink, Buffer.concat(parts))
}, 240_000)

afterAll(async () => {
  echo?.close()
  await portal?.stop()
  await names?.stop()
  await collector?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A receiver that refuses everything and says it back, word for word. */
function startEcho(): Promise<Server> {
  const server = createServer((request, answer) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const verifying = body.length < 900
      answer.writeHead(verifying ? 202 : 400, { 'Content-Type': 'application/json', 'X-Echo': body.slice(0, 2000) })
      const said = Buffer.from(body.split('.')[1] ?? '', 'base64url').toString()
      answer.end(verifying ? undefined : JSON.stringify({ err: 'invalid_request', description: said }))
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function mainJourney(): Promise<void> {
  const { demo } = portal
  for (let first = 0; first < count; first += 10) {
    const submitted = await submitNotice(demo, addresses.slice(first, first + 10), {
      grounds: { reasons: `Seen at ${addresses[first]}`, good_faith: true },
      for_provider_only: `See ${addresses[first]}`,
      may_be_forwarded: `About ${addresses[first]}`,
    })
    expect(submitted.status).toBe(201)
    pour('answers of the API', submitted.text)
    noticeIds.push(submitted.body.id)
  }
  for (const noticeId of noticeIds) await headlineOf(demo, noticeId, 'removed_verified', 90_000)

  // To a provider whose receiver echoes what it refuses: attempts keep what came back.
  const address = echo.address()
  const hook = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/hook`
  const key = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key.publicKey)
  const endpoint = await call('POST', `${demo.base_url}/v1/endpoints`, demo.open_provider.token, {
    url: hook,
    signing_keys: [{ kty, crv, x, y }],
    sealing_key: null,
  })
  await call('POST', `${demo.base_url}/v1/endpoints/${endpoint.body.id}/verify`, demo.open_provider.token)
  const mudlark = `http://${hostWord}99.mudlark.example/${pathWord}99.jpg`
  const refused = await submitNotice(demo, [], { items: [{ url: mudlark, ip: '127.0.20.1', scope: 'file' }] })
  expect(refused.status).toBe(201)
  noticeIds.push(refused.body.id)
  await until(async () => {
    const deliveries = await call('GET', `${demo.base_url}/v1/deliveries`, demo.open_provider.token)
    return /"attempts":\[?[^0\]]/.test(deliveries.text)
  }, 30_000)

  // Every way of being refused that quotes nothing of what was sent.
  const bad = [
    { items: [{ url: addresses[0]?.replace('//', `//user:${pathWord}@`), scope: 'file' }] },
    { items: [{ url: addresses[0], scope: pathWord }] },
    { items: [{ url: addresses[0], [`${hostWord}0.tern.example/${pathWord}0.jpg`]: true }] },
    { items: [{ url: `ftp://${hostWord}.example/${pathWord}` }] },
    { reference: addresses[0] },
  ]
  for (const part of bad) pour('answers of the API', (await submitNotice(demo, [addresses[1] ?? ''], part)).text)
  const malformed = `{"items":[{"url":"${addresses[0]}"`
  pour('answers of the API', (await call('POST', `${demo.base_url}/v1/notices`, demo.tokens.notifier, malformed)).text)
  const withdrawal = `${demo.base_url}/v1/notices/${noticeIds[0]}/withdraw`
  pour('answers of the API', (await call('POST', withdrawal, demo.tokens.notifier, { reason: 'error' })).text)
  await headlineOf(demo, noticeIds[0] ?? '', 'withdrawn_restored')

  const answered = await answerByMail(
    demo,
    (index) => `http://${hostWord}8${index}.teal.example/${pathWord}8${index}.jpg`,
  )
  noticeIds.push(answered.noticeId)
  revealed = answered.revealed
  for (const page of answered.pages) pour('answers to a mailed link', page)
}

async function lookEverywhere(): Promise<void> {
  const { demo } = portal
  for (const noticeId of noticeIds) pour('answers of the API', (await readNotice(demo, noticeId)).text)
  for (const path of ['/v1/notices', '/v1/endpoints', '/v1/deliveries', '/v1/inbox']) {
    for (const token of [
      demo.tokens.notifier,
      demo.tokens.operator,
      demo.example_provider.token,
      demo.open_provider.token,
    ]) {
      const answer = await call('GET', demo.base_url + path, token)
      pour('answers of the API', answer.text + JSON.stringify([...answer.headers]))
    }
  }
  for (const person of demo.people) await crawl(await signIn(person.sign_in_url), `${person.organisation}`)
  for (const person of demo.people.slice(0, 2)) {
    // A mail to look at: the sign-in page sends one.
    await fetch(`${demo.base_url}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ email: person.email }),
      headers: { Origin: demo.base_url, 'Sec-Fetch-Site': 'same-origin' },
    })
  }
  await new Promise((resolve) => setTimeout(resolve, 1500))
  pour('mails', await (await fetch(demo.mail_url)).text())
  const port = /"event":"metrics started"[^\n]*"port":(\d+)|"port":(\d+)[^\n]*"metrics started"/.exec(portal.output())
  const metrics = await fetch(`http://127.0.0.1:${port?.[1] ?? port?.[2]}/metrics`)
  pour('metrics', await metrics.text())
  portal.process.kill('SIGUSR2')
  await until(() => readdirSync(join(dataDir, 'reports')).length > 0, 10_000)
  for (const question of names.questions) pour('questions to name servers', question)
  pour('logs', portal.output())
  await portal.stop()
  pour('logs', portal.output())
  for (const sent of collector.sent) pour('traces', sent)
  pourFolder('what Node writes about itself', join(dataDir, 'reports'))
  pourFolder('database files', join(dataDir, 'pg18'))
  pourFolder("the provider's spool", join(dataDir, 'tern', 'inbox'))
}

/** Every page that can be reached by links from the first, as HTML and as the data behind it. */
async function crawl(session: Session, who: string): Promise<void> {
  const seen = new Set<string>()
  const ahead = ['/', '/notifier', '/provider', '/operator', '/operator/deliveries', '/notifier/notices/new']
  while (ahead.length > 0 && seen.size < 60) {
    const path = ahead.shift() ?? ''
    if (seen.has(path)) continue
    seen.add(path)
    const page = await session.get(path)
    pour('pages', page.text + JSON.stringify([...page.headers]))
    const data = await session.get(path === '/' ? '/_root.data' : `${path.split('?')[0]}.data`)
    pour('pages', data.text)
    const to = page.headers.get('location')
    if (to?.startsWith('/')) ahead.push(to)
    for (const [, href = ''] of page.text.matchAll(/href="(\/[^"#]*)"/g)) {
      if (!/^\/(assets|docs|v1|sign-out|preferences)/.test(href)) ahead.push(href.replaceAll('&amp;', '&'))
    }
  }
  expect(seen.size, `pages of ${who}`).toBeGreaterThan(5)
}

function pourFolder(sink: string, folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) pour(sink, readFileSync(join(entry.parentPath, entry.name)))
  }
}

const everySink = [
  'answers to a mailed link',
  'answers of the API',
  'pages',
  'mails',
  'logs',
  'metrics',
  'traces',
  'what Node writes about itself',
  'database files',
  "the provider's spool",
]

describe(`${count} planted addresses`, () => {
  test.each(everySink)('are in no %s', (sink) => {
    const bytes = sinks.get(sink) ?? Buffer.alloc(0)
    expect(bytes.length, 'something was poured').toBeGreaterThan(200)
    expect(searchBytes(bytes, needles)).toEqual([])
  })

  test.each(everySink)('would have been found in %s: fed once on purpose, plain and wrapped', (sink) => {
    const wrapped = `${sinks.get(sink)?.subarray(0, 1000).toString('latin1')}${Buffer.from(`x${addresses[7]}`).toString('base64url')}`
    expect(searchBytes(Buffer.from(wrapped, 'latin1'), needles).map(({ word }) => word)).toEqual(
      expect.arrayContaining([hostWord, pathWord]),
    )
    const plain = Buffer.concat([sinks.get(sink)?.subarray(-1000) ?? Buffer.alloc(0), Buffer.from(`${hostWord}3`)])
    expect(searchBytes(plain, needles)).toEqual([expect.objectContaining({ word: hostWord, form: 'plain' })])
  })

  test('whoever types the number behind a mailed link is shown them, in a form that no program follows', () => {
    expect(revealed).toContain(`${pathWord}80.jpg`)
    expect(revealed).not.toMatch(new RegExp(`(?:href|src|action)="[^"]*(?:${hostWord}|${pathWord})`))
    expect(revealed).not.toContain(`http://${hostWord}`)
  })

  test('and yet all that was done is in the traces, by its seven names', () => {
    const names = [...(sinks.get('traces') ?? '').toString().matchAll(/"spanId":"[0-9a-f]{16}","name":"([a-z]+)"/g)]
    expect([...new Set(names.map(([, name]) => name))].sort()).toEqual(
      ['attempt', 'claim', 'finish', 'look', 'mail', 'reaction', 'submit'].sort(),
    )
  })

  test('name servers are asked for hosts and for nothing else', () => {
    const asked = sinks.get('questions to name servers') ?? Buffer.alloc(0)
    expect(searchBytes(asked, inPath)).toEqual([])
    const hosts = namesAsked(names.questions)
    expect(hosts.length).toBeGreaterThan(count)
    expect(hosts.filter((name) => !/^[a-z]+\d+\.(tern|mudlark|teal)\.example$/.test(name))).toEqual([])
    expect(searchBytes(Buffer.concat([asked, Buffer.from(pathWord)]), inPath)).not.toEqual([])
  })

  test('and yet they arrived: the provider took every one of them away', () => {
    const withheld = readdirSync(join(dataDir, 'tern', 'withheld'))
    expect(withheld.length).toBeGreaterThanOrEqual(count)
  })
})
