/** A portal in the middle of its work, and who is signed in there: what the pictures of the pages are taken of. */
import type { Browser, Page } from 'playwright-core'
import { headlineOf, readNotice, submitNotice } from '../running/client.ts'
import { type Demo, until } from '../running/portal.ts'
import { type Cookies, signInWith, withPage } from './browser.ts'
import { linkOf } from './demo.ts'

export const sides = {
  tern: 'Tern Hosting',
  mudlark: 'Mudlark Servers',
  gullwing: 'Gullwing',
  teal: 'Teal',
  baken: 'Stichting Baken',
  oever: 'Authority Oever',
  desk: 'Noticeline desk',
} as const

export type Side = keyof typeof sides | 'wigeon' | 'nobody'

/** Somebody whose mailbox the registry names for 127.0.98.0/24, and who never heard of us. */
export const stranger = { name: 'Wigeon Networks B.V.', mailbox: 'abuse@wigeon.example' }

export interface Scene {
  demo: Demo
  browser: Browser
  cookies: Record<Side, Cookies>
  /** Notices by what became of them. */
  notices: { removed: string; refused: string; open: string; many: string; unknown: string; stranger: string }
  items: { removed: string; refused: string; open: string }
  answerLink: string
  at(path: string): string
  see<T>(side: Side, path: string, work: (page: Page) => Promise<T>): Promise<T>
}

export async function setScene(demo: Demo, browser: Browser): Promise<Scene> {
  const cookies = { wigeon: [], nobody: [] } as unknown as Record<Side, Cookies>
  for (const [side, name] of Object.entries(sides)) {
    cookies[side as Side] = await signInWith(browser, linkOf(demo, name))
  }
  const at = (path: string) => new URL(path, demo.base_url).href
  const see: Scene['see'] = (side, path, work) =>
    withPage(browser, cookies[side], { viewport: { width: 1280, height: 900 } }, async (page) => {
      await page.goto(at(path))
      return work(page)
    })
  const [mudlark, tern] = [demo.open_provider.files, demo.example_provider.files]
  const removed = await submit(demo, [tern[1] ?? ''], 'BAKEN-2026-0411')
  const refused = await submit(demo, [mudlark[0] ?? ''], 'BAKEN-2026-0412')
  const open = await submit(demo, [mudlark[1] ?? ''], 'BAKEN-2026-0413')
  const many = await submit(demo, [mudlark[2], mudlark[3], tern[2]].map(String), 'BAKEN-2026-0414')
  const unknown = await submit(demo, ['http://cust9.nobody.example/a/b.jpg'], 'BAKEN-2026-0415', '127.0.97.4')
  const asked = await submit(demo, ['http://cust7.wigeon.example/a/b.jpg'], 'BAKEN-2026-0416', '127.0.98.7')
  await see('mudlark', `/provider/items/${refused.item}?outcome=refused`, async (page) => {
    await page.locator('[name=received_number]').first().fill(refused.notice)
    await press(page, 'button[value=receive]')
    await page.goto(at(`/provider/items/${refused.item}?outcome=refused`))
    await page.locator('[name=reason]').selectOption('disputes_illegality')
    await page.locator('[name=number]').fill(refused.notice)
    await press(page, 'button[value=report]')
  })
  await headlineOf(demo, refused.notice, 'refused')
  await headlineOf(demo, removed.notice, 'removed_verified')
  const answerLink = await mailed(demo, stranger.mailbox, 'answer')
  return {
    demo,
    browser,
    cookies,
    at,
    see,
    answerLink,
    notices: {
      removed: removed.notice,
      refused: refused.notice,
      open: open.notice,
      many: many.notice,
      unknown: unknown.notice,
      stranger: asked.notice,
    },
    items: { removed: removed.item, refused: refused.item, open: open.item },
  }
}

async function submit(demo: Demo, urls: string[], reference: string, ip?: string) {
  const items = urls.map((url) => ({ url, scope: 'file', ...(ip ? { ip } : {}) }))
  const submitted = await submitNotice(demo, [], { items, reference })
  if (submitted.status >= 300) throw new Error(`The notice was refused: ${submitted.text}`)
  const notice: string = submitted.body.id
  const { body } = await readNotice(demo, notice)
  return { notice, item: body.items[0].id as string }
}

/** Presses what leads on, with scripts: until nothing more comes in. */
export async function press(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().click({ timeout: 10_000 })
  await page.waitForTimeout(300)
  await page.waitForLoadState('networkidle')
  // What the page says of itself comes after what the action answered.
  await page.waitForTimeout(300)
}

/** The path of the newest link of that kind that was mailed to this mailbox. */
export async function mailed(demo: Demo, to: string, kind: string): Promise<string> {
  const link = new RegExp(`/${kind}/[\\w.-]+`)
  let found: string | undefined
  await until(async () => {
    const mails = (await (await fetch(demo.mail_url)).text()).split('data-mail="')
    const fitting = mails.find((mail) => mail.startsWith(`${to}"`) && link.test(mail))
    found = fitting && link.exec(fitting)?.[0]
    return found !== undefined
  }, 60_000)
  return found ?? ''
}

/** The newest code that was mailed to this mailbox. */
export async function mailedCode(demo: Demo, to: string, pattern: RegExp): Promise<string> {
  let found: string | undefined
  await until(async () => {
    const mails = (await (await fetch(demo.mail_url)).text()).split('data-mail="')
    const fitting = mails.find((mail) => mail.startsWith(`${to}"`) && pattern.test(mail))
    found = fitting && pattern.exec(fitting)?.[0]
    return found !== undefined
  }, 60_000)
  return found ?? ''
}
