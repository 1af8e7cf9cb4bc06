/** Accounts, second factors, invitations: as somebody with a browser and a mailbox meets them. */
import { createHmac } from 'node:crypto'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts, type RunningPortal, startPortal } from '../running/portal.ts'
import { openBrowser, press, signInWith } from './browser.ts'
import { checkPage } from './check-page.ts'
import { linkOf } from './demo.ts'

let portal: RunningPortal
let browser: Browser

beforeAll(async () => {
  const port = await freePorts(8)
  // By a name: a passkey belongs to one.
  portal = await startPortal({ port, env: { NOTICELINE_ORIGIN: `http://localhost:${port}` } })
  browser = await openBrowser()
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
})

async function inWindow<T>(
  options: { of?: string; scripts?: boolean },
  work: (page: Page, context: BrowserContext) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ javaScriptEnabled: options.scripts ?? true })
  try {
    if (options.of) await context.addCookies(await signInWith(browser, linkOf(portal.demo, options.of)))
    return await work(await context.newPage(), context)
  } finally {
    await context.close()
  }
}

const at = (path: string) => new URL(path, portal.demo.base_url).href

const followed = new Set<string>()

/** The newest link of that kind that nobody has followed, from the page where the demo's mail can be read. */
async function mailed(kind: string, to: string): Promise<string> {
  const link = new RegExp(`${at(`/${kind}/`)}[\\w.-]+`)
  for (let tries = 0; tries < 60; tries += 1) {
    const mails = (await (await fetch(at('/mailbox'))).text()).split('data-mail="')
    const links = mails.filter((mail) => mail.startsWith(`${to}"`)).map((mail) => link.exec(mail)?.[0] ?? '')
    const found = links.find((one) => one !== '' && !followed.has(one))
    if (found) {
      followed.add(found)
      return found
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`No mail with a link to ${kind} came to ${to}`)
}

/** What an app shows (RFC 6238), `ahead` steps from now: no code is taken twice. */
function codeOf(secret: string, ahead = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret.replaceAll(' ', '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
  const bytes = (bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead))
  const digest = createHmac('sha1', Buffer.from(bytes)).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const sides = [
  ['Tern Hosting', '/provider/people'],
  ['Stichting Baken', '/notifier/people'],
  ['Noticeline desk', '/operator/people'],
] as const

test('the pages of people are good on all three sides', async () => {
  for (const [of, people] of sides) {
    await inWindow({ of }, async (page) => {
      for (const path of [people, '/account', '/account/second-factor', '/account/organisations']) {
        await page.goto(at(path))
        expect(new URL(page.url()).pathname).toBe(path)
        expect(await checkPage(page)).toEqual([])
      }
    })
  }
})

test('an invited mailbox joins without scripts, is made a developer, and signs in again as one', () =>
  inWindow({ of: 'Mudlark Servers' }, async (page) => {
    await page.goto(at('/provider/people'))
    await page.fill('#email', 'kim@mudlark.example')
    await page.selectOption('#role', 'handler')
    await page.getByRole('button', { name: 'Send the invitation' }).click()
    await page.getByText('The invitation is on its way.').waitFor()
    const link = await mailed('invitation', 'kim@mudlark.example')
    // A scanner opens it ten times; nothing happens. Nor may who invited accept it.
    for (let time = 0; time < 10; time += 1) expect((await fetch(link)).status).toBe(200)
    await page.goto(link)
    expect(await page.textContent('main')).toContain('this invitation is for kim@mudlark.example')
    await inWindow({}, async (window) => {
      await window.goto(link)
      expect(await checkPage(window)).toEqual([])
    })
    await inWindow({ scripts: false }, async (kim) => {
      await kim.goto(link)
      await press(kim, 'main button')
      expect(await kim.textContent('main')).toContain('Type your name.')
      await kim.fill('#name', 'Kim Aalst')
      await press(kim, 'main button')
      expect(new URL(kim.url()).pathname).toBe('/provider')
      await page.goto(at('/provider/people'))
      const row = page.locator('tr', { hasText: 'Kim Aalst' })
      await row.locator('summary').click()
      await row.locator('select').selectOption('developer')
      await row.getByRole('button', { name: 'Give this role' }).click()
      await page.getByText('Their sessions have ended').waitFor()
      await kim.goto(at('/provider'))
      expect(new URL(kim.url()).pathname).toBe('/sign-in')
    })
    expect((await fetch(link)).status).toBe(410)
  }))

test('somebody of the desk who comes by mail sets up an app first, and is asked for it from then on, without scripts', () =>
  inWindow({ scripts: false }, async (page) => {
    const email = 'sanne@noticeline.example'
    const come = async () => {
      await page.context().clearCookies()
      await page.goto(at('/sign-in'))
      await page.fill('#email', email)
      await press(page, 'main form button')
      await page.goto(await mailed('sign-in', email))
      await press(page, 'main form button')
    }
    await come()
    expect(new URL(page.url()).pathname).toBe('/account/second-factor')
    await page.goto(at('/operator'))
    expect(new URL(page.url()).pathname).toBe('/account/second-factor')
    await press(page, 'section:has(#app) button')
    const secret = (await page.textContent('section:has(#app) .id')) ?? ''
    await page.fill('#code', codeOf(secret))
    await press(page, 'section:has(#app) form:has(#code) button')
    const codes = await page.locator('section:has(#new-codes) .id').allTextContents()
    expect(codes).toHaveLength(10)
    await press(page, 'section:has(#new-codes) a')
    expect(new URL(page.url()).pathname).toBe('/operator')

    await come()
    expect(new URL(page.url()).pathname).toBe('/second-factor')
    await page.fill('#code', '000000')
    await press(page, 'form:has(#code) button')
    expect(await page.textContent('main')).toMatch(/4 tries left/)
    await page.fill('#code', codeOf(secret, 1))
    await press(page, 'form:has(#code) button')
    expect(new URL(page.url()).pathname).toBe('/operator')

    await come()
    await page.goto(at('/operator/people'))
    expect(new URL(page.url()).pathname).toBe('/second-factor')
    await page.locator('summary').click()
    await page.fill('#recovery', codes[0]?.toUpperCase() ?? '')
    await press(page, 'form:has(#recovery) button')
    await page.goto(at('/operator/people'))
    expect(new URL(page.url()).pathname).toBe('/operator/people')
  }))

test('a passkey is made, shown at the next sign-in, and is as good as a code', () =>
  inWindow({ of: 'Teal' }, async (page, context) => {
    const device = await context.newCDPSession(page)
    await device.send('WebAuthn.enable')
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true } as const
    await device.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    })
    await page.goto(at('/account/second-factor'))
    await page.fill('#name', 'Laptop')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.locator('td', { hasText: 'Laptop' }).waitFor()
    await page.goto(at('/sign-in'))
    await context.clearCookies()
    await page.goto(at('/sign-in'))
    await page.fill('#email', 'bea@teal.example')
    await page.locator('main form button').click()
    await page.getByText('If we know this address').waitFor()
    await page.goto(await mailed('sign-in', 'bea@teal.example'))
    await press(page, 'main form button')
    expect(new URL(page.url()).pathname).toBe('/second-factor')
    expect(await checkPage(page)).toEqual([])
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.waitForURL(at('/provider'))
  }))

test('a mailbox changes when both have been pressed', () =>
  inWindow({ of: 'Gullwing' }, async (page) => {
    await page.goto(at('/account'))
    await page.fill('#email', 'ines@after.example')
    await page.getByRole('button', { name: 'Send both links' }).click()
    await page.getByText('Both mailboxes have been written to.').waitFor()
    const links = [
      await mailed('mailbox-change', 'ines@gullwing.example'),
      await mailed('mailbox-change', 'ines@after.example'),
    ]
    for (const [index, link] of links.entries()) {
      await page.goto(link)
      if (index === 0) expect(await checkPage(page)).toEqual([])
      await press(page, 'main form button')
    }
    expect(await page.textContent('main')).toContain('The mailbox was changed.')
    await page.goto(at('/provider'))
    expect(new URL(page.url()).pathname).toBe('/sign-in')
  }))
