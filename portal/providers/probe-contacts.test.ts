import { describe, expect, test } from 'vitest'
import * as build from '../testing/build/contact.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { confirmByLink, confirmContact } from './confirm-contact.ts'
import { findContact } from './find-contacts.ts'
import { probeContacts, wordsDue } from './probe-contacts.ts'

const mailbox = 'abuse@tern.example'
const minute = 60_000

async function probe(ground: TestGround, at: string): Promise<string[]> {
  ground.clock.set(new Date(at))
  ground.caught.mail.length = 0
  while ((await probeContacts(ground)) > 0) await ground.runReactions()
  await ground.runReactions()
  return ground.caught.mail.map(({ to, subject }) => `${to}: ${subject}`)
}

// Verified on the first of October, summer time in Amsterdam; the proof ends on the first of April, summer time again, and
// the clocks change between the second reminder and that day.
const start = '2026-10-01T10:00:00.000Z'

describe('every six months', () => {
  test('a contact is asked two weeks before its proof lapses, three days before, and on the day; then others come first', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.verifiedContact(ground, actor, { email: 'other@tern.example' })
      ground.clock.set(new Date(start))
      const contactId = await build.verifiedContact(ground, actor, { time_zone: 'Europe/Amsterdam' })
      // The other's own, and what it hears of this one.
      const other = /^other@|Nobody answered for a contact/
      const only = (mails: string[]) => mails.filter((mail) => !other.test(mail))
      expect(await probe(ground, '2027-03-18T09:59:59.999Z')).toEqual([])
      expect(only(await probe(ground, '2027-03-18T10:00:00.000Z'))).toEqual([
        `${mailbox}: Does somebody read this mailbox? Please answer by 2027-04-01`,
      ])
      const first = build.mailedTo(ground, mailbox)
      expect(only(await probe(ground, '2027-03-29T09:59:59.999Z'))).toEqual([])
      expect(only(await probe(ground, '2027-03-29T10:00:00.000Z'))).toHaveLength(1)
      // The same code and link: whichever mail is found, it does.
      expect(build.mailedTo(ground, mailbox)).toEqual(first)
      expect(await findContact(ground, actor, contactId)).toMatchObject({ contact: { state: 'live' } })
      expect(only(await probe(ground, '2027-04-01T09:59:59.999Z'))).toEqual([])
      expect(only(await probe(ground, '2027-04-01T10:00:00.000Z'))).toEqual([
        `${mailbox}: Nobody has answered for this mailbox`,
      ])
      expect(await findContact(ground, actor, contactId)).toMatchObject({ contact: { state: 'lapsed' } })
      expect(await probe(ground, '2027-05-30T10:00:00.000Z')).toEqual([])
    }))

  test('the other contacts hear that nobody answered', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.verifiedContact(ground, actor)
      ground.clock.advance(minute)
      await build.verifiedContact(ground, actor, { email: 'other@tern.example' })
      await probe(ground, '2027-04-01T10:00:00.000Z')
      const news = ground.caught.mail.filter(({ subject }) => subject === 'Nobody answered for a contact of yours')
      expect(news.map(({ to }) => to)).toEqual(['other@tern.example'])
    }))

  test('a person answers with the link, a machine with the code, and the proof holds for six more months', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.verifiedContact(ground, actor)
      await probe(ground, '2027-03-18T10:00:00.000Z')
      expect(await confirmByLink(ground, build.mailedTo(ground, mailbox).token)).toEqual({ result: 'confirmed' })
      const contact = async () => (await findContact(ground, actor, contactId)) as { contact: { lapsesAt: Date } }
      expect((await contact()).contact.lapsesAt).toEqual(new Date('2027-09-18T10:00:00.000Z'))
      expect(await probe(ground, '2027-04-01T10:00:00.000Z')).toEqual([])
      await probe(ground, '2027-09-04T10:00:00.000Z')
      const { code } = build.mailedTo(ground, mailbox)
      expect(ground.caught.mail.at(-1)?.text).toContain(`/v1/contacts/${contactId}/answer`)
      expect(await confirmContact(ground, actor, contactId, code, 'api')).toMatchObject({ result: 'confirmed' })
      expect((await contact()).contact.lapsesAt).toEqual(new Date('2028-03-04T10:00:00.000Z'))
    }))

  test('who answers up to a month late is back; later the code is expired, and another is asked for', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.verifiedContact(ground, actor)
      await probe(ground, '2027-04-01T10:00:00.000Z')
      const { code, token } = build.mailedTo(ground, mailbox)
      ground.clock.set(new Date('2027-05-01T10:00:00.000Z'))
      expect(await confirmByLink(ground, token)).toEqual({ result: 'expired' })
      ground.clock.set(new Date('2027-05-01T09:59:59.999Z'))
      expect(await confirmContact(ground, actor, contactId, code)).toMatchObject({ result: 'confirmed' })
      expect(await findContact(ground, actor, contactId)).toMatchObject({ contact: { state: 'live' } })
      expect(await probe(ground, '2027-05-02T10:00:00.000Z')).toEqual([])
    }))

  test('after the worker stood still, a contact is asked once and not three times', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.verifiedContact(ground, actor)
      expect(await probe(ground, '2027-03-30T10:00:00.000Z')).toHaveLength(1)
      expect(await probe(ground, '2027-04-20T10:00:00.000Z')).toHaveLength(1)
    }))

  test('two workers at once ask once', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.verifiedContact(ground, actor)
      ground.clock.set(new Date('2027-03-18T10:00:00.000Z'))
      ground.caught.mail.length = 0
      await Promise.all([probeContacts(ground), probeContacts(ground)])
      await ground.runReactions()
      expect(ground.caught.mail).toHaveLength(1)
      const facts = await ground.facts.kinds(actor.orgId)
      expect(facts.filter((kind) => kind === 'contact.reminded')).toHaveLength(1)
    }))
})

test('words are due at exactly fourteen days, three days and none', () => {
  const lapses = new Date('2027-04-01T10:00:00.000Z')
  const due = (at: string) => wordsDue(lapses, new Date(at))
  expect([due('2027-03-18T09:59:59.999Z'), due('2027-03-18T10:00:00.000Z')]).toEqual([0, 1])
  expect([due('2027-03-29T09:59:59.999Z'), due('2027-03-29T10:00:00.000Z')]).toEqual([1, 2])
  expect([due('2027-04-01T09:59:59.999Z'), due('2027-04-01T10:00:00.000Z')]).toEqual([2, 3])
})
