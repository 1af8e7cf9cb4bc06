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
const cookies = { nobody: [] as Cookies, provider: [] as Cookies, operator: [] as Cookies }

beforeAll(async () => {
  const given = process.env['NOTICELINE_DEMO_FILE']
  if (!given) portal = await startPortal()
  demo = portal?.demo ?? JSON.parse(readFileSync(given ?? '', 'utf8'))
  browser = await openBrowser()
  cookies.provider = await signInWith(browser, linkOf(demo, 'Teal'))
  cookies.operator = await signInWith(browser, linkOf(demo, 'Noticeline desk'))
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
})

function see<T>(who: keyof typeof cookies, path: string, work: (page: Page) => Promise<T>, scripts = true) {
  return withPage(browser, cookies[who], { javaScriptEnabled: scripts }, async (page) => {
    await page.goto(new URL(path, demo.base_url).href)
    return work(page)
  })
}

/** What was mailed to a mailbox last, as somebody who reads the demo's mailbox sees it: a paragraph ends where it ends. */
async function mailed(mailbox: string): Promise<{ code: string; link: string }> {
  const found = { code: '', link: '' }
  await until(
    () =>
      see('nobody', '/mailbox', async (page) => {
        const paragraphs = page.locator(`[data-mail="${mailbox}"]`).first().locator('p')
        const text = (await paragraphs.allTextContents()).join('\n')
        found.code = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(text)?.[0] ?? ''
        found.link = /\S+\/confirm\/\S+/.exec(text)?.[0] ?? ''
        return found.code !== '' && found.link !== ''
      }),
    30_000,
  )
  return found
}

/** Adds a contact without scripts, and answers its page's path. */
function added(mailbox: string): Promise<string> {
  return see(
    'provider',
    '/provider/contacts/new',
    async (page) => {
      await page.locator('[name=email]').fill(mailbox)
      await press(page, 'main button.button-lead')
      return new URL(page.url()).pathname
    },
    false,
  )
}

describe('contacts, without scripts', () => {
  test('one is added with hours, a mistake keeps what was typed, and its code is brought back', async () => {
    const mailbox = `night${Date.now()}@teal.example`
    const path = await see(
      'provider',
      '/provider/contacts',
      async (page) => {
        await press(page, 'a[href="/provider/contacts/new"]')
        await page.locator('[name=email]').fill('nobody')
        await page.locator('[name=hours][value=weekly]').check()
        await page.locator('[name=mo-from]').fill('09:00')
        await page.locator('[name=mo-until]').fill('17:30')
        await press(page, 'main button.button-lead')
        expect(await page.locator('#email-complaint').count()).toBe(1)
        expect(await page.locator('[name=mo-from]').inputValue()).toBe('09:00')
        await page.locator('[name=email]').fill(mailbox)
        await press(page, 'main button.button-lead')
        expect(await page.locator('[role=status]').count()).toBe(1)
        await page.locator('[name=code]').fill('ZZZZ-ZZZZ')
        await press(page, 'button[value=confirm]')
        expect(await page.locator('#code-complaint').textContent()).toContain('9')
        return new URL(page.url()).pathname
      },
      false,
    )
    const { code } = await mailed(mailbox)
    await see(
      'provider',
      path,
      async (page) => {
        expect(await page.locator('[name=mo-until]').inputValue()).toBe('17:30')
        await page.locator('[name=code]').fill(code.toLowerCase())
        await press(page, 'button[value=confirm]')
        expect(new URL(page.url()).searchParams.get('done')).toBe('confirmed')
        await press(page, '.crumb')
        const row = page.locator('tr', { hasText: mailbox })
        const place = Number(await row.locator('td').first().textContent())
        await Promise.all([page.waitForEvent('load'), row.locator('button[name=position]').first().click()])
        expect(Number(await page.locator('tr', { hasText: mailbox }).locator('td').first().textContent())).toBe(
          place - 1,
        )
      },
      false,
    )
  })

  test('the link in the mail changes nothing when it is opened, and counts once when it is pressed', async () => {
    const mailbox = `desk${Date.now()}@teal.example`
    const path = await added(mailbox)
    const { link } = await mailed(mailbox)
    for (let opened = 0; opened < 3; opened += 1)
      await see('nobody', link, (page) => page.locator('main button').waitFor(), false)
    const state = () => see('provider', path, (page) => page.locator('.page-heading .badge').textContent(), false)
    expect(await state()).toBe('Not confirmed')
    await see(
      'nobody',
      link,
      async (page) => {
        await press(page, 'main button')
        expect(await page.locator('.banner.tone-good').count()).toBe(1)
        await page.goto(link)
        expect(await page.locator('main button').count()).toBe(0)
      },
      false,
    )
    expect(await state()).not.toBe('Not confirmed')
  })

  test('the last one that works is not removed', () =>
    see(
      'provider',
      '/provider/contacts',
      async (page) => {
        const links = await page.locator('a.row-link').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
        let refused = 0
        for (const link of links) {
          await page.goto(new URL(link ?? '', demo.base_url).href)
          await page.locator('details summary').click()
          await press(page, 'button[value=remove]')
          refused += await page.locator('[role=alert]').count()
        }
        expect(refused).toBe(1)
        await page.goto(new URL('/provider/contacts', demo.base_url).href)
        expect(await page.locator('a.row-link').count()).toBe(1)
      },
      false,
    ))
})

test('every page of it is good in both themes and on a phone', async () => {
  const mailbox = `pages${Date.now()}@teal.example`
  const path = await added(mailbox)
  const { link } = await mailed(mailbox)
  const pages = [
    ['provider', '/provider/contacts'],
    ['provider', '/provider/contacts/new'],
    ['provider', path],
    ['nobody', link],
    ['nobody', '/confirm/nothing'],
    ['operator', '/operator/tasks'],
  ] as const
  for (const [who, at] of pages) {
    const complaints = await see(who, at, (page) => checkPage(page))
    expect({ at, complaints }).toEqual({ at, complaints: [] })
  }
})
