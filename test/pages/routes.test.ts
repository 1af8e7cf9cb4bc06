/** Which endpoint serves which network, what a reseller is shown, and the desk's hand on networks: without scripts. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningPortal, startPortal } from '../running/portal.ts'
import { type Cookies, openBrowser, press, signInWith, withPage } from './browser.ts'
import { checkPage } from './check-page.ts'
import { linkOf, tracesOf } from './demo.ts'

let portal: RunningPortal
let browser: Browser
const cookies = {} as Record<'tern' | 'teal' | 'baken' | 'desk', Cookies>

beforeAll(async () => {
  portal = await startPortal()
  browser = await openBrowser()
  cookies.tern = await signInWith(browser, linkOf(portal.demo, 'Tern Hosting'))
  cookies.teal = await signInWith(browser, linkOf(portal.demo, 'Teal'))
  cookies.baken = await signInWith(browser, linkOf(portal.demo, 'Stichting Baken'))
  cookies.desk = await signInWith(browser, linkOf(portal.demo, 'Noticeline desk'))
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
})

/** Good in both themes and on a phone. */
async function good(who: keyof typeof cookies, path: string, name: string): Promise<void> {
  const traces = portal.demo.example_provider.files.flatMap(tracesOf).filter((trace) => !trace.endsWith('/'))
  await see(
    who,
    path,
    async (page) => {
      expect.soft(await checkPage(page, traces), name).toEqual([])
    },
    true,
  )
}

function see<T>(who: keyof typeof cookies, path: string, work: (page: Page) => Promise<T>, scripts = false) {
  return withPage(browser, cookies[who], { javaScriptEnabled: scripts }, async (page) => {
    await page.goto(new URL(path, portal.demo.base_url).href, { waitUntil: 'load' })
    return work(page)
  })
}

test('an owner binds an endpoint to a network, and sees which it serves', async () => {
  const path = await see('tern', '/provider/endpoints', async (page) => {
    await press(page, 'main .row-link')
    return new URL(page.url()).pathname
  })
  await see('tern', path, async (page) => {
    await page.locator('[name=network]').first().check()
    await press(page, 'button[value=bind]')
    expect(new URL(page.url()).searchParams.get('said')).toBe('changed')
    expect(await page.locator('[name=network]').first().isChecked()).toBe(true)
  })
  await good('tern', path, 'endpoint-bound')
  await good('tern', '/provider/endpoints/new', 'endpoint-new')
})

test('what is handed on is shown to whom it was handed on, as far as the holder says', async () => {
  await good('teal', '/provider/delegated', 'delegated-none')
  const teal = await see('desk', '/operator/organisations', async (page) => {
    const href = await page.locator('main .row-link', { hasText: 'Teal' }).first().getAttribute('href')
    return href?.split('/').at(-1) ?? ''
  })
  await see('tern', '/provider/networks', async (page) => {
    const range = ((await page.locator('main a.row-link').first().textContent()) ?? '').trim()
    await press(page, 'main a.row-link')
    await page.locator('summary').click()
    await page.locator('[name=ends_at]').fill('2027-01-31T00:00')
    await page.locator('[name=to]').fill(teal)
    await page.locator('[name=part]').fill(range)
    await page.locator('[name=sees]').selectOption('addresses')
    await press(page, 'button[value=delegate]')
  })
  const file = portal.demo.example_provider.files[1] ?? ''
  const { base_url: base, tokens } = portal.demo
  const submitted = await fetch(new URL('/v1/notices', base), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens.notifier}`,
      'content-type': 'application/json',
      'idempotency-key': 'r-1',
    },
    body: JSON.stringify({ regime: 'ntd_code', category: 'csam', legal_class: 'baseline', items: [{ url: file }] }),
  })
  expect(submitted.status).toBe(201)
  await expect
    .poll(() => see('teal', '/provider/delegated', (page) => page.locator('button[value=reveal]').count()), {
      timeout: 20_000,
    })
    .toBe(1)
  await good('teal', '/provider/delegated', 'delegated')
  await see('teal', '/provider/delegated', async (page) => {
    await press(page, 'button[value=reveal]')
    expect(await page.locator('[data-revealed]').textContent()).toContain('hxxp')
  })
})

test('the desk ends a network with a reason, and its holder reads why', async () => {
  const path = await see('desk', '/operator/organisations', async (page) => {
    await page.locator('main .row-link', { hasText: 'Gullwing' }).first().click()
    await page.waitForURL(/organisations\/org_/)
    return new URL(page.url()).pathname
  })
  await good('desk', path, 'desk-organisation')
  await see('desk', path, async (page) => {
    await press(page, 'button[value=end-network]')
    expect(await page.locator('#reason-end-network-complaint').count()).toBe(1)
    await page.locator('#reason-end-network').fill('The range was sold to another company.')
    await press(page, 'button[value=end-network]')
    expect(new URL(page.url()).searchParams.get('decided')).toBe('yes')
    expect(await page.locator('#end-network').count()).toBe(0)
  })
  await good('desk', '/operator', 'desk')
})
