import { expect, test } from 'vitest'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import { bounce, messageId, reply, returnPath } from '../testing/build/returned-mail.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { acceptMail } from './accept-mail.ts'
import { findMails } from './find-mails.ts'
import { openReceivedMail } from './open-received-mail.ts'

const start = '2026-11-21T10:00:00.000Z'

async function mailed(ground: TestGround, on: build.Line) {
  await build.contact(ground, on.provider.orgId)
  const { noticeId } = await build.issuedNotice(ground, on)
  const key = ground.caught.mail.at(-1)?.id ?? ''
  return { noticeId, key, path: returnPath(ground, key) }
}

const stateOf = async (ground: TestGround) =>
  await ground.db.read.selectFrom('mails').select(['state', 'code', 'permanent']).executeTakeFirstOrThrow()

const ofMails = async (ground: TestGround) => (await ground.facts.kinds()).filter((kind) => kind.startsWith('mail.'))

test('a bounce to the mail’s own return path says that it came back, once, however often it is delivered', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, path } = await mailed(ground, on)
    expect((await acceptMail(ground, bounce(path))).result).toBe('recorded')
    expect((await acceptMail(ground, bounce(path))).result).toBe('already-recorded')
    expect((await acceptMail(ground, bounce(path.toUpperCase()))).result).toBe('recorded')
    expect(await stateOf(ground)).toEqual({ state: 'returned', code: '5.1.1', permanent: true })
    expect(await ofMails(ground)).toEqual(['mail.sent', 'mail.returned'])
    expect(await ground.facts.kinds(noticeId)).toContain('mail.returned')
  }))

test('a warning that it is still being tried is a delay; giving up for now is a return that need not last', () =>
  build.withLine(start, async (ground, on) => {
    const { path } = await mailed(ground, on)
    await acceptMail(ground, bounce(path, { action: 'delayed', status: '4.4.1' }))
    expect(await stateOf(ground)).toEqual({ state: 'delayed', code: '4.4.1', permanent: null })
    expect(await ofMails(ground)).toEqual(['mail.sent'])
    await acceptMail(ground, bounce(path, { status: '4.4.7' }))
    expect(await stateOf(ground)).toEqual({ state: 'returned', code: '4.4.7', permanent: false })
    expect(await ofMails(ground)).toEqual(['mail.sent', 'mail.returned'])
  }))

test('a machine’s answer is never a person’s, wherever it is sent', () =>
  build.withLine(start, async (ground, on) => {
    const { path, key } = await mailed(ground, on)
    await acceptMail(ground, reply([`To: ${path}`, 'Auto-Submitted: auto-replied'], 'I am away.'))
    expect((await stateOf(ground)).state).toBe('auto_replied')
    const ticket = ['To: desk@noticeline.example', `In-Reply-To: ${messageId(ground, key)}`, 'Precedence: bulk']
    await acceptMail(ground, reply(ticket, 'Your ticket is 4711.'))
    expect(await ofMails(ground)).toEqual(['mail.sent', 'mail.auto-replied'])
    expect(await ground.db.read.selectFrom('receivedMails').select('sealed').execute()).toEqual([
      { sealed: null },
      { sealed: null },
    ])
  }))

test('what a person writes is an answer, sealed, and shown to the desk alone, with a line', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, key } = await mailed(ground, on)
    const words = 'We took https://cust1.tern.example/g/1.jpg away.'
    const answer = reply(['To: desk@noticeline.example', `References: ${messageId(ground, key)}`], words)
    expect((await acceptMail(ground, answer)).result).toBe('recorded')
    expect((await stateOf(ground)).state).toBe('answered')
    const rows = await ground.db.read.selectFrom('receivedMails').selectAll().execute()
    expect(Buffer.from(rows[0]?.sealed ?? '').includes('cust1')).toBe(false)
    expect(JSON.stringify(await ground.db.read.selectFrom('facts').selectAll().execute())).not.toContain('cust1')

    const desk = await person(ground, { orgId: on.desk.orgId })
    expect(await openReceivedMail(ground, desk, rows[0]?.id ?? '')).toMatchObject({
      result: 'opened',
      text: expect.stringContaining(words),
    })
    expect(await ground.facts.kinds(on.provider.orgId)).toContain('mail.opened')
    const found = await findMails(ground, desk, { states: ['answered'] })
    expect(found).toMatchObject({ mails: [{ noticeId, domain: 'tern.example', received: [{ class: 'person' }] }] })
    expect(JSON.stringify(found)).not.toContain('cust1')
    const provider = await person(ground, { orgId: on.provider.orgId })
    expect(await openReceivedMail(ground, provider, rows[0]?.id ?? '')).toEqual({ result: 'forbidden' })
    expect(await findMails(ground, provider)).toEqual({ result: 'forbidden' })
    expect(await openReceivedMail(ground, desk, 'rcm_none')).toEqual({ result: 'unknown-mail' })
    // No outcome, and no receipt.
    expect(await ground.facts.kinds(noticeId)).not.toContain('outcome.reported')
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({ receivedAt: null })
  }))

test.each([
  ['another proof', (path: string) => path.replace(/\.(.)/, (_, first) => (first === '0' ? '.1' : '.0'))],
  ['half a proof', (path: string) => path.replace(/.@/, '@')],
  ['another mail’s id', (path: string) => path.replace(/mal_(.)/, (_, first) => (first === '0' ? 'mal_1' : 'mal_0'))],
])('a bounce with %s changes nothing', (_what, forge) =>
  build.withLine(start, async (ground, on) => {
    const { path, key } = await mailed(ground, on)
    const forged = bounce(forge(path))
    expect(await acceptMail(ground, forged)).toEqual({ result: 'forged' })
    // Nor does a true Message-ID beside it help.
    const both = Buffer.concat([Buffer.from(`References: ${messageId(ground, key)}\r\n`), forged])
    expect(await acceptMail(ground, both)).toEqual({ result: 'forged' })
    expect(await stateOf(ground)).toMatchObject({ state: 'sent' })
    expect(await ofMails(ground)).toEqual(['mail.sent'])
    expect(await ground.db.read.selectFrom('receivedMails').selectAll().execute()).toEqual([])
  }),
)

test.each([
  ['about nothing of ours', () => bounce('desk@noticeline.example')],
  ['empty', () => Buffer.alloc(0)],
  ['no mail at all', () => Buffer.from([0, 255, 254, 10, 10, 0])],
])('a mail that is %s changes nothing', (_what, made) =>
  build.withLine(start, async (ground, on) => {
    await mailed(ground, on)
    expect(await acceptMail(ground, made())).toEqual({ result: 'not-ours' })
    expect(await ofMails(ground)).toEqual(['mail.sent'])
  }),
)
