/** Networks: claimed, shown, agreed to, handed on and decided, without scripts, by the two sides and the desk. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NameServer, startNameServer } from '../running/name-server.ts'
import { type RunningPortal, startPortal } from '../running/portal.ts'
import { type Cookies, openBrowser, press, signInWith, withPage } from './browser.ts'
import { checkPage } from './check-page.ts'
import { linkOf } from './demo.ts'

let portal: RunningPortal
let browser: Browser
let servers: NameServer[]
const cookies = {} as Record<'holder' | 'reseller' | 'desk' | 'nobody', Cookies>

beforeAll(async () => {
  servers = await Promise.all([startNameServer(), startNameServer()])
  portal = await startPortal({ env: { NOTICELINE_RESOLVERS: servers.map(({ address }) => address).join(',') } })
  browser = await openBrowser()
  cookies.nobody = []
  cookies.holder = await signInWith(browser, linkOf(portal.demo, 'Tern Hosting'))
  cookies.reseller = await signInWith(browser, linkOf(portal.demo, 'Teal'))
  cookies.desk = await signInWith(browser, linkOf(portal.demo, 'Noticeline desk'))
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
  await Promise.all(servers?.map((server) => server.stop()) ?? [])
})

function see<T>(who: keyof typeof cookies, path: string, work: (page: Page) => Promise<T>, scripts = false) {
  return withPage(browser, cookies[who], { javaScriptEnabled: scripts }, async (page) => {
    await page.goto(new URL(path, portal.demo.base_url).href, { waitUntil: 'load' })
    return work(page)
  })
}

async function isGood(who: keyof typeof cookies, path: string): Promise<void> {
  await see(who, path, async (page) => expect(await checkPage(page)).toEqual([]), true)
}

async function claim(page: Page, kind: string, what: string, proof: string): Promise<void> {
  await page.locator('[name=kind]').selectOption(kind)
  await page.locator('[name=what]').fill(what)
  await page.locator('[name=proof]').selectOption(proof)
  await press(page, 'main button.button-lead')
}

test('a name is claimed, shown by its record, and waits where the desk sees it', async () => {
  const path = await see('reseller', '/provider/networks/new', async (page) => {
    await claim(page, 'cidr', '113.0.203.in-addr.arpa', 'dns_txt')
    expect(await page.locator('#what-complaint').count()).toBe(1)
    await claim(page, 'domain', '113.0.203.in-addr.arpa', 'dns_txt')
    expect(await page.locator('#what-complaint').textContent()).toContain('Claim the range instead')
    expect(await page.locator('[name=what]').inputValue()).toBe('113.0.203.in-addr.arpa')
    await claim(page, 'domain', 'teal.example', 'dns_txt')
    return new URL(page.url()).pathname
  })
  await isGood('reseller', '/provider/networks/new')
  await isGood('reseller', path)
  await see('reseller', path, async (page) => {
    await press(page, 'button[value=check]')
    expect(await page.locator('[role=alert]').textContent()).toContain('Not there')
    const [name = '', line = ''] = await page.locator('#next code').allTextContents()
    for (const { records } of servers) records.set(name, line)
  })
  await new Promise((resolve) => setTimeout(resolve, 10_200))
  await see('reseller', path, async (page) => {
    await press(page, 'button[value=check]')
    expect(await page.locator('main [role=status]').textContent()).toContain('Found')
  })
  await isGood('reseller', path)
  await isGood('desk', '/operator/networks')
  await see('desk', '/operator/networks', async (page) => {
    await press(page, 'button[value=accepted]')
    expect(await page.locator('[id^=reason-][id$=-complaint]').count()).toBe(1)
    await page.locator('[name=reason]').fill('Known for years')
    await press(page, 'button[value=accepted]')
    expect(new URL(page.url()).searchParams.get('decided')).toBe('yes')
    expect(await page.locator('[data-claim]').count()).toBe(0)
  })
  await isGood('desk', '/operator/networks')
  // A part of it is handed on, and taken back.
  const holder = await see(
    'holder',
    '/provider/networks',
    async (page) => (await page.locator('main a.row-link').first().getAttribute('href')) ?? '',
  )
  await isGood('holder', holder)
  await see('reseller', path, async (page) => {
    await page.locator('summary').click()
    await page.locator('[name=part]').fill('heron.example')
    await press(page, 'button[value=delegate]')
    expect(await page.locator('[role=alert]').count()).toBeGreaterThan(0)
  })
})

test('a part of somebody’s network is asked for, agreed to, and taken back', async () => {
  const range = await see('holder', '/provider/networks', async (page) =>
    ((await page.locator('main a.row-link').first().textContent()) ?? '').trim(),
  )
  const part = `${range.split('/')[0]}/${Number(range.split('/')[1]) === 32 ? 32 : Number(range.split('/')[1]) + 1}`
  const path = await see('reseller', '/provider/networks/new', async (page) => {
    await claim(page, 'cidr', part, 'parent_consent')
    return new URL(page.url()).pathname
  })
  await isGood('reseller', path)
  await isGood('holder', '/provider/networks')
  await see('holder', '/provider/networks', async (page) => {
    await press(page, 'button[value=agree]')
    expect(new URL(page.url()).searchParams.get('done')).toBe('agreed')
    await press(page, 'button[value=revoke]')
    expect(await page.locator('[data-consent]').count()).toBe(0)
  })
  await see('reseller', path, async (page) => {
    expect(await page.locator('#next').textContent()).toContain('took its consent back')
  })
  await isGood('reseller', '/provider/networks')
})

test('a link that was mailed, and leads nowhere, says so', async () => {
  await isGood('nobody', '/network-proof/nothing')
  await see('reseller', '/provider/networks/ncl_00000000000000000000000000', async (page) => {
    expect(await page.locator('main p').first().textContent()).toBe('Answer 404')
  })
})
