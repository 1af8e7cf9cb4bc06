/** Somebody who hosts what is noticed wants to be told of it himself: whatever he claims, the host gets every notice. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, readNotice, submitNotice } from '../running/client.ts'
import { type MailServer, startMailServer } from '../running/mail-server.ts'
import { freshDataDir, type RunningPortal, startPortal, until } from '../running/portal.ts'
import { type RegistryServer, startRegistryServer } from '../running/registry-server.ts'
import { type Session, signIn } from '../running/session.ts'
import { type NameServer, startNameServer } from '../secrecy/name-server.ts'

const dataDir = freshDataDir()
const mailbox = 'abuse@gulls.example'
/** In the network of Tern Hosting, where he rents a few addresses. */
const rented = '127.0.10.66'
const texts: string[] = []

let portal: RunningPortal
let mail: MailServer
let registry: RegistryServer
let names: NameServer[]
let offender: Session

const lettersTo = (to: string) => mail.letters.filter((letter) => letter.to.includes(to))

beforeAll(async () => {
  mail = await startMailServer()
  registry = await startRegistryServer({ name: 'Wigeon Networks B.V.', mailbox: 'abuse@wigeon.example' })
  // Names are his to answer for, on as many servers as anybody asks.
  names = [await startNameServer(rented, texts), await startNameServer(rented, texts)]
  portal = await startPortal({
    dataDir,
    env: {
      NOTICELINE_SMTP_URL: mail.url,
      NOTICELINE_RDAP_BOOTSTRAP: registry.bootstrap,
      NOTICELINE_RESOLVERS: names.map(({ address }) => address).join(','),
      // As if every time that somebody has to wait had passed.
      NOTICELINE_NETWORK_WAIT: 'PT1S',
      NOTICELINE_ADMISSION_WAIT: 'PT1S',
    },
  })
}, 240_000)

afterAll(async () => {
  await portal?.stop()
  for (const one of names) await one.stop()
  await registry?.stop()
  await mail?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A claim, as the page takes it: what the page says, and its address where it was taken. */
async function claim(kind: string, what: string, proof: string) {
  const answer = await offender.post('/provider/networks/new', { kind, what, proof })
  return { status: answer.status, page: answer.headers.get('location')?.split('?')[0] ?? '', text: answer.text }
}

const words = ['Counts', 'Shown; counts soon', 'To be shown', 'Waits for the holder around it', 'Waits for the desk']

/** How a claim stands, as its page says it. */
async function standing(page: string): Promise<string | undefined> {
  const { text } = await offender.get(page)
  return words.find((word) => text.includes(`${word}</`))
}

/** A notice about an address of each network, and the name of whoever answers for it. */
async function noticed(): Promise<Record<string, string>> {
  const items = [
    { url: `http://cust7.gulls.example/g/${Math.random()}.jpg`, ip: rented, scope: 'file' },
    { url: `http://www.gulls.example/g/${Math.random()}.jpg`, scope: 'file' },
    { url: `http://${rented}/g/${Math.random()}.jpg`, scope: 'file' },
    { url: `http://127.0.20.9/g/${Math.random()}.jpg`, scope: 'file' },
    { url: `http://cust7.wigeon.example/g/${Math.random()}.jpg`, ip: '127.0.98.7', scope: 'file' },
  ]
  const submitted = await submitNotice(portal.demo, [], { items })
  expect(submitted.status).toBeLessThan(300)
  let said: { attribution: { provider: string | null } | null }[] = []
  await until(async () => {
    said = (await readNotice(portal.demo, submitted.body.id)).body.items
    return said.every(({ attribution }) => attribution?.provider)
  }, 30_000)
  return Object.fromEntries(said.map(({ attribution }, index) => [String(index + 1), String(attribution?.provider)]))
}

let before: Record<string, string>

test('an offender joins from the front page, claims whatever he likes, and asks to be let in early', async () => {
  before = await noticed()
  expect(Object.keys(before)).toHaveLength(5)
  const origin = portal.demo.base_url
  await fetch(`${origin}/join`, {
    method: 'POST',
    headers: { Origin: origin, 'Sec-Fetch-Site': 'same-origin' },
    body: new URLSearchParams({ companyName: 'Gulls', country: 'NL', email: mailbox, personName: 'A. Gull' }),
  })
  await until(() => lettersTo(mailbox).length > 0, 20_000)
  const link = /http:\/\/\S+\/join\/\S+/.exec(lettersTo(mailbox)[0]?.text ?? '')?.[0] ?? ''
  const terms = /name="terms"[^>]*value="([^"]+)"/.exec(await (await fetch(link)).text())?.[1] ?? ''
  offender = await signIn(link, { terms })

  const name = await claim('domain', 'gulls.example', 'dns_txt')
  expect(name.status).toBe(303)
  texts.push(/noticeline-proof=[\w-]+/.exec((await offender.get(name.page)).text)?.[0] ?? '')
  expect((await offender.post(name.page, { intent: 'check' })).status).toBe(200)
  await until(async () => (await standing(name.page)) === 'Counts', 10_000)

  const small = await claim('cidr', '127.0.10.64/29', 'parent_consent')
  expect(await standing(small.page)).toBe('Waits for the holder around it')
  const zone = await claim('domain', '66.10.0.127.in-addr.arpa', 'dns_txt')
  expect(zone.status).toBe(422)
  expect(zone.text).toMatch(/reverse zone/)
  const foreign = await claim('cidr', '127.0.98.0/24', 'registry_mail')
  expect(await standing(foreign.page)).toBe('To be shown')
  expect((await claim('cidr', '127.0.20.0/24', 'registry_mail')).status).toBe(422)
  // Whose it is, is asked there; he is told nothing that would prove it.
  await until(() => lettersTo('abuse@wigeon.example').some(({ text }) => text.includes('/network-proof/')), 20_000)
  await until(() => lettersTo('abuse@tern.example').some(({ text }) => text.includes('127.0.10.64/29')), 20_000)
  expect(lettersTo(mailbox).filter(({ text }) => text.includes('/network-proof/'))).toEqual([])

  await offender.post('/provider/joining', { intent: 'ask' })
  // The clock lets nobody in whose mailbox the registry does not name.
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect((await offender.get('/provider/joining')).text).toMatch(/Waits for admission</)
  expect(await noticed()).toEqual(before)
}, 90_000)

test('even when the desk is taken in, none of his notices reaches him, and the host gets every one', async () => {
  const person = portal.demo.people.find((one) => one.organisation === 'Noticeline desk')
  const desk = await signIn(person?.sign_in_url ?? '')
  const { text } = await desk.get('/operator/admissions')
  const page = /\/operator\/organisations\/org_[0-9a-z]+/.exec(text)?.[0] ?? ''
  const admitted = await desk.post(page, { intent: 'admit', reason: 'Sounded like a company.' })
  expect(admitted.headers.get('location')).toContain('decided=yes')
  expect(await noticed()).toEqual(before)

  const made = await offender.post('/provider/programs', {
    intent: 'add',
    name: 'to see for himself',
    scope: 'reports:write',
    live: 'yes',
    days: '1',
  })
  const token = /nl_live_[\w-]{43}/.exec(made.text)?.[0] ?? ''
  const inbox = await call('GET', `${portal.demo.base_url}/v1/inbox`, token)
  expect(inbox.status).toBe(200)
  expect(inbox.body.data).toEqual([])
  expect(lettersTo(mailbox).filter((letter) => letter.text.includes('/answer/'))).toEqual([])
  // Three notices of five items: each host was written to, or had it pushed.
  const written = (to: string) => lettersTo(to).filter((letter) => letter.text.includes('/answer/')).length
  expect(written('abuse@mudlark.example')).toBeGreaterThan(0)
  expect(written('abuse@wigeon.example')).toBeGreaterThan(0)
  const tern = await call('GET', `${portal.demo.base_url}/v1/inbox?limit=100`, portal.demo.example_provider.token)
  expect(tern.body.data.length).toBeGreaterThanOrEqual(9)
  process.stdout.write(`the offender: 0 notices of 15 items; hosts: ${JSON.stringify(Object.values(before))}\n`)
}, 60_000)
