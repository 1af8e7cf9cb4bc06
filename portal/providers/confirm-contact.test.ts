import { describe, expect, test } from 'vitest'
import * as build from '../testing/build/contact.ts'
import { person } from '../testing/build/person.ts'
import { askContact } from './ask-contact.ts'
import { changeContact } from './change-contact.ts'
import { confirmByLink, confirmContact, describeConfirmation } from './confirm-contact.ts'
import { findContact } from './find-contacts.ts'

const start = '2026-11-22T09:00:00.000Z'
const minute = 60_000
const mailbox = 'abuse@tern.example'

describe('a code', () => {
  test('that was brought back verifies the contact, however it is typed, and holds for six months', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.registeredContact(ground, actor)
      const { code } = build.mailedTo(ground, mailbox)
      const typed = ` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `
      expect(await confirmContact(ground, actor, contactId, typed)).toEqual({ result: 'confirmed', contactId })
      expect(await findContact(ground, actor, contactId)).toMatchObject({
        contact: { state: 'live', verifiedAt: new Date(start), lapsesAt: new Date('2027-05-22T09:00:00.000Z') },
      })
    }))

  test('counts once', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.verifiedContact(ground, actor)
      const { code } = build.mailedTo(ground, mailbox)
      expect(await confirmContact(ground, actor, contactId, code)).toEqual({ result: 'used' })
      const facts = await ground.facts.kinds(actor.orgId)
      expect(facts.filter((kind) => kind === 'contact.confirmed')).toHaveLength(1)
    }))

  test('brought back twice at the same time counts once', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.registeredContact(ground, actor)
      const { code } = build.mailedTo(ground, mailbox)
      const done = await Promise.all([0, 1, 2].map(() => confirmContact(ground, actor, contactId, code)))
      expect(done.map(({ result }) => result).sort()).toEqual(['confirmed', 'used', 'used'])
    }))

  test('is good for thirty minutes', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.registeredContact(ground, actor)
      const { code } = build.mailedTo(ground, mailbox)
      ground.clock.advance(30 * minute)
      expect(await confirmContact(ground, actor, contactId, code)).toEqual({ result: 'expired' })
      expect(await confirmContact(ground, actor, contactId, 'AAAA-AAAA')).toEqual({ result: 'expired' })
      expect(await findContact(ground, actor, contactId)).toMatchObject({ contact: { state: 'unverified' } })
    }))

  test('is void after ten wrong ones, the right one included', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.registeredContact(ground, actor)
      const { code } = build.mailedTo(ground, mailbox)
      for (let left = 9; left > 0; left -= 1)
        expect(await confirmContact(ground, actor, contactId, 'ZZZZ-ZZZZ')).toEqual({
          result: 'wrong',
          triesLeft: left,
        })
      expect(await confirmContact(ground, actor, contactId, 'ZZZZ-ZZZZ')).toEqual({ result: 'too-many-tries' })
      expect(await confirmContact(ground, actor, contactId, code)).toEqual({ result: 'too-many-tries' })
      expect(await findContact(ground, actor, contactId)).toMatchObject({ contact: { state: 'unverified' } })
      await askContact(ground, actor, contactId)
      await ground.runReactions()
      const again = build.mailedTo(ground, mailbox).code
      expect(await confirmContact(ground, actor, contactId, again)).toMatchObject({ result: 'confirmed' })
    }))

  test('is void from when a newer one is mailed, or the mailbox is another', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.registeredContact(ground, actor)
      const first = build.mailedTo(ground, mailbox)
      ground.clock.advance(minute)
      await askContact(ground, actor, contactId)
      await ground.runReactions()
      expect(await confirmContact(ground, actor, contactId, first.code)).toEqual({ result: 'replaced' })
      expect(await confirmByLink(ground, first.token)).toEqual({ result: 'replaced' })
      const second = build.mailedTo(ground, mailbox)
      await changeContact(ground, actor, contactId, { email: 'new@tern.example' })
      expect(await confirmContact(ground, actor, contactId, second.code)).toEqual({ result: 'replaced' })
      expect(await confirmByLink(ground, second.token)).toEqual({ result: 'replaced' })
    }))

  test('of one contact is none for another, and none for a stranger', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.registeredContact(ground, actor)
      const other = await build.registeredContact(ground, actor, { email: 'other@tern.example' })
      const { code } = build.mailedTo(ground, mailbox)
      expect(await confirmContact(ground, actor, other, code)).toEqual({ result: 'wrong', triesLeft: 9 })
      const stranger = await person(ground, { orgKind: 'provider' })
      expect(await confirmContact(ground, stranger, contactId, code)).toEqual({ result: 'unknown-contact' })
      const reader = await person(ground, { orgId: actor.orgId, role: 'read_only' })
      expect(await confirmContact(ground, reader, contactId, code)).toEqual({ result: 'forbidden' })
    }))

  test('stands in no table, and in no log', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.registeredContact(ground, actor)
      const { code, token } = build.mailedTo(ground, mailbox)
      const rows = await ground.db.read.selectFrom('contactConfirmations').selectAll().execute()
      const secret = token.split('.')[1] ?? ''
      for (const text of [JSON.stringify(rows), JSON.stringify(ground.caught.log)]) {
        expect(text).not.toContain(code.replace('-', ''))
        expect(text).not.toContain(secret)
      }
    }))

  test('is mailed five times in an hour at most, and a strange mailbox ten times a day whoever names it', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.registeredContact(ground, actor)
      for (let count = 1; count < 5; count += 1)
        expect(await askContact(ground, actor, contactId)).toEqual({ result: 'asked' })
      expect(await askContact(ground, actor, contactId)).toEqual({ result: 'limited' })
      ground.clock.advance(60 * minute)
      for (let count = 0; count < 5; count += 1)
        expect(await askContact(ground, actor, contactId)).toEqual({ result: 'asked' })
      const stranger = await person(ground, { orgKind: 'provider' })
      const theirs = await build.registeredContact(ground, stranger)
      expect(await askContact(ground, stranger, theirs)).toEqual({ result: 'limited' })
      await ground.runReactions()
    }))
})

describe('the link beside it', () => {
  test('changes nothing when it is opened, ten times by a scanner, and counts once when it is pressed', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.registeredContact(ground, actor)
      const { token, code } = build.mailedTo(ground, mailbox)
      for (let opened = 0; opened < 10; opened += 1)
        expect(await describeConfirmation(ground, token)).toMatchObject({ result: 'valid', why: 'verify' })
      expect(await findContact(ground, actor, contactId)).toMatchObject({ contact: { state: 'unverified' } })
      expect(await confirmByLink(ground, token)).toEqual({ result: 'confirmed' })
      expect(await confirmByLink(ground, token)).toEqual({ result: 'used' })
      expect(await describeConfirmation(ground, token)).toEqual({ result: 'used' })
      expect(await confirmContact(ground, actor, contactId, code)).toEqual({ result: 'used' })
      expect(await findContact(ground, actor, contactId)).toMatchObject({ contact: { state: 'live' } })
    }))

  test('is nothing where a character of it is another, and expires with the code', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.registeredContact(ground, actor)
      const { token } = build.mailedTo(ground, mailbox)
      const other = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
      expect(await confirmByLink(ground, other)).toEqual({ result: 'unknown' })
      expect(await confirmByLink(ground, '')).toEqual({ result: 'unknown' })
      ground.clock.advance(30 * minute)
      expect(await confirmByLink(ground, token)).toEqual({ result: 'expired' })
    }))
})
