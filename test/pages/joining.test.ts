import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, type RunningPortal, startPortal, until } from '../running/portal.ts'
import { type Cookies, openBrowser, press, signInWith, withPage } from './browser.ts'
import { checkPage } from './check-page.ts'
import { linkOf } from './demo.ts'

let portal: RunningPortal | undefined
let demo: Demo
let browser: Browser
const cookies = {
  nobody: [] as Cookies,
  company: [] as Cookies,
  notifier: [] as Cookies,
  authority: [] as Cookies,
  provider: [] as Cookies,
  operator: [] as Cookies,
}
type Who = keyof typeof cookies

const phone = { viewport: { width: 360, height: 740 }, javaScriptEnabled: false }
const abuse = `abuse-${Date.now()}@wigeon.example`
/** The company that joins in the first test; the desk's pages are about it afterwards. */
let orgPath = ''

beforeAll(async () => {
  const given = process.env['NOTICELINE_DEMO_FILE']
  if (!given) portal = await startPortal()
  demo = portal?.demo ?? JSON.parse(readFileSync(given ?? '', 'utf8'))
  browser = await openBrowser()
  cookies.notifier = await signInWith(browser, linkOf(demo, 'Stichting Baken'))
  cookies.authority = await signInWith(browser, linkOf(demo, 'Authority Oever'))
  cookies.provider = await signInWith(browser, linkOf(demo, demo.open_provider.organisation))
  cookies.operator = await signInWith(browser, linkOf(demo, 'Noticeline desk'))
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
})

function see<T>(who: Who, path: string, work: (page: Page) => Promise<T>, options: object = {}) {
  return withPage(browser, cookies[who], options, async (page) => {
    await page.goto(new URL(path, demo.base_url).href)
    return work(page)
  })
}

/** The newest link to come in that was mailed to this mailbox. */
async function mailedPath(to: string, kind = 'join'): Promise<string> {
  let found: string | undefined
  await until(async () => {
    const text = await (await fetch(demo.mail_url)).text()
    const mail = text.split('<li').find((part) => part.includes(to) && part.includes(`/${kind}/`))
    found = mail && new RegExp(`/${kind}/[A-Za-z0-9_.-]+`).exec(mail)?.[0]
    return found !== undefined
  }, 20_000)
  return found ?? ''
}

test('a company joins on a phone without scripts: the mailbox answers, and it waits for the desk', async () => {
  await see(
    'nobody',
    '/',
    async (page) => {
      await press(page, 'a[href="/join"]')
      await press(page, 'main button[type=submit]')
      expect(await page.locator('[role=alert] li').count()).toBe(3)
      await page.locator('[name=companyName]').fill('Wigeon Networks')
      await page.locator('[name=email]').fill(abuse)
      await page.locator('[name=personName]').fill('Joost Hop')
      await press(page, 'main button[type=submit]')
      expect(await page.locator('[role=status]').count()).toBe(1)
    },
    phone,
  )
  const path = await mailedPath(abuse)
  await see('nobody', path, async (page) => expect(await checkPage(page)).toEqual([]))
  await withPage(browser, [], phone, async (page) => {
    await page.goto(new URL(path, demo.base_url).href)
    await press(page, 'main button[type=submit]')
    expect(await page.locator('[role=alert]').count()).toBe(1)
    await page.locator('[name=terms]').check()
    await press(page, 'main button[type=submit]')
    expect(new URL(page.url()).pathname).toBe('/provider/joining')
    cookies.company = await page.context().cookies()
    await page.locator('[name=network]').fill('not a network')
    await press(page, 'button[value=network]')
    expect(await page.locator('#network-complaint').count()).toBe(1)
    await page.goto(new URL(path, demo.base_url).href)
    expect(await page.locator('main form').count()).toBe(0)
  })
}, 60_000)

test('the desk looks at it and admits it with a reason', () =>
  see(
    'operator',
    '/operator/admissions',
    async (page) => {
      expect(await checkPage(await withScripts(page))).toEqual([])
      await press(page, 'main .row-link:has-text("Wigeon")')
      orgPath = new URL(page.url()).pathname
      await press(page, '#decide button[value=admit]')
      expect(await page.locator('#reason-decide-complaint').count()).toBe(1)
      await page.locator('#reason-decide').fill('In the trade register under this name')
      await press(page, '#decide button[value=admit]')
      expect(new URL(page.url()).searchParams.get('decided')).toBe('yes')
      expect(await page.locator('#decide').count()).toBe(0)
    },
    { javaScriptEnabled: false },
  ))

test('the desk invites a notifier, whose first person reads the terms before anything else', async () => {
  const email = `lead-${Date.now()}@sluis.example`
  await see('operator', '/operator/organisations/new', async (page) => {
    expect(await checkPage(page)).toEqual([])
    await page.locator('[name=name]').fill('Meldpunt Sluis')
    await page.locator('[name=country]').fill('NL')
    await page.locator('[name=personName]').fill('Ada Sluis')
    await page.locator('[name=email]').fill(email)
    await page.locator('[name=reason]').fill('Member of the association of hotlines')
    await page.locator('main button[type=submit]').click()
    await page.waitForURL(/decided=yes/)
  })
  const path = await mailedPath(email)
  await see('nobody', path, async (page) => {
    expect(await checkPage(page)).toEqual([])
    await page.locator('[name=terms]').check()
    await press(page, 'main button[type=submit]')
    expect(new URL(page.url()).pathname).toBe('/notifier/notices')
  })
})

describe('every page is good in both themes and on a phone', () => {
  const pages: [Who, string, () => string, number][] = [
    ['nobody', 'joining', () => '/join', 200],
    ['nobody', 'a link to come in that is none', () => '/join/nothing', 410],
    ['nobody', 'a claim by a link that is none', () => '/claim/nothing', 410],
    ['company', 'getting started', () => '/provider/joining', 200],
    ['company', 'company page', () => '/provider/company', 200],
    ['provider', 'company page of one that is admitted', () => '/provider/company', 200],
    ['notifier', 'organisation page', () => '/notifier/company', 200],
    ['notifier', 'electronic service, which is for authorities', () => '/notifier/electronic-service', 403],
    ['authority', 'electronic service', () => '/notifier/electronic-service', 200],
    ['operator', 'organisations', () => '/operator/organisations', 200],
    ['operator', 'organisations under a filter', () => '/operator/organisations?standing=suspended', 200],
    ['operator', 'one organisation', () => orgPath, 200],
    ['operator', 'audit', () => '/operator/audit', 200],
    ['operator', 'audit of one organisation', () => `/operator/audit?of=${orgPath.split('/').at(-1)}`, 200],
    ['provider', "the desk's pages", () => '/operator/audit', 403],
  ]
  test.each(pages)('%s: %s', async (who, _name, path, status) => {
    await withPage(browser, cookies[who], {}, async (page) => {
      const answer = await page.goto(new URL(path(), demo.base_url).href, { waitUntil: 'networkidle' })
      expect(answer?.status()).toBe(status)
      expect(await checkPage(page)).toEqual([])
    })
  })
})

/** The same page in a window where axe can run. */
async function withScripts(page: Page): Promise<Page> {
  const context = await browser.newContext()
  await context.addCookies(await page.context().cookies())
  const other = await context.newPage()
  await other.goto(page.url())
  return other
}
