import { expect, test } from 'vitest'
import { withdrawNotice } from '../notices/withdraw-notice.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { openAnswerLink } from './answer-link.ts'

const start = '2026-11-21T10:00:00.000Z'

/** The token of the newest pointer mail. */
function mailedToken(ground: TestGround): string {
  const token = /\/answer\/(\S+)/.exec(ground.caught.mail.at(-1)?.text ?? '')?.[1]
  if (!token) throw new Error('No link was mailed')
  return token
}

async function mailed(ground: TestGround, on: build.Line) {
  await build.contact(ground, on.provider.orgId)
  const notice = await build.issuedNotice(ground, on)
  return { ...notice, token: mailedToken(ground) }
}

test('a link stands for one contact and one delivery; opened ten times it changes nothing', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailed(ground, on)
    const delivery = await build.deliveryOf(ground, noticeId, on.provider.orgId)
    const facts = await ground.facts.kinds()
    for (let times = 0; times < 10; times += 1) {
      expect(await openAnswerLink(ground, token)).toMatchObject({
        result: 'valid',
        noticeId,
        orgId: on.provider.orgId,
        deliveryId: delivery.id,
        contactId: expect.stringMatching(/^ctc_/),
        withdrawn: false,
        confirmedAt: null,
      })
    }
    expect(await ground.facts.kinds()).toEqual(facts)
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({ receivedAt: null })
  }))

test('it ends after thirty days, to the minute', () =>
  build.withLine(start, async (ground, on) => {
    const { token } = await mailed(ground, on)
    ground.clock.set('2026-12-21T09:59:00.000Z')
    expect((await openAnswerLink(ground, token)).result).toBe('valid')
    ground.clock.set('2026-12-21T10:01:00.000Z')
    expect(await openAnswerLink(ground, token)).toMatchObject({ result: 'expired' })
  }))

test.each([
  ['nothing', () => ''],
  ['half a token', (token: string) => token.slice(0, 40)],
  ['another secret', (token: string) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')],
  ['another id', (token: string) => token.replace(/^ans_./, token[4] === '0' ? 'ans_1' : 'ans_0')],
  ['a character more', (token: string) => `${token}x`],
])('%s opens nothing', (_what, forge) =>
  build.withLine(start, async (ground, on) => {
    const { token } = await mailed(ground, on)
    expect(await openAnswerLink(ground, forge(token))).toEqual({ result: 'unknown' })
  }),
)

test('it ends with the contact, with the organisation’s part in the line, and when it is revoked', () =>
  build.withLine(start, async (ground, on) => {
    const { token } = await mailed(ground, on)
    const read = ground.db.read
    await read
      .updateTable('organisations')
      .set({ suspendedAt: ground.clock.now() })
      .where('kind', '=', 'provider')
      .execute()
    expect(await openAnswerLink(ground, token)).toEqual({ result: 'revoked', why: 'suspended' })
    await read.updateTable('organisations').set({ suspendedAt: null }).execute()
    await read.updateTable('answerLinks').set({ revokedAt: ground.clock.now() }).execute()
    expect(await openAnswerLink(ground, token)).toEqual({ result: 'revoked', why: 'revoked' })
    await read.updateTable('answerLinks').set({ revokedAt: null }).execute()
    await read.updateTable('contacts').set({ removedAt: ground.clock.now() }).execute()
    expect(await openAnswerLink(ground, token)).toEqual({ result: 'revoked', why: 'contact' })
  }))

test('a withdrawal comes with a link of its own, and ends the one before', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailed(ground, on)
    expect(await withdrawNotice(ground, on.notifier, noticeId, 'error')).toEqual({ result: 'withdrawn' })
    expect(await openAnswerLink(ground, token)).toEqual({ result: 'revoked', why: 'withdrawn' })
    await ground.runReactions()
    expect(await openAnswerLink(ground, mailedToken(ground))).toMatchObject({
      result: 'valid',
      noticeId,
      withdrawn: true,
    })
    expect(await openAnswerLink(ground, token)).toEqual({ result: 'revoked', why: 'replaced' })
  }))

test('a pointer is a row and a fact of the notice’s history, once', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId } = await mailed(ground, on)
    const mails = await ground.db.read.selectFrom('mails').selectAll().execute()
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({
      state: 'sent',
      purpose: 'pointer',
      orgId: on.provider.orgId,
      noticeId,
      recipientDomain: 'tern.example',
      sentAt: new Date(start),
    })
    const [again] = ground.caught.mail.splice(0)
    if (again) await ground.mail.send(again)
    expect(ground.caught.mail).toEqual([])
    expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'mail.sent')).toHaveLength(1)
  }))
