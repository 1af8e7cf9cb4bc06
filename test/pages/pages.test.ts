import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../architecture/tree.ts'
import { headlineOf, readNotice, submitNotice } from '../running/client.ts'
import { type Demo, type RunningPortal, startPortal } from '../running/portal.ts'
import { type Cookies, openBrowser, press, signInWith, withPage } from './browser.ts'
import { checkPage } from './check-page.ts'
import { linkOf, tracesOf } from './demo.ts'

let portal: RunningPortal | undefined
let demo: Demo
let browser: Browser
const cookies = { nobody: [] as Cookies, notifier: [] as Cookies, provider: [] as Cookies, operator: [] as Cookies }
type Who = keyof typeof cookies

/** A notice about a file of the provider without an endpoint: it waits for a person to act by hand. */
let waiting: { noticeId: string; itemId: string; file: string }

beforeAll(async () => {
  const given = process.env['NOTICELINE_DEMO_FILE']
  if (!given) portal = await startPortal()
  demo = portal?.demo ?? JSON.parse(readFileSync(given ?? '', 'utf8'))
  browser = await openBrowser()
  cookies.notifier = await signInWith(browser, linkOf(demo, 'Stichting Baken'))
  cookies.provider = await signInWith(browser, linkOf(demo, demo.open_provider.organisation))
  cookies.operator = await signInWith(browser, linkOf(demo, 'Noticeline desk'))
  waiting = await submitOne(demo.open_provider.files[0] ?? '')
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
})

async function submitOne(file: string) {
  const submitted = await submitNotice(demo, [file])
  expect(submitted.status).toBe(201)
  const noticeId: string = submitted.body.id
  const { body } = await readNotice(demo, noticeId)
  return { noticeId, itemId: body.items[0].id as string, file }
}

function see<T>(who: Who, path: string, work: (page: Page) => Promise<T>, options: { scripts?: boolean } = {}) {
  return withPage(browser, cookies[who], { javaScriptEnabled: options.scripts ?? true }, async (page) => {
    await page.goto(new URL(path, demo.base_url).href)
    return work(page)
  })
}

describe('every page is good in both themes and on a phone', () => {
  const pages: [Who, string, () => string, number][] = [
    ['nobody', 'front page', () => '/', 200],
    ['nobody', 'sign-in', () => '/sign-in', 200],
    ['nobody', 'a link that is none', () => '/sign-in/nothing', 410],
    ['nobody', 'mailbox', () => '/mailbox', 200],
    ['nobody', 'reference of the API', () => '/docs', 200],
    ['nobody', 'nothing here', () => '/nothing-here', 404],
    ['notifier', 'notices', () => '/notifier/notices', 200],
    ['notifier', 'notices under a filter', () => '/notifier/notices?headline=refused', 200],
    ['notifier', 'new notice', () => '/notifier/notices/new', 200],
    ['notifier', 'notice', () => `/notifier/notices/${waiting.noticeId}`, 200],
    ['notifier', "the desk's page", () => '/operator', 403],
    ['provider', 'inbox', () => '/provider', 200],
    ['provider', 'item', () => `/provider/items/${waiting.itemId}`, 200],
    ['provider', 'report', () => `/provider/items/${waiting.itemId}?outcome=access_disabled`, 200],
    ['operator', 'desk', () => '/operator', 200],
    ['operator', 'deliveries', () => '/operator/deliveries', 200],
  ]
  test.each(pages)('%s: %s', async (who, _name, path, status) => {
    await withPage(browser, cookies[who], {}, async (page) => {
      const broken: string[] = []
      page.on('pageerror', (error) => broken.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          broken.push(message.text())
        }
      })
      const elsewhere: string[] = []
      page.on('request', (request) => {
        if (!request.url().startsWith(demo.base_url)) elsewhere.push(request.url())
      })
      const answer = await page.goto(new URL(path(), demo.base_url).href, { waitUntil: 'networkidle' })
      expect(answer?.status()).toBe(status)
      const headers = answer?.headers() ?? {}
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(await checkPage(page, tracesOf(waiting.file))).toEqual([])
      expect({ broken, elsewhere }).toEqual({ broken: [], elsewhere: [] })
    })
  })
})

test('what is not yours is not there, and a page for another side says so', async () => {
  const asked = await Promise.all([
    see('nobody', '/notifier/notices', async (page) => new URL(page.url()).pathname),
    see('provider', `/notifier/notices/${waiting.noticeId}`, (page) => page.locator('main p').first().textContent()),
    see('provider', '/provider/items/itm_00000000000000000000000000', (page) =>
      page.locator('main p').first().textContent(),
    ),
  ])
  expect(asked).toEqual(['/sign-in', 'Answer 403', 'Answer 404'])
})

describe('without scripts', () => {
  const still = { scripts: false }

  test('language and theme are chosen by plain buttons, and stay', () =>
    see(
      'nobody',
      '/sign-in',
      async (page) => {
        await press(page, 'button[name=language][value=nl]')
        expect(new URL(page.url()).pathname).toBe('/sign-in')
        expect(await page.locator('html').getAttribute('lang')).toBe('nl')
        expect(await page.locator('h1').textContent()).toBe('Inloggen')
        await press(page, 'button[name=theme][value=dark]')
        expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
        await page.goto(`${demo.base_url}/`)
        expect(await page.locator('html').getAttribute('lang')).toBe('nl')
        expect(await checkPage(await withScripts(page))).toEqual([])
      },
      still,
    ))

  test('a notice is submitted: rows come and go, a mistake keeps what was typed, and the page follows', () =>
    see(
      'notifier',
      '/notifier/notices/new',
      async (page) => {
        const file = demo.open_provider.files[1] ?? ''
        await page.locator('[name=url-1]').fill('not an address')
        await press(page, 'button[value=add]')
        await press(page, 'button[value=add]')
        expect(await page.locator('[name^=url-]').count()).toBe(3)
        await press(page, 'button[name=remove][value="3"]')
        await page.locator('[name=url-2]').fill(file)
        await page.locator('[name=reference]').fill('BAKEN-PAGES-1')
        await press(page, 'main button.button-lead[value=submit]')
        expect(await page.locator('[role=alert] li').count()).toBeGreaterThanOrEqual(2)
        expect(await page.locator('[name=url-2]').inputValue()).toBe(file)
        expect(await page.locator('[name=url-1]').getAttribute('aria-invalid')).toBe('true')
        expect(new URL(page.url()).search).toBe('')
        await press(page, 'button[name=remove][value="1"]')
        await page.locator('[name=legal_class]').selectOption('baseline')
        await press(page, 'main button.button-lead[value=submit]')
        expect(new URL(page.url()).pathname).toMatch(/^\/notifier\/notices\/ntc_[0-9a-z]{26}$/)
        expect(await page.locator('h1').textContent()).toBe('BAKEN-PAGES-1')
        expect(await page.title()).not.toContain('BAKEN')
        const html = await page.content()
        expect(tracesOf(file).filter((trace) => html.includes(trace))).toEqual([])
      },
      still,
    ))

  test('an address is shown on purpose: once, defanged, never as a link, with a line in the history', () =>
    see(
      'provider',
      `/provider/items/${waiting.itemId}`,
      async (page) => {
        await press(page, 'button[value=reveal]')
        const shown = page.locator('[data-revealed] .address')
        expect(await shown.textContent()).toMatch(/^hxxps?:\/\//)
        expect(await page.locator('a [data-revealed], [data-revealed] a[href*="://"]').count()).toBe(0)
        expect(await page.content()).not.toContain(waiting.file)
        expect(await page.title()).not.toContain(new URL(waiting.file).pathname)
        await page.goto(`${demo.base_url}/provider/items/${waiting.itemId}`)
        expect(await page.locator('[data-revealed]').count()).toBe(0)
        expect(await page.locator('[data-fact="item.revealed"]').count()).toBe(1)
      },
      still,
    ))

  test('a report by hand asks what the outcome needs, and counts only with the number of the notice', () =>
    see(
      'provider',
      `/provider/items/${waiting.itemId}`,
      async (page) => {
        await press(page, 'a.option[href*="outcome=refused"]')
        expect(await page.locator('[name=territory]').count()).toBe(0)
        await page.locator('[name=number]').fill('ntc_something_else')
        await press(page, 'button[value=report]')
        expect(await page.locator('#reason-complaint').count()).toBe(1)
        expect(await page.locator('#number-complaint').count()).toBe(1)
        await page.locator('[name=reason]').selectOption('requires_court_order')
        await page.locator('[name=number]').fill(` ${waiting.noticeId} `)
        await press(page, 'button[value=report]')
        expect(new URL(page.url()).searchParams.get('reported')).toBe('yes')
        expect(await page.locator('[data-outcome=refused]').count()).toBe(1)
        await headlineOf(demo, waiting.noticeId, 'refused')
      },
      still,
    ))

  test('opening a page is no receipt; typing the number of the notice is one, and starts the clock', async () => {
    const notice = await submitOne(demo.open_provider.files[2] ?? '')
    const clock = async () => (await readNotice(demo, notice.noticeId)).body.items[0].clock.state
    await see(
      'provider',
      `/provider/items/${notice.itemId}`,
      async (page) => {
        expect(await clock()).toBe('waiting')
        await page.locator('[name=received_number]').fill(waiting.noticeId)
        await press(page, 'button[value=receive]')
        expect(await page.locator('#received_number-complaint').count()).toBe(1)
        expect(await clock()).toBe('waiting')
        await page.locator('[name=received_number]').fill(notice.noticeId)
        await press(page, 'button[value=receive]')
        expect(await page.locator('[data-axis=clock] .countdown').count()).toBe(1)
        expect(await page.locator('button[value=receive]').count()).toBe(0)
        expect(await clock()).toBe('running')
      },
      still,
    )
  })

  test('the desk says who answers for an item, and on what evidence', () =>
    see(
      'operator',
      '/operator',
      async (page) => {
        const item = page.locator('main [data-item]').first()
        const itemId = (await item.getAttribute('data-item')) ?? ''
        await item.locator('summary').click()
        await press(page, `[data-item=${itemId}] button[value=attribute]`)
        expect(await page.locator('[role=alert]').count()).toBe(1)
        await page.locator(`[data-item=${itemId}] summary`).click()
        await page.locator(`#provider-${itemId}`).selectOption({ label: 'Teal (NL)' })
        await page.locator(`#reason-${itemId}`).fill('Confirmed by telephone')
        await press(page, `[data-item=${itemId}] button[value=attribute]`)
        expect(new URL(page.url()).searchParams.get('attributed')).toBe('yes')
        expect(await page.locator(`[data-item=${itemId}]`).count()).toBe(0)
      },
      still,
    ))

  test('a notice is withdrawn with a reason, and the page says so', () =>
    see(
      'notifier',
      `/notifier/notices/${waiting.noticeId}`,
      async (page) => {
        await page.locator('summary', { hasText: 'Withdraw' }).click()
        await page.locator('[name=reason]').selectOption('not_illegal')
        await press(page, 'button[value=withdraw]')
        expect(new URL(page.url()).searchParams.get('withdrawn')).toBe('yes')
        expect(await page.locator('[data-fact="notice.withdrawn"]').count()).toBe(1)
        expect(await page.locator('button[value=withdraw]').count()).toBe(0)
      },
      still,
    ))
})

test('with scripts the page of a notice follows it to its end', async () => {
  const file = demo.example_provider.files.at(-1) ?? ''
  const notice = await submitOne(file)
  await see('notifier', `/notifier/notices/${notice.noticeId}`, async (page) => {
    await page.locator('[data-headline=removed_verified]').waitFor({ timeout: 45_000 })
    expect(await checkPage(page, tracesOf(file))).toEqual([])
  })
})

test('with scripts a form sent with a mistake leads to what is wrong with it, and loses nothing', () =>
  see('notifier', '/notifier/notices/new', async (page) => {
    await page.locator('[name=reference]').fill('BAKEN-PAGES-2')
    await page.locator('main button.button-lead[value=submit]').click()
    await page.locator('[role=alert]').waitFor()
    expect(await page.locator('[role=alert]').evaluate((alert) => alert === document.activeElement)).toBe(true)
    expect(await page.locator('[name=reference]').inputValue()).toBe('BAKEN-PAGES-2')
    expect(await checkPage(page)).toEqual([])
  }))

test('the first stop of the keyboard leads past the head of the page', () =>
  see('nobody', '/', async (page) => {
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  }))

test('zod stays on the server', () => {
  const assets = join(root, 'portal/build/client/assets')
  expect(existsSync(assets)).toBe(true)
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(10)
  const traces = /ZodError|invalid_format|"too_small"|selectFrom\(/
  expect(scripts.filter((name) => traces.test(readFileSync(join(assets, name), 'utf8')))).toEqual([])
})

/** The same page in a window where axe can run: scripts are off in this one. */
async function withScripts(page: Page): Promise<Page> {
  const context = await browser.newContext()
  await context.addCookies(await page.context().cookies())
  const other = await context.newPage()
  await other.goto(page.url())
  return other
}
