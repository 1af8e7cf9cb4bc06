import { generateKey } from '@noticeline/sdk/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Demo, type RunningPortal, startPortal } from '../running/portal.ts'
import { type Cookies, openBrowser, press, signInWith, withPage } from './browser.ts'
import { checkPage } from './check-page.ts'
import { linkOf, tracesOf } from './demo.ts'

let portal: RunningPortal
let demo: Demo
let browser: Browser
let tern: Cookies
let baken: Cookies

beforeAll(async () => {
  portal = await startPortal()
  demo = portal.demo
  browser = await openBrowser()
  tern = await signInWith(browser, linkOf(demo, 'Tern Hosting'))
  baken = await signInWith(browser, linkOf(demo, 'Stichting Baken'))
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
})

async function good(page: Page, name: string): Promise<void> {
  // The receiver stands on the host that serves the files, and its own address is no item's.
  const traces = demo.example_provider.files.flatMap(tracesOf).filter((trace) => !trace.endsWith('/'))
  expect.soft(await checkPage(page, traces), name).toEqual([])
}

const at = (path: string) => new URL(path, demo.base_url).href

test('the endpoint of the example provider passes its rehearsal, by a button and without scripts', () =>
  withPage(browser, tern, { javaScriptEnabled: false }, async (page) => {
    await page.goto(at('/provider/endpoints'))
    await press(page, 'main .row-link')
    await press(page, 'button[value=rehearse]')
    await expect
      .poll(
        async () => {
          await page.reload()
          return page.locator('[data-step][data-result=waiting]').count()
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toBe(0)
    const results = await page
      .locator('[data-step]')
      .evaluateAll((steps) =>
        steps.map((step) => `${step.getAttribute('data-step')} ${step.getAttribute('data-result')}`),
      )
    expect(results).toEqual([
      'verification passed',
      'plain passed',
      'forged passed',
      'stranger passed',
      'notice passed',
      'again passed',
      'receipt passed',
      'clock passed',
      'report passed',
      'withdrawal passed',
    ])
  }))

test('pages about endpoints and deliveries are good in both themes and on a phone', () =>
  withPage(browser, tern, {}, async (page) => {
    await page.goto(at('/provider/endpoints'))
    await good(page, 'endpoints')
    await page.locator('main .row-link').first().click()
    await page.waitForURL(/endpoints\/end_/)
    await good(page, 'endpoint')
    await page.locator('#rehearsals a').first().click()
    await page.waitForURL(/rehearsals\/rhl_/)
    await good(page, 'rehearsal')
    await page.goto(at('/provider/deliveries'))
    await good(page, 'deliveries')
    await page.goto(at('/provider/endpoints/new'))
    await good(page, 'new-endpoint')
    await page.goto(at('/provider/programs'))
    await good(page, 'programs')
  }))

test('an endpoint is registered by hand: what is wrong is said beside its field, and what the receiver did in words', () =>
  withPage(browser, tern, { javaScriptEnabled: false }, async (page) => {
    await page.goto(at('/provider/endpoints/new'))
    await page.locator('[name=url]').fill('https://10.0.0.1/hook')
    await page.locator('[name=signing_keys]').fill('no key')
    await press(page, 'button[value=register]')
    expect(await page.locator('[role=alert] li').count()).toBe(1)
    const { privateJwk, publicJwk } = await generateKey('sig')
    await page.locator('[name=signing_keys]').fill(JSON.stringify({ keys: [privateJwk] }))
    await press(page, 'button[value=register]')
    expect(await page.locator('[role=alert] li').count()).toBe(2)
    expect(await page.locator('[name=url]').inputValue()).toBe('https://10.0.0.1/hook')
    await page.locator('[name=url]').fill(new URL('/nothing-here', demo.base_url).href)
    await page.locator('[name=signing_keys]').fill(JSON.stringify(publicJwk))
    await press(page, 'button[value=register]')
    expect(new URL(page.url()).pathname).toMatch(/^\/provider\/endpoints\/end_/)
    expect(await page.locator('main [role=alert]').textContent()).toMatch(/^\s*Niet bevestigd\.|^\s*Not verified\./)
    await press(page, 'button[value=rehearse]')
    expect(await page.locator('[data-step=verification]').getAttribute('data-result')).toBe('failed')
  }))

test('a token for a program is shown once, rotated and revoked, without scripts', () =>
  withPage(browser, baken, { javaScriptEnabled: false }, async (page) => {
    await page.goto(at('/notifier/programs'))
    await press(page, 'button[value=add]')
    expect(await page.locator('[role=alert] li').count()).toBe(2)
    await page.locator('[name=name]').fill('import at night')
    await page.locator('[name=scope][value="notices:write"]').check()
    await press(page, 'button[value=add]')
    const token = (await page.locator('[data-token]').textContent()) ?? ''
    expect(token.trim()).toMatch(/^nl_live_/)
    await page.goto(at('/notifier/programs'))
    expect(await page.content()).not.toContain(token.trim())
    const row = page.locator('tr', { hasText: 'import at night' })
    await row.locator('summary').click()
    await Promise.all([page.waitForEvent('load'), row.locator('button[value=rotate]').click()])
    expect(await page.locator('[data-token]').count()).toBe(1)
    const newest = page.locator('tr', { hasText: 'import at night' }).first()
    await newest.locator('summary').click()
    await Promise.all([page.waitForEvent('load'), newest.locator('button[value=revoke]').click()])
    expect(await page.locator('main [role=status]').count()).toBe(1)
  }))
