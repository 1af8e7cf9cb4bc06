/** The main ways, with Tab, Enter, Space and the arrow keys alone: every stop is seen, none holds the keyboard back. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readNotice, submitNotice } from '../running/client.ts'
import { type RunningPortal, startPortal, until } from '../running/portal.ts'
import { type Cookies, openBrowser, signInWith, withPage } from './browser.ts'
import { linkOf } from './demo.ts'

let portal: RunningPortal
let browser: Browser
let mudlark: Cookies

beforeAll(async () => {
  portal = await startPortal()
  browser = await openBrowser()
  mudlark = await signInWith(browser, linkOf(portal.demo, 'Mudlark Servers'))
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
})

const at = (path: string) => new URL(path, portal.demo.base_url).href

interface Stop {
  /** What has the keyboard, by its place in the page; -1: the page itself. */
  place: number
  said: string
  seen: boolean
  /** In the head of the page, how far down its middle is. */
  inHead: boolean
  top: number
}

/** What has the keyboard now, and whether somebody who looks can tell. */
function stop(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return { place: -1, said: '', seen: true, inHead: false, top: 0 }
    const { width, height, top, left, bottom, right } = element.getBoundingClientRect()
    const look = getComputedStyle(element)
    const inside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth
    return {
      place: [...document.querySelectorAll('*')].indexOf(element),
      said: element.outerHTML.slice(0, 90),
      seen: inside && width > 0 && height > 0 && (look.outlineStyle !== 'none' || look.boxShadow !== 'none'),
      inHead: element.closest('.masthead') !== null,
      top: Math.round((top + bottom) / 2),
    }
  })
}

/** Whatever can be reached by Tab, by its place in the page; of a group of choices, one. */
function reachable(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('*')]
    const groups = new Set<string>()
    return all.flatMap((element, place) => {
      const isStop = element.matches('a[href], button, input:not([type=hidden]), select, textarea, summary')
      if (!isStop || (element as HTMLButtonElement).disabled || (element as HTMLElement).tabIndex < 0) return []
      if (!element.checkVisibility({ visibilityProperty: true })) return []
      if (element instanceof HTMLInputElement && element.type === 'radio') {
        if (groups.has(element.name)) return []
        groups.add(element.name)
        return element.form?.querySelector(`input[name="${element.name}"]:checked`)
          ? [all.indexOf(element.form.querySelector(`input[name="${element.name}"]:checked`) as Element)]
          : [place]
      }
      return [place]
    })
  })
}

/** Tab to the end of the page and out of it. A field for a date has several stops of its own. */
async function walkThrough(page: Page): Promise<Stop[]> {
  const stops: Stop[] = []
  for (let presses = 0; presses < 250; presses += 1) {
    await page.keyboard.press('Tab')
    const here = await stop(page)
    if (here.place === -1 || here.place === stops[0]?.place) return stops
    if (here.place !== stops.at(-1)?.place) stops.push(here)
  }
  throw new Error(`The keyboard does not get out of ${new URL(page.url()).pathname}`)
}

/** On by Tab to this, as often as it takes. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab')
    const here = await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)
    if (here) return
  }
  throw new Error(`Tab does not lead to ${selector} in ${new URL(page.url()).pathname}`)
}

const isOn = (page: Page, pattern: RegExp) => until(() => pattern.test(page.url()), 15_000)
const says = (page: Page, selector: string) => page.locator(selector).first().waitFor({ timeout: 15_000 })

async function noticeFor(file: string) {
  const submitted = await submitNotice(portal.demo, [file])
  const { body } = await readNotice(portal.demo, submitted.body.id)
  return { notice: submitted.body.id as string, item: body.items[0].id as string }
}

test('on every page of the main ways Tab leads through all there is in its order, is seen, and leads out again', async () => {
  const { item } = await noticeFor(portal.demo.open_provider.files[0] ?? '')
  const pages: [Cookies, string][] = [
    [[], '/'],
    [[], '/sign-in'],
    [[], '/join'],
    [[], '/asked'],
    [mudlark, '/provider'],
    [mudlark, `/provider/items/${item}`],
    [mudlark, `/provider/items/${item}?outcome=access_disabled`],
    [mudlark, '/provider/joining'],
    [mudlark, '/provider/contacts/new'],
    [mudlark, '/provider/networks/new'],
    [mudlark, '/provider/endpoints/new'],
    [mudlark, '/provider/programs'],
    [mudlark, '/provider/company'],
    [mudlark, '/account'],
  ]
  for (const [cookies, path] of pages) {
    await withPage(browser, cookies, { viewport: { width: 1280, height: 900 } }, async (page) => {
      await page.goto(at(path))
      const wanted = await reachable(page)
      const stops = await walkThrough(page)
      const places = stops.map(({ place }) => place)
      expect.soft(stops[0]?.said, path).toContain('class="skip"')
      expect
        .soft(
          stops.filter(({ seen }) => !seen).map(({ said }) => said),
          path,
        )
        .toEqual([])
      expect
        .soft(
          wanted.filter((place) => !places.includes(place)),
          `${path}: out of reach`,
        )
        .toEqual([])
      const tops = stops.filter(({ inHead }) => inHead).map(({ top }) => top)
      expect.soft(tops, `${path}: the head, from above`).toEqual([...tops].sort((one, other) => one - other))
      expect.soft(places, `${path}: order`).toEqual([...places].sort((one, other) => one - other))
    })
  }
}, 120_000)

test('somebody signs in, from the page to the mailed link', () =>
  withPage(browser, [], {}, async (page) => {
    await page.goto(at('/sign-in'))
    await tabTo(page, '[name=email]')
    await page.keyboard.type('cass@mudlark.example')
    await page.keyboard.press('Enter')
    await says(page, 'main [role=status]')
    await page.goto(at('/mailbox'))
    await says(page, 'main li[data-mail="cass@mudlark.example"] a[href*="/sign-in/"]')
    await tabTo(page, 'main li[data-mail="cass@mudlark.example"] a[href*="/sign-in/"]')
    await page.keyboard.press('Enter')
    await isOn(page, /sign-in\//)
    await tabTo(page, 'main form button')
    await page.keyboard.press('Space')
    await isOn(page, /\/provider$/)
  }))

test('a notice is answered from the mail', async () => {
  const { notice } = await noticeFor(portal.demo.open_provider.files[1] ?? '')
  await withPage(browser, [], {}, async (page) => {
    let link = ''
    await until(async () => {
      const mails = (await (await fetch(at('/mailbox'))).text()).split('data-mail="')
      const own = mails.find((mail) => mail.startsWith('abuse@mudlark.example"') && mail.includes(notice))
      link = (own?.split(notice).at(-1) ?? '').match(/\/answer\/[\w.-]+/)?.[0] ?? ''
      return link !== ''
    }, 30_000)
    await page.goto(at(link))
    await tabTo(page, '[name=number]')
    await page.keyboard.type(notice)
    await page.keyboard.press('Enter')
    await says(page, 'button[value=gone]')
    await tabTo(page, 'button[value=gone]')
    await page.keyboard.press('Enter')
    await says(page, 'button[value=content_removed]')
    await tabTo(page, 'button[value=content_removed]')
    await page.keyboard.press('Space')
    await says(page, '[data-outcome=content_removed]')
  })
}, 60_000)

test('an item is handled: from the inbox to a report, with a choice by the arrow keys', async () => {
  const { notice, item } = await noticeFor(portal.demo.open_provider.files[2] ?? '')
  await withPage(browser, mudlark, {}, async (page) => {
    await page.goto(at('/provider'))
    await tabTo(page, `a[href="/provider/items/${item}"]`)
    await page.keyboard.press('Enter')
    await isOn(page, new RegExp(item))
    await says(page, 'a[href*="outcome=refused"]')
    await tabTo(page, 'a[href*="outcome=refused"]')
    await page.keyboard.press('Enter')
    await isOn(page, /outcome=refused/)
    await tabTo(page, 'select[name=reason]')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, '[name=number]')
    await page.keyboard.type(notice)
    await page.keyboard.press('Enter')
    await isOn(page, /reported=|items\/itm_[^?]*$|\?(?!outcome)/)
    await until(async () => (await readNotice(portal.demo, notice)).body.items[0].headline === 'refused', 20_000)
  })
}, 60_000)

test(
  'a contact, an endpoint and a network are added',
  () =>
    withPage(browser, mudlark, {}, async (page) => {
      await page.goto(at('/provider/contacts/new'))
      await tabTo(page, '[name=email]')
      await page.keyboard.type('night@mudlark.example')
      await tabTo(page, '[name=purposes]')
      await page.keyboard.press('Space')
      await page.keyboard.press('Space')
      await tabTo(page, 'main form button[type=submit]')
      await page.keyboard.press('Enter')
      await isOn(page, /contacts\/ctc_/)

      await page.goto(at('/provider/endpoints/new'))
      await tabTo(page, 'select[name=how]')
      await page.keyboard.press('ArrowDown')
      await tabTo(page, 'button[value=register]')
      await page.keyboard.press('Enter')
      await isOn(page, /endpoints\/end_/)

      await page.goto(at('/provider/networks/new'))
      await tabTo(page, '[name=kind]')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await tabTo(page, '[name=what]')
      await page.keyboard.type('mudlark.example')
      await tabTo(page, '[name=proof]')
      for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await tabTo(page, 'main form button[type=submit]')
      await page.keyboard.press('Enter')
      await isOn(page, /networks\/ncl_/)
    }),
  60_000,
)
