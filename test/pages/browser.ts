/** A browser that comes inside a package, and people signed in with it. */
import { mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import sparticuz from '@sparticuz/chromium'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { withLock } from '../../portal/ground/embedded-processes.server.ts'

// One process for everything does not survive the closing of a page, and the same-origin rule is part of what is tested.
const unwanted = /^--(single-process|no-zygote|disable-web-security)/

// The package unpacks its browser into the folder for temporary files and takes what it finds there: each user has one.
const unpackedAt = join(tmpdir(), `noticeline-browser-${userInfo().uid}`)

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await unpacked(),
    args: sparticuz.args.filter((arg) => !unwanted.test(arg)),
    headless: true,
  })
}

/** Unpacked by one at a time: whoever finds the file takes it, also a half of it. */
async function unpacked(): Promise<string> {
  mkdirSync(unpackedAt, { recursive: true, mode: 0o700 })
  while (true) {
    const path = await withLock(join(unpackedAt, 'lock'), unpack)
    if (path !== 'held-by-another') return path
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function unpack(): Promise<string> {
  const usual = process.env['TMPDIR']
  process.env['TMPDIR'] = unpackedAt
  try {
    return await sparticuz.executablePath()
  } finally {
    if (usual === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = usual
  }
}

export type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>

/** Follows a mailed link as a person does: opens it, then presses the button. The cookies are theirs afterwards. */
export async function signInWith(browser: Browser, signInUrl: string): Promise<Cookies> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(signInUrl)
    await press(page, 'main form button[type=submit]')
    return await context.cookies()
  } finally {
    await context.close()
  }
}

/** Presses what leads to another page, and waits until that page is there. */
export async function press(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.locator(selector).click()])
}

export async function withPage<T>(
  browser: Browser,
  cookies: Cookies,
  options: BrowserContextOptions,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext(options)
  try {
    if (cookies.length > 0) await context.addCookies(cookies)
    return await work(await context.newPage())
  } finally {
    await context.close()
  }
}
