/** A company with a mailbox and nothing else: a mail through a real server, a phone without scripts, three taps. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { authenticate } from 'mailauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, press, signInWith, withPage } from '../pages/browser.ts'
import { checkPage } from '../pages/check-page.ts'
import { linkOf } from '../pages/demo.ts'
import { headlineOf, readNotice, submitNotice } from '../running/client.ts'
import { type Letter, type MailServer, signingKey, startMailServer } from '../running/mail-server.ts'
import { freshDataDir, type RunningPortal, startPortal, until } from '../running/portal.ts'

const dataDir = freshDataDir()
const incoming = join(dataDir, 'incoming')
const key = signingKey()
/** An old phone: small, and without scripts. */
const phone = { javaScriptEnabled: false, viewport: { width: 360, height: 640 } }
const traces = ['cust9', 'quiet-place', '127.0.60.9', 'teal.example/']

interface Mailed {
  noticeId: string
  letter: Letter
  link: string
}

interface Standing {
  delivery: unknown
  handling: unknown
  clock: unknown
  headline: unknown
}

let portal: RunningPortal
let mail: MailServer
let browser: Browser

beforeAll(async () => {
  mail = await startMailServer()
  for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(incoming, name), { recursive: true })
  writeFileSync(join(dataDir, 'dkim.pem'), key.pem)
  const env = {
    NOTICELINE_SMTP_URL: mail.url,
    NOTICELINE_MAIL_RETURN: 'bounce@noticeline.example',
    NOTICELINE_MAIL_INCOMING: incoming,
    NOTICELINE_DKIM_KEY: join(dataDir, 'dkim.pem'),
    NOTICELINE_DKIM_SELECTOR: 'line',
  }
  portal = await startPortal({ dataDir, env })
  browser = await openBrowser()
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await portal?.stop()
  await mail?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

let made = 0

/** A notice about files of a company, and the mail about it. */
async function mailedNotice(count: number, at = { host: 'teal.example', ip: '127.0.60.9' }): Promise<Mailed> {
  const items = Array.from({ length: count }, () => ({
    url: `http://cust9.${at.host}/quiet-place/${++made}.jpg`,
    ip: at.ip,
    scope: 'file',
  }))
  const submitted = await submitNotice(portal.demo, [], { items })
  expect(submitted.status).toBe(201)
  const noticeId: string = submitted.body.id
  const about = () => mail.letters.find(({ text }) => text.includes(`Number: ${noticeId}`))
  await until(() => about() !== undefined, 30_000)
  const letter = about() as Letter
  const link = new RegExp(`Number: ${noticeId}[^]*?(http://\\S+/answer/\\S+)`).exec(letter.text)?.[1] ?? ''
  return { noticeId, letter, link }
}

const clockOf = async (noticeId: string) => (await readNotice(portal.demo, noticeId)).body.items[0].clock.state

async function type(page: Page, noticeId: string): Promise<void> {
  await page.locator('[name=number]').fill(noticeId)
  await press(page, 'button[value=open]')
}

let first: Mailed
let second: Mailed

test('the mail goes to the company’s mailbox, signed, with a return path of its own, and names no address', async () => {
  first = await mailedNotice(2)
  second = await mailedNotice(3)
  const { letter } = first
  expect(letter.to).toEqual(['abuse@teal.example'])
  expect(letter.from).toMatch(/^bounce\+mal_[0-9a-z]{26}\.[0-9a-z]{16}@noticeline\.example$/)
  expect(letter.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  for (const trace of traces) expect(letter.raw + letter.text).not.toContain(trace)
  expect(letter.text).toContain('Items: 2')

  const questions: string[] = []
  const resolver = async (name: string, type: string) => {
    questions.push(`${type} ${name}`)
    if (type === 'TXT' && name === 'line._domainkey.noticeline.example') return [[key.record]]
    throw Object.assign(new Error('No such name'), { code: 'ENOTFOUND' })
  }
  const checked = await authenticate(letter.raw, {
    trustReceived: false,
    disableArc: true,
    disableBimi: true,
    resolver,
  })
  expect(checked.dkim.results.map(({ status }) => [status.result, status.aligned])).toEqual([
    ['pass', 'noticeline.example'],
  ])
  expect(questions).toContain('TXT line._domainkey.noticeline.example')
  const altered = await authenticate(letter.raw.replace('Items: 2', 'Items: 3'), { disableArc: true, resolver })
  expect(altered.dkim.results[0]?.status.result).not.toBe('pass')
})

test('a scanner that opens the link ten times changes nothing and counts as nothing', async () => {
  const standing = async () => {
    const { items } = (await readNotice(portal.demo, first.noticeId)).body
    // What is seen of it goes on beside this.
    return items.map(({ delivery, handling, clock, headline }: Standing) => ({ delivery, handling, clock, headline }))
  }
  const before = await standing()
  for (let times = 0; times < 10; times += 1) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await fetch(first.link, { method })
      expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('referrer-policy')]).toEqual([
        200,
        'no-store',
        'no-referrer',
      ])
      const html = await answer.text()
      expect(traces.filter((trace) => html.includes(trace))).toEqual([])
      expect(html).not.toContain(first.noticeId)
    }
  }
  expect(await standing()).toEqual(before)
  expect(await clockOf(first.noticeId)).toBe('waiting')
})

test('on a phone without scripts it is answered in three taps, and the notifier sees it', () =>
  withPage(browser, [], phone, async (page) => {
    const { noticeId, link } = first
    const began = performance.now()
    await page.goto(link)
    await page.locator('[name=number]').fill(`ntc_${'0'.repeat(26)}`)
    await press(page, 'button[value=open]')
    expect(await page.locator('#number-complaint').count()).toBe(1)
    expect(await clockOf(noticeId)).toBe('waiting')

    let taps = 0
    let screens = 1
    const tap = async (selector: string) => {
      await press(page, selector)
      taps += 1
      screens += 1
    }
    await page.locator('[name=number]').fill(` ${noticeId} `)
    await tap('button[value=open]')
    const shown = await page.locator('[data-revealed] .address').allTextContents()
    expect(shown).toEqual([
      expect.stringMatching(/^hxxp:\/\/cust9\[\.\]teal\[\.\]example\/quiet-place\//),
      expect.any(String),
    ])
    expect(await page.locator('a[href*="quiet-place"], img[src*="quiet-place"]').count()).toBe(0)
    expect(await page.title()).not.toContain('teal')
    expect(new URL(page.url()).search).toBe('')
    expect(await clockOf(noticeId)).toBe('running')
    await tap('button[value=gone]')
    await tap('button[value=content_removed]')
    expect(await page.locator('[data-outcome=content_removed]').count()).toBe(2)
    const html = await page.content()
    expect(traces.filter((trace) => html.includes(trace))).toEqual([])
    process.stdout.write(
      `answered by mail: ${taps} taps, ${screens} screens, ${Math.round(performance.now() - began)} ms of machine time\n`,
    )
    expect(taps).toBeLessThanOrEqual(3)
    await headlineOf(portal.demo, noticeId, 'removed_claimed')

    // Sent again by a thumb that was too quick: recorded once.
    const again = await fetch(link, {
      method: 'POST',
      body: new URLSearchParams({ number: noticeId, intent: 'send', outcome: 'content_removed' }),
      headers: { Origin: portal.demo.base_url, 'Sec-Fetch-Site': 'same-origin' },
    })
    expect([again.status, (await again.text()).match(/data-outcome="content_removed"/g)?.length]).toEqual([200, 2])
  }))

test('every step is good in both themes and on a phone', async () => {
  const { noticeId, link } = first
  await withPage(browser, [], {}, async (page) => {
    await page.goto(link)
    const steps: [string, string | null][] = [
      ['number', null],
      ['asked', 'button[value=open]'],
      ['gone', 'button[value=gone]'],
      ['since', 'button[value=already_unavailable]'],
      ['back', 'button[value=open]'],
      ['cannot', 'button[value=cannot]'],
    ]
    for (const [name, button] of steps) {
      if (name === 'asked') await page.locator('[name=number]').fill(noticeId)
      if (button) await press(page, button)
      const shows = name === 'asked' || name === 'back'
      expect([name, await checkPage(page, shows ? [] : traces)]).toEqual([name, []])
    }
    await page.goto(`${portal.demo.base_url}/answer/ans_none`)
    expect(await checkPage(page)).toEqual([])
    await page.goto(`${portal.demo.base_url}/asked`)
    expect(await checkPage(page)).toEqual([])
  })
})

test('what comes back is read from the Maildir, and the desk sees it', async () => {
  const { letter } = second
  const bounce = [
    'Return-Path: <>',
    `To: ${letter.from}`,
    'From: MAILER-DAEMON@mx.teal.example',
    'Subject: Undelivered Mail Returned to Sender',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.teal.example',
    '',
    'Final-Recipient: rfc822; abuse@teal.example',
    'Action: failed',
    'Status: 5.2.2',
    '--b--',
  ].join('\r\n')
  const answered = /^Message-ID: (.+)\r$/im.exec(first.letter.raw)?.[1]
  const reply = `From: bea@teal.example\r\nTo: desk@noticeline.example\r\nIn-Reply-To: ${answered}\r\nSubject: Re: Notice\r\n\r\nWe did it, kind regards.`
  writeFileSync(join(incoming, 'new', '1.bounce'), bounce)
  writeFileSync(join(incoming, 'new', '2.forged'), bounce.replace(/\.[0-9a-z]{4}/, '.0000').replace('5.2.2', '5.9.9'))
  writeFileSync(join(incoming, 'new', '3.reply'), reply)
  const desk = await signInWith(browser, linkOf(portal.demo, 'Noticeline desk'))
  await withPage(browser, desk, {}, async (page) => {
    await until(async () => {
      await page.goto(`${portal.demo.base_url}/operator/mails`)
      return (await page.getByText('5.2.2').count()) > 0 && (await page.locator('[name=received]').count()) > 0
    }, 30_000)
    expect(await page.getByText('5.9.9').count()).toBe(0)
    expect(await page.getByText('kind regards').count()).toBe(0)
    expect(await checkPage(page, traces)).toEqual([])
    await page.locator('[name=received]').first().click()
    await page.getByText('We did it, kind regards.').waitFor()
  })
})

test('every item may be answered for itself: not with us, gone since, cannot', () =>
  withPage(browser, [], phone, async (page) => {
    const { noticeId, link } = second
    const only = async (number: number) => {
      for (const [index, box] of (await page.locator('[name=item]').all()).entries())
        await box.setChecked(index === number)
    }
    await page.goto(link)
    await type(page, noticeId)
    await press(page, 'button[value=elsewhere]')
    await only(-1)
    await press(page, 'button[value="not_hosted_here.customer_left"]')
    expect(await page.locator('[role=alert]').count()).toBe(1)
    await only(0)
    await press(page, 'button[value="not_hosted_here.customer_left"]')
    await press(page, 'button[value=open]')
    await press(page, 'button[value=cannot]')
    await only(1)
    await press(page, 'button[value="cannot_execute.technical"]')
    await press(page, 'button[value=open]')
    await press(page, 'button[value=gone]')
    await only(2)
    await press(page, 'button[value=already_unavailable]')
    await page.locator('[name=since]').evaluate((field) => field.setAttribute('type', 'text'))
    await page.locator('[name=since]').fill('soon')
    await press(page, 'button[value=already_unavailable]')
    expect(await page.locator('#since-complaint').count()).toBe(1)
    await page.locator('[name=since]').evaluate((field) => field.setAttribute('type', 'text'))
    await page.locator('[name=since]').fill('2026-11-01 9:30')
    await press(page, 'button[value=already_unavailable]')
    const outcomes = page.locator('[data-outcome]')
    expect(await outcomes.evaluateAll((all) => all.map((one) => one.getAttribute('data-outcome')))).toEqual([
      'not_hosted_here',
      'cannot_execute',
      'already_unavailable',
    ])
  }))

test('whether a mail was ours is answered yes or no, in even time, and not without end', async () => {
  const ask = async (number: string, domain: string) => {
    const began = performance.now()
    const answer = await fetch(`${portal.demo.base_url}/asked`, {
      method: 'POST',
      body: new URLSearchParams({ number, domain }),
      headers: { Origin: portal.demo.base_url, 'Sec-Fetch-Site': 'same-origin' },
    })
    const said = /data-answer="(\w+)"/.exec(await answer.text())?.[1]
    return { status: answer.status, said, ms: performance.now() - began }
  }
  const yes = await ask(first.noticeId, 'teal.example')
  const no = await ask(first.noticeId, 'tern.example')
  expect([yes.said, no.said]).toEqual(['yes', 'no'])
  expect(Math.min(yes.ms, no.ms)).toBeGreaterThanOrEqual(290)
  expect((await ask(`ntc_${'0'.repeat(26)}`, 'teal.example')).said).toBe('no')
  const rest = await Promise.all(Array.from({ length: 9 }, () => ask(first.noticeId, 'teal.example')))
  expect(rest.filter(({ status }) => status === 429).length).toBe(2)
})

test('a withdrawal has a page of its own: put back; the link before it has ended', () =>
  withPage(browser, [], phone, async (page) => {
    const { noticeId, link } = await mailedNotice(1, { host: 'mudlark.example', ip: '127.0.20.7' })
    await page.goto(link)
    await type(page, noticeId)
    const withdrawn = await fetch(`${portal.demo.base_url}/v1/notices/${noticeId}/withdraw`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${portal.demo.tokens.notifier}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': 'withdraw-once',
      },
      body: JSON.stringify({ reason: 'error' }),
    })
    expect(withdrawn.status).toBe(200)
    const letter = () => mail.letters.find(({ text }) => text.includes('was withdrawn') && text.includes(noticeId))
    await until(() => letter() !== undefined, 30_000)
    const newer = /http:\/\/\S+\/answer\/\S+/.exec(letter()?.text ?? '')?.[0] ?? ''
    expect((await page.goto(link))?.status()).toBe(410)
    await page.goto(newer)
    await type(page, noticeId)
    await press(page, 'button[value=reinstated]')
    expect(await page.locator('[data-outcome=reinstated]').count()).toBe(1)
    await headlineOf(portal.demo, noticeId, 'withdrawn_restored')
  }))
