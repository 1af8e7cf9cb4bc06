import { expect, test } from 'vitest'
import { changeContact, removeContact } from '../providers/change-contact.ts'
import { confirmContact } from '../providers/confirm-contact.ts'
import { findContacts } from '../providers/find-contacts.ts'
import { mailedToken } from '../testing/build/answer.ts'
import { mailedTo } from '../testing/build/contact.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { openAnswerLink } from './answer-link.ts'
import { confirmByLink } from './confirm-by-link.ts'
import { escalateDeliveries } from './escalate-delivery.ts'
import { fallBack } from './fall-back.ts'

const start = '2026-11-21T10:00:00.000Z'
const [abuse, noc, other] = ['abuse@tern.example', 'noc@tern.example', 'other@tern.example']

/** Two mailboxes that answer; the first is pointed to notices. Answers its id. */
async function twoContacts(ground: TestGround, on: build.Line): Promise<string> {
  await build.contact(ground, on.provider.orgId, abuse)
  await build.contact(ground, on.provider.orgId, noc)
  const found = await findContacts(ground, on.provider)
  const first = found.result === 'found' ? found.contacts.find(({ email }) => email === abuse) : undefined
  if (!first) throw new Error('The contact is not there')
  return first.id
}

/** What was mailed to whom since, by subject. */
const sentSince = (ground: TestGround, before: number) =>
  ground.caught.mail.slice(before).map(({ to, subject }) => `${to}: ${subject}`)

async function factsOf(ground: TestGround, kind: string) {
  const rows = await ground.db.read.selectFrom('facts').select('payload').where('kind', '=', kind).execute()
  return rows.map(({ payload }) => JSON.parse(payload))
}

test('another mailbox: the links of the one before open nothing from then on, and it is told so', () =>
  build.withLine(start, async (ground, on) => {
    const contactId = await twoContacts(ground, on)
    const { noticeId } = await build.issuedNotice(ground, on)
    const token = mailedToken(ground)
    const before = ground.caught.mail.length
    expect(await changeContact(ground, on.provider, contactId, { email: other })).toMatchObject({ result: 'changed' })
    // Before anything that follows from it has run.
    expect(await openAnswerLink(ground, token)).toEqual({ result: 'revoked', why: 'mailbox' })
    expect(await confirmByLink(ground, token, noticeId)).toEqual({ result: 'revoked', why: 'mailbox' })
    expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({ receivedAt: null })
    expect(await factsOf(ground, 'contact.changed')).toEqual([
      {
        orgId: on.provider.orgId,
        contactId,
        change: 'mailbox',
        formerId: expect.stringMatching(/^fmb_/),
        apiTokenId: 'tok_provider',
      },
    ])
    await ground.runReactions()
    expect(sentSince(ground, before).sort()).toEqual([
      `${abuse}: This mailbox is no longer the contact it was`,
      `${noc}: A contact of yours has another mailbox`,
      `${noc}: Notice ${noticeId}`,
      `${other}: Your code for Noticeline`,
    ])
    const told = ground.caught.mail.find(({ to, subject }) => to === abuse && subject.startsWith('This mailbox'))
    expect(told?.text).not.toMatch(/other@|noc@|\/g\/|203\.0\.113/)
  }))

test('the new mailbox gets a link of its own once it has answered, and that one works', () =>
  build.withLine(start, async (ground, on) => {
    const contactId = await twoContacts(ground, on)
    const { noticeId } = await build.issuedNotice(ground, on)
    const old = mailedToken(ground)
    await changeContact(ground, on.provider, contactId, { email: other })
    await ground.runReactions()
    await confirmContact(ground, on.provider, contactId, mailedTo(ground, other).code)
    await ground.runReactions()
    // At a tenth of the time nothing new, at a quarter the next contact, which is this one.
    for (const at of ['2026-11-21T12:30:00.000Z', '2026-11-21T16:30:00.000Z']) {
      ground.clock.set(at)
      await fallBack(ground)
      await escalateDeliveries(ground)
    }
    expect(ground.caught.mail.at(-1)).toMatchObject({ to: other, subject: `Notice ${noticeId}` })
    const token = mailedToken(ground)
    expect(token).not.toBe(old)
    expect(await openAnswerLink(ground, old)).toMatchObject({ result: 'revoked' })
    expect(await confirmByLink(ground, token, noticeId)).toMatchObject({ result: 'confirmed' })
  }))

test('what waited for a mailbox is never sent to the next one', () =>
  build.withLine(start, async (ground, on) => {
    const contactId = await twoContacts(ground, on)
    for (let count = 0; count < 5; count += 1) await build.issuedNotice(ground, on)
    const waiting = () =>
      ground.db.read.selectFrom('pointers').select('deliveryId').where('mailedAt', 'is', null).execute()
    expect((await waiting()).length).toBeGreaterThan(0)
    await changeContact(ground, on.provider, contactId, { email: other })
    await ground.runReactions()
    ground.clock.set('2026-11-21T10:10:00.000Z')
    await fallBack(ground)
    await ground.runReactions()
    expect(await waiting()).toEqual([])
    const mails = ground.caught.mail.map(({ to, subject }) => `${to} ${subject}`)
    expect(mails.filter((mail) => mail.startsWith(other))).toEqual([`${other} Your code for Noticeline`])
    expect(mails.some((mail) => mail.startsWith(`${noc} Notice`) || mail.startsWith(`${noc} 2 notices`))).toBe(true)
  }))

test('a removed mailbox is told, and its links open nothing', () =>
  build.withLine(start, async (ground, on) => {
    const contactId = await twoContacts(ground, on)
    const { noticeId } = await build.issuedNotice(ground, on)
    const token = mailedToken(ground)
    const before = ground.caught.mail.length
    expect(await removeContact(ground, on.provider, contactId)).toEqual({ result: 'removed' })
    expect(await openAnswerLink(ground, token)).toEqual({ result: 'revoked', why: 'contact' })
    await ground.runReactions()
    expect(sentSince(ground, before).sort()).toEqual([
      `${abuse}: This mailbox was removed from your contacts`,
      `${noc}: A contact of yours was removed`,
      `${noc}: Notice ${noticeId}`,
    ])
    expect(await factsOf(ground, 'contact.removed')).toMatchObject([{ contactId, apiTokenId: 'tok_provider' }])
  }))

test('a mailbox that never answered is told nothing when it is changed or removed', () =>
  build.withLine(start, async (ground, on) => {
    const contactId = await twoContacts(ground, on)
    await changeContact(ground, on.provider, contactId, { email: other })
    await changeContact(ground, on.provider, contactId, { email: 'third@tern.example' })
    await removeContact(ground, on.provider, contactId)
    await ground.runReactions()
    const former = ground.caught.mail.filter(({ subject }) => subject.startsWith('This mailbox'))
    expect(former.map(({ to }) => to)).toEqual([abuse])
  }))
