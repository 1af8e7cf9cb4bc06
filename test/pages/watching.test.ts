import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbedded } from '../../portal/ground/embedded.server.ts'
import { call } from '../running/client.ts'
import { type RunningPortal, startPortal, until } from '../running/portal.ts'
import { type Cookies, openBrowser, press, signInWith, withPage } from './browser.ts'
import { checkPage } from './check-page.ts'
import { linkOf, tracesOf } from './demo.ts'

let portal: RunningPortal
let browser: Browser
let desk: Cookies

beforeAll(async () => {
  portal = await startPortal({ env: { NOTICELINE_METRICS_PORT: '0' } })
  browser = await openBrowser()
  desk = await signInWith(browser, linkOf(portal.demo, 'Noticeline desk'))
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
})

const at = (path: string) => new URL(path, portal.demo.base_url).href

async function good(page: Page, name: string): Promise<void> {
  const traces = portal.demo.example_provider.files.flatMap(tracesOf).filter((trace) => !trace.endsWith('/'))
  expect.soft(await checkPage(page, traces), name).toEqual([])
}

test('the desk sees how delivery is doing, and the keys of the platform', () =>
  withPage(browser, desk, {}, async (page) => {
    await page.goto(at('/operator'))
    expect(await page.locator('#queue dd').count()).toBeGreaterThanOrEqual(5)
    await good(page, 'desk')
    await page.goto(at('/operator/keys'))
    expect(await page.locator('tbody tr').count()).toBe(1)
    await good(page, 'keys')
  }))

test('a key is revoked by whoever types how it begins, without scripts; the archive says so to everybody', () =>
  withPage(browser, desk, { javaScriptEnabled: false }, async (page) => {
    await page.goto(at('/operator/keys'))
    await page.locator('[name=kid]').fill('wrong')
    await press(page, '#replace button')
    expect(await page.locator('main [role=alert]').count()).toBe(1)
    const archive = async () => (await call('GET', at('/.well-known/jwks-archive.json'), null)).body.keys
    const [{ kid }] = await archive()
    await page.locator('[name=kid]').fill(kid.slice(0, 8))
    await press(page, '#replace button')
    expect(await page.locator('main [role=status]').count()).toBe(1)
    const keys = await archive()
    expect(keys.map((key: { revoked_at: string | null }) => key.revoked_at === null)).toEqual([false, true])
    const published = (await call('GET', at('/.well-known/jwks.json'), null)).body.keys
    expect(published.map((key: { kid: string }) => key.kid)).toEqual([keys[1].kid])
  }))

test('our own outage stands beside the clock that ran in it, for the notifier and for the provider', async () => {
  const { connection } = await openEmbedded({ dataDir: portal.dataDir })
  const client = new pg.Client(connection)
  await client.connect()
  const open = `select a.notice_id, a.item_id from addressees a join notices n on n.id = a.notice_id
    where n.reference = 'DEMO-2' and a.offered_at < now()`
  await until(async () => (await client.query(open)).rowCount === 1, 30_000)
  const { rows } = await client.query(open)
  await client.query("insert into outages values ('otg_page', 'portal', now() - interval '2 minutes', now())")
  await client.end()
  const [{ notice_id: noticeId, item_id: itemId }] = rows
  for (const [whose, path] of [
    ['Stichting Baken', `/notifier/notices/${noticeId}`],
    ['Gullwing', `/provider/items/${itemId}`],
  ] as const) {
    const cookies = await signInWith(browser, linkOf(portal.demo, whose))
    await withPage(browser, cookies, {}, async (page) => {
      await page.goto(at(path))
      expect(await page.locator('[data-outage=portal]').count(), whose).toBe(1)
      await good(page, `outage, ${whose}`)
    })
  }
})
