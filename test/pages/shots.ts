/**
 * Pictures of every page: `pnpm shots FOLDER`. Each in light and English, dark and Dutch, and both on a phone, where all
 * that folds is open. A page that is not in the list below is named at the end, so that none is forgotten.
 */
import { mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { openEmbedded } from '../../portal/ground/embedded.server.ts'
import { root } from '../architecture/tree.ts'
import { startPortal, until } from '../running/portal.ts'
import { startRegistryServer } from '../running/registry-server.ts'
import { openBrowser, withPage } from './browser.ts'
import { mailed, mailedCode, press, type Scene, type Side, setScene, stranger } from './scene.ts'

const looks = [
  { name: 'light', colorScheme: 'light', width: 1280, language: 'en' },
  { name: 'dark', colorScheme: 'dark', width: 1280, language: 'nl' },
  { name: 'phone', colorScheme: 'light', width: 360, language: 'en' },
  { name: 'phone-dark', colorScheme: 'dark', width: 360, language: 'nl' },
] as const

let folder = ''
let taken = 0
const shown = new Set<string>()

/** The page as it stands. */
async function shoot(page: Page, name: string, only?: (typeof looks)[number]): Promise<void> {
  for (const look of only ? [only] : looks) {
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width: look.width, height: 800 })
    await page.evaluate((open) => {
      // biome-ignore lint/suspicious/noExplicitAny: runs in the page, where there is a document
      for (const details of (globalThis as any).document.querySelectorAll('main details')) details.open = open
    }, look.width === 360)
    await page.screenshot({ path: join(folder, `${name}--${look.name}.png`), fullPage: true })
    taken += 1
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** A page by its address, in every look and both languages. `route`: the file it comes from. */
async function visit(scene: Scene, side: Side, route: string, path: string, name = route): Promise<void> {
  shown.add(route)
  await scene.see(side, path, async (page) => {
    for (const look of looks) {
      await page.context().addCookies([{ name: 'language', value: look.language, url: scene.demo.base_url }])
      await page.goto(scene.at(path))
      await shoot(page, `${side}-${name}`, look)
    }
  })
}

/** What is reached by doing something: in the language of whoever does it. */
async function walk(
  scene: Scene,
  side: Side,
  language: 'en' | 'nl',
  path: string,
  steps: (page: Page) => Promise<void>,
) {
  await withPage(scene.browser, scene.cookies[side], { viewport: { width: 1280, height: 800 } }, async (page) => {
    await page.context().addCookies([{ name: 'language', value: language, url: scene.demo.base_url }])
    await page.goto(scene.at(path))
    await steps(page)
    scene.cookies[side] = (await page.context().cookies()).filter((one) => one.name !== 'language')
  })
}

async function openPages(scene: Scene): Promise<void> {
  for (const [route, path] of [
    ['_index', '/'],
    ['sign-in', '/sign-in'],
    ['sign-in_.$token', '/sign-in/nothing'],
    ['join', '/join'],
    ['join_.$token', '/join/nothing'],
    ['claim.$token', '/claim/nothing'],
    ['invitation.$token', '/invitation/nothing'],
    ['confirm.$token', '/confirm/nothing'],
    ['mailbox-change.$token', '/mailbox-change/nothing'],
    ['network-proof_.$token', '/network-proof/nothing'],
    ['answer.$token', '/answer/nothing'],
    ['asked', '/asked'],
    ['mailbox', '/mailbox'],
    ['$', '/nothing-here'],
  ] as const) {
    await visit(scene, 'nobody', route, path)
  }
  await walk(scene, 'nobody', 'nl', '/asked', async (page) => {
    await page.fill('[name=number]', scene.notices.stranger)
    await page.fill('[name=domain]', 'wigeon.example')
    await press(page, 'main form button')
    await shoot(page, 'nobody-asked-yes')
    await page.fill('[name=domain]', 'tern.example')
    await press(page, 'main form button')
    await shoot(page, 'nobody-asked-no')
  })
}

/** A company that is written to answers, claims its record, and comes in as far as an endpoint. */
async function companyComesIn(scene: Scene): Promise<void> {
  const number = scene.notices.stranger
  await walk(scene, 'nobody', 'nl', scene.answerLink, async (page) => {
    await shoot(page, 'answer-1-number')
    await page.fill('[name=number]', 'ntc_wrong')
    await press(page, 'button[value=open]')
    await shoot(page, 'answer-1-wrong')
    await page.fill('[name=number]', number)
    await press(page, 'button[value=open]')
    await shoot(page, 'answer-2-asked')
    await press(page, 'button[value=elsewhere]')
    await shoot(page, 'answer-3-elsewhere')
    await press(page, 'button[value=open]')
    await press(page, 'button[value=cannot]')
    await shoot(page, 'answer-3-cannot')
    await press(page, 'button[value=open]')
    await press(page, 'button[value=gone]')
    await shoot(page, 'answer-3-gone')
    await press(page, 'button[value=already_unavailable]')
    await shoot(page, 'answer-4-since')
    await press(page, 'button[value=open]')
    await press(page, 'button[value=gone]')
    await press(page, 'button[value=content_removed]')
    await shoot(page, 'answer-5-done')
  })
  await walk(scene, 'nobody', 'en', scene.answerLink, async (page) => {
    await page.fill('[name=number]', number)
    await press(page, 'button[value=open]')
    await shoot(page, 'answer-6-later')
    await press(page, 'a[href^="/claim/"]')
    await shoot(page, 'claim-1')
    await page.fill('[name=personName]', 'Joost Hop')
    await press(page, 'main button[type=submit]')
    await shoot(page, 'claim-2-mailed')
  })
  const join = await mailed(scene.demo, stranger.mailbox, 'join')
  await walk(scene, 'wigeon', 'nl', join, async (page) => {
    await shoot(page, 'join-1-link')
    await page.check('[name=terms]')
    await press(page, 'main button[type=submit]')
    await shoot(page, 'join-2-start')
    await page.fill('[name=network]', 'not a network')
    await press(page, 'button[value=network]')
    await shoot(page, 'join-3-network-wrong')
    await page.fill('[name=network]', '127.0.98.7')
    await press(page, 'button[value=network]')
    await shoot(page, 'join-4-network-found')
    await page.goto(scene.at('/provider/contacts/new'))
    await page.fill('[name=email]', 'noc@wigeon.example')
    await press(page, 'main button[type=submit]')
    await shoot(page, 'contact-1-code')
    await page.fill('[name=code]', 'AAAA-AAAA')
    await press(page, 'button[value=confirm]')
    await shoot(page, 'contact-2-wrong')
    await page.fill('[name=code]', await mailedCode(scene.demo, 'noc@wigeon.example', /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/))
    await press(page, 'button[value=confirm]')
    await shoot(page, 'contact-3-confirmed')
  })
  await walk(scene, 'wigeon', 'en', '/provider/networks/new', async (page) => {
    await press(page, 'main button[type=submit]')
    await shoot(page, 'network-1-wrong')
    await page.check('[name=kind][value=cidr]').catch(() => page.selectOption('[name=kind]', 'cidr'))
    await page.fill('[name=what]', '127.0.10.64/29')
    await page
      .check('[name=proof][value=parent_consent]')
      .catch(() => page.selectOption('[name=proof]', 'parent_consent'))
    await press(page, 'main button[type=submit]')
    await shoot(page, 'network-2-asked')
    await page.goto(scene.at('/provider/networks/new'))
    await page.check('[name=kind][value=domain]').catch(() => page.selectOption('[name=kind]', 'domain'))
    await page.fill('[name=what]', 'wigeon.example')
    await page.check('[name=proof][value=dns_txt]').catch(() => page.selectOption('[name=proof]', 'dns_txt'))
    await press(page, 'main button[type=submit]')
    await shoot(page, 'network-3-token')
    await press(page, 'button[value=check]')
    await shoot(page, 'network-4-not-found')
  })
}

async function providerPages(scene: Scene): Promise<void> {
  for (const [route, path] of [
    ['provider.joining', '/provider/joining'],
    ['provider.company', '/provider/company'],
    ['provider.contacts._index', '/provider/contacts'],
    ['provider.contacts.new', '/provider/contacts/new'],
    ['provider.networks._index', '/provider/networks'],
    ['provider.networks.new', '/provider/networks/new'],
    ['provider.endpoints._index', '/provider/endpoints'],
    ['provider._index', '/provider'],
  ] as const) {
    await visit(scene, 'wigeon', route, path)
  }
  await walk(scene, 'tern', 'nl', '/provider/endpoints', async (page) => {
    await press(page, 'main .row-link')
    const endpoint = new URL(page.url()).pathname
    await press(page, 'button[value=rehearse]')
    await shoot(page, 'tern-rehearsal-runs')
    await until(async () => {
      await page.reload()
      return (await page.locator('[data-step][data-result=waiting]').count()) === 0
    }, 60_000)
    await visit(scene, 'tern', 'provider.rehearsals.$rehearsalId', new URL(page.url()).pathname)
    await page.goto(scene.at(endpoint))
    await press(page, 'button[value=pause]')
    await shoot(page, 'tern-endpoint-paused')
    await press(page, 'button[value=resume]')
    await shoot(page, 'tern-endpoint-resumed')
    await visit(scene, 'tern', 'provider.endpoints.$endpointId', endpoint)
    await page.goto(scene.at('/provider/deliveries'))
    await page.fill('[name=since]', '2030-01-01T00:00').catch(() => undefined)
    await press(page, 'button[value=recover]').catch(() => undefined)
    await shoot(page, 'tern-recover-wrong')
  })
  await walk(scene, 'gullwing', 'en', '/provider/deliveries', async (page) => {
    await shoot(page, 'gullwing-deliveries')
    await page
      .locator('main summary')
      .first()
      .click()
      .catch(() => undefined)
    await press(page, 'button[value=resend]').catch(() => undefined)
    await shoot(page, 'gullwing-resent')
  })
  await walk(scene, 'tern', 'en', '/provider/networks', async (page) => {
    await page.locator('main .row-link').first().click()
    await page.waitForURL(/networks\/[a-z]{3}_/)
    await visit(scene, 'tern', 'provider.networks.$networkId', new URL(page.url()).pathname)
    await page.goto(scene.at('/provider/contacts'))
    await page.locator('main .row-link').first().click()
    await page.waitForURL(/contacts\/[a-z]{3}_/)
    await visit(scene, 'tern', 'provider.contacts.$contactId', new URL(page.url()).pathname)
    await page.goto(scene.at('/provider/programs'))
    await page.fill('[name=name]', 'import at night')
    await page.locator('[name=scope]').first().check()
    await press(page, 'button[value=add]')
    await shoot(page, 'tern-program-token')
    await page.goto(scene.at('/provider/people'))
    await page.fill('#email', 'kim@tern.example')
    await page.getByRole('button', { name: 'Send the invitation' }).click()
    await page.waitForLoadState('networkidle')
    await shoot(page, 'tern-invited')
  })
  for (const [side, route, path] of [
    ['tern', 'provider._index', '/provider'],
    ['mudlark', 'provider._index', '/provider'],
    ['mudlark', 'provider.joining', '/provider/joining'],
    ['mudlark', 'provider.items.$itemId', `/provider/items/${scene.items.open}`],
    ['tern', 'provider.networks._index', '/provider/networks'],
    ['tern', 'provider.contacts._index', '/provider/contacts'],
    ['tern', 'provider.endpoints._index', '/provider/endpoints'],
    ['tern', 'provider.endpoints.new', '/provider/endpoints/new'],
    ['tern', 'provider.deliveries', '/provider/deliveries'],
    ['tern', 'provider.programs', '/provider/programs'],
    ['tern', 'provider.people', '/provider/people'],
    ['tern', 'provider.delegated', '/provider/delegated'],
    ['tern', 'account._index', '/account'],
    ['tern', 'account.second-factor', '/account/second-factor'],
    ['tern', 'account.organisations', '/account/organisations'],
    ['tern', 'second-factor', '/second-factor'],
  ] as const) {
    await visit(scene, side, route, path)
  }
  await visit(scene, 'mudlark', 'provider.items.$itemId', `/provider/items/${scene.items.refused}`, 'item-refused')
  await visit(scene, 'tern', 'provider.items.$itemId', `/provider/items/${scene.items.removed}`, 'item-removed')
  const report = `/provider/items/${scene.items.open}?outcome=access_disabled`
  await visit(scene, 'mudlark', 'provider.items.$itemId', report, 'item-report')
  await visit(scene, 'tern', 'operator', '/operator', 'forbidden')
  await visit(
    scene,
    'nobody',
    'invitation.$token',
    await mailed(scene.demo, 'kim@tern.example', 'invitation'),
    'invited',
  )
}

async function notifierAndDesk(scene: Scene): Promise<void> {
  const { notices } = scene
  for (const [side, route, path, name] of [
    ['baken', 'notifier.notices._index', '/notifier/notices'],
    ['baken', 'notifier.notices.new', '/notifier/notices/new'],
    ['baken', 'notifier.notices.$noticeId', `/notifier/notices/${notices.removed}`],
    ['baken', 'notifier.notices.$noticeId', `/notifier/notices/${notices.many}`, 'notice-many'],
    ['baken', 'notifier.notices.$noticeId', `/notifier/notices/${notices.unknown}`, 'notice-unknown'],
    ['baken', 'notifier.notices.$noticeId', `/notifier/notices/${notices.stranger}`, 'notice-stranger'],
    ['baken', 'notifier.company', '/notifier/company'],
    ['baken', 'notifier.people', '/notifier/people'],
    ['baken', 'notifier.programs', '/notifier/programs'],
    ['oever', 'notifier.company', '/notifier/company'],
    ['oever', 'notifier.electronic-service', '/notifier/electronic-service'],
    ['desk', 'operator._index', '/operator'],
    ['desk', 'operator.admissions', '/operator/admissions'],
    ['desk', 'operator.organisations._index', '/operator/organisations'],
    ['desk', 'operator.organisations.new', '/operator/organisations/new'],
    ['desk', 'operator.networks', '/operator/networks'],
    ['desk', 'operator.deliveries', '/operator/deliveries'],
    ['desk', 'operator.tasks', '/operator/tasks'],
    ['desk', 'operator.mails', '/operator/mails'],
    ['desk', 'operator.audit', '/operator/audit'],
    ['desk', 'operator.people', '/operator/people'],
  ] as const) {
    await visit(scene, side, route, path, name)
  }
  await walk(scene, 'desk', 'nl', '/operator/organisations', async (page) => {
    await page.locator('main .row-link', { hasText: 'Wigeon' }).first().click()
    await page.waitForURL(/organisations\/org_/)
    await visit(scene, 'desk', 'operator.organisations.$orgId', new URL(page.url()).pathname)
    await press(page, '#decide button[value=admit]')
    await shoot(page, 'desk-admit-without-reason')
  })
}

/** Who showed who they are within ten minutes is not asked again: these were here an hour ago. */
async function afterAnHour(scene: Scene, dataDir: string): Promise<void> {
  const { connection } = await openEmbedded({ dataDir })
  const client = new pg.Client(connection)
  await client.connect()
  await client.query("update sessions set confirmed_at = confirmed_at - interval '1 hour'")
  await client.end()
  await visit(scene, 'tern', 'account.confirm', '/account/confirm')
  await walk(scene, 'tern', 'nl', '/account/confirm', async (page) => {
    await press(page, 'main form button')
    await shoot(page, 'tern-confirm-sent')
    await page.goto(scene.at('/provider/programs'))
    await shoot(page, 'tern-programs-not-fresh')
  })
}

/** Pages that are nothing to look at: frames, and addresses that only send on. */
const without = ['notifier', 'notifier._index', 'operator', 'preferences', 'provider', 'sign-out']

const unknownRoutes = () =>
  readdirSync(join(root, 'portal/app/routes'))
    .map((name) => name.replace(/\.tsx?$/, ''))
    .filter((name) => !shown.has(name) && !without.includes(name))

export async function takeShots(into: string): Promise<void> {
  folder = resolve(into)
  mkdirSync(folder, { recursive: true })
  const registry = await startRegistryServer(stranger)
  const portal = await startPortal({ env: { NOTICELINE_RDAP_BOOTSTRAP: registry.bootstrap } })
  const browser = await openBrowser()
  try {
    const scene = await setScene(portal.demo, browser)
    for (const part of [openPages, companyComesIn, providerPages, notifierAndDesk]) {
      await part(scene)
      console.info(`${part.name}: ${taken} pictures so far`)
    }
    await afterAnHour(scene, portal.dataDir)
    console.info(`${taken} pictures of ${shown.size} pages in ${folder}`)
    const left = unknownRoutes()
    if (left.length > 0) throw new Error(`Without a picture: ${left.join(', ')}`)
  } finally {
    await browser.close()
    await portal.stop()
    await registry.stop()
  }
}
