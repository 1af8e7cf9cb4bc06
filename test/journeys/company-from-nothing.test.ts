/** A company that never heard of us: from a notice about a network nobody registered to an endpoint that was rehearsed. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Cookie, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../architecture/tree.ts'
import { openBrowser, press, withPage } from '../pages/browser.ts'
import { headlineOf, readNotice, submitNotice } from '../running/client.ts'
import { type Letter, type MailServer, startMailServer } from '../running/mail-server.ts'
import { freePorts, freshDataDir, type RunningPortal, startPortal, until } from '../running/portal.ts'
import { Program } from '../running/program.ts'
import { type RegistryServer, startRegistryServer } from '../running/registry-server.ts'

const dataDir = freshDataDir()
const mailbox = 'abuse@wigeon.example'
/** An old phone: small, and without scripts. */
const phone = { javaScriptEnabled: false, viewport: { width: 360, height: 640 } }

let portal: RunningPortal
let mail: MailServer
let registry: RegistryServer
let browser: Browser
let receiver: Program | undefined

beforeAll(async () => {
  mail = await startMailServer()
  registry = await startRegistryServer({ name: 'Wigeon Networks B.V.', mailbox })
  const env = { NOTICELINE_SMTP_URL: mail.url, NOTICELINE_RDAP_BOOTSTRAP: registry.bootstrap }
  portal = await startPortal({ dataDir, env })
  browser = await openBrowser()
}, 240_000)

afterAll(async () => {
  await receiver?.stop()
  await browser?.close()
  await portal?.stop()
  await registry?.stop()
  await mail?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** The newest mail to somebody that fits, once it is there. */
async function letterTo(to: string, pattern: RegExp): Promise<string> {
  const found = () => mail.letters.findLast((letter: Letter) => letter.to.includes(to) && pattern.test(letter.text))
  await until(() => found() !== undefined, 60_000)
  return pattern.exec(found()?.text ?? '')?.[0] ?? ''
}

/** What a person does on a screen, counted. */
class Walk {
  taps = 0
  screens = 0
  readonly #began = performance.now()
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url)
    this.screens += 1
  }

  async type(name: string, value: string): Promise<void> {
    await this.page.locator(`main [name=${name}]`).fill(value)
  }

  async tap(selector: string): Promise<void> {
    await press(this.page, selector)
    this.taps += 1
    this.screens += 1
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  told(what: string): string {
    return `${what}: ${this.taps} taps, ${this.screens} screens, ${this.seconds.toFixed(1)} s of machine time\n`
  }
}

let noticeId = ''
let answerLink = ''
let owner: Cookie[] = []
let claimedAt = 0

test('a notice about a network nobody registered is mailed to the mailbox its registry names, and names no address', async () => {
  const began = performance.now()
  const submitted = await submitNotice(portal.demo, [], {
    items: [{ url: 'http://cust7.wigeon.example/quiet-place/1.jpg', ip: '127.0.98.7', scope: 'file' }],
  })
  expect(submitted.status).toBe(202)
  noticeId = submitted.body.id
  answerLink = await letterTo(mailbox, /http:\/\/\S+\/answer\/\S+/)
  const { raw, text } = mail.letters.findLast((one) => one.to.includes(mailbox)) as Letter
  expect(text).toContain(noticeId)
  for (const trace of ['cust7', 'quiet-place', '127.0.98', 'wigeon.example/']) expect(raw + text).not.toContain(trace)
  expect(registry.asked.some((path) => path.startsWith('/ip/127.0.98.7'))).toBe(true)
  const [item] = (await readNotice(portal.demo, noticeId)).body.items
  expect(item.attribution).toMatchObject({ role: 'hosting', provider: expect.anything() })
  process.stdout.write(`written to: ${((performance.now() - began) / 1000).toFixed(1)} s from the notice to the mail\n`)
}, 90_000)

test(
  'it is answered on a phone without scripts in at most three taps',
  () =>
    withPage(browser, [], phone, async (page) => {
      const walk = new Walk(page)
      await walk.open(answerLink)
      await walk.type('number', noticeId)
      await walk.tap('button[value=open]')
      await walk.tap('button[value=gone]')
      await walk.tap('button[value=content_removed]')
      expect(await page.locator('[data-outcome=content_removed]').count()).toBe(1)
      expect(walk.taps).toBeLessThanOrEqual(3)
      process.stdout.write(walk.told('answer'))
      await headlineOf(portal.demo, noticeId, 'removed_claimed')
    }),
  60_000,
)

test(
  'and from that page the company is claimed, its network found, and a second contact set up',
  () =>
    withPage(browser, [], phone, async (page) => {
      claimedAt = performance.now()
      const walk = new Walk(page)
      await walk.open(answerLink)
      await walk.type('number', noticeId)
      await walk.tap('button[value=open]')
      await walk.tap('a[href^="/claim/"]')
      await walk.type('personName', 'Joost Hop')
      await walk.tap('main button[type=submit]')
      // The link goes to the registry's mailbox and nowhere else.
      await walk.open(await letterTo(mailbox, /http:\/\/\S+\/join\/\S+/))
      await page.locator('[name=terms]').check()
      await walk.tap('main button[type=submit]')
      expect(new URL(page.url()).pathname).toBe('/provider/joining')
      expect(await page.locator('h1').textContent()).toBe('Getting started')

      await walk.type('network', '127.0.98.7')
      await walk.tap('button[value=network]')
      expect(await page.locator('[role=status]').textContent()).toContain('one range')
      expect(await page.locator('#network-complaint').count()).toBe(0)

      await walk.open(`${portal.demo.base_url}/provider/contacts/new`)
      await walk.type('email', 'noc@wigeon.example')
      await walk.tap('main button[type=submit]')
      const code = await letterTo('noc@wigeon.example', /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/)
      await walk.type('code', code)
      await walk.tap('button[value=confirm]')
      expect(await page.locator('#code-complaint').count()).toBe(0)

      await walk.open(`${portal.demo.base_url}/provider/joining`)
      expect(await page.locator('main').textContent()).toContain('2 have answered')
      process.stdout.write(walk.told('claim to contacts'))
      owner = await page.context().cookies()
    }),
  120_000,
)

test(
  'an endpoint made with the SDK is connected and passes its rehearsal, before anybody at the desk has looked',
  () =>
    withPage(browser, owner, phone, async (page) => {
      const walk = new Walk(page)
      await walk.open(`${portal.demo.base_url}/provider/endpoints/new`)
      await walk.tap('button[value=sdk]')
      const token = (/nl_live_[\w-]{43}/.exec(await page.content()) ?? [''])[0]
      const kept = join(dataDir, 'wigeon')
      receiver = new Program({
        name: 'the company’s receiver',
        file: join(root, 'examples/node-http/server.ts'),
        env: {
          PORTAL: portal.demo.base_url,
          PORTAL_TOKEN: token,
          PORT: String(await freePorts(1)),
          SERVED: join(kept, 'served'),
          KEPT: join(kept, 'kept'),
        },
        ready: 'connected to',
      })
      await receiver.start()
      await walk.open(`${portal.demo.base_url}/provider/endpoints`)
      await walk.tap('main .row-link')
      await walk.tap('button[value=rehearse]')
      const waiting = page.locator('[data-step][data-result=waiting], [data-step][data-result=failed]')
      await until(async () => {
        await page.reload()
        return (await page.locator('[data-step]').count()) > 0 && (await waiting.count()) === 0
      }, 60_000)
      const steps = await page
        .locator('[data-step]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-result')))
      expect(steps).toContain('passed')
      process.stdout.write(walk.told('endpoint to rehearsal'))
      const seconds = (performance.now() - claimedAt) / 1000
      process.stdout.write(`claim to rehearsal: ${seconds.toFixed(1)} s\n`)
      expect(seconds).toBeLessThan(600)

      await walk.open(`${portal.demo.base_url}/provider/joining`)
      expect(await page.locator('main li', { hasText: 'A rehearsal' }).textContent()).toContain('Done')
      expect(await page.locator('main li', { hasText: 'Admission' }).textContent()).toContain('Waits')
    }),
  300_000,
)
