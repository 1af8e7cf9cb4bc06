import { describe, expect, test } from 'vitest'
import type { Actor, PersonActor } from '../people/may.ts'
import * as build from '../testing/build/contact.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { changeContact, removeContact } from './change-contact.ts'
import { findContact, findContacts } from './find-contacts.ts'
import { registerContact } from './register-contact.ts'

const start = '2026-11-22T09:00:00.000Z'
const valid = { kind: 'abuse', email: 'abuse@tern.example', languages: ['nl', 'en'] }

async function listed(ground: TestGround, actor: Actor) {
  const found = await findContacts(ground, actor)
  if (found.result !== 'found') throw new Error(found.result)
  return found.contacts
}

async function one(ground: TestGround, actor: Actor, contactId: string) {
  const found = await findContact(ground, actor, contactId)
  if (found.result !== 'found') throw new Error(found.result)
  return found.contact
}

describe('a contact is added', () => {
  test('with what was said of it, unverified, at the end of the order, and is mailed a code', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.verifiedContact(ground, actor, { email: 'first@tern.example' })
      const contactId = await build.registeredContact(ground, actor, {
        name: 'Night desk',
        phone: '+31 20 555 0111',
        hours: [{ day: 'mo', from: '09:00', until: '17:30' }],
        time_zone: 'Europe/Lisbon',
        away: { from: '2026-12-24T00:00:00Z', until: '2026-12-27T00:00:00+01:00' },
      })
      expect(await one(ground, actor, contactId)).toMatchObject({
        kind: 'abuse',
        purposes: ['notices', 'escalation'],
        name: 'Night desk',
        hours: [{ day: 'mo', from: '09:00', until: '17:30' }],
        timeZone: 'Europe/Lisbon',
        away: { from: new Date('2026-12-24T00:00:00Z'), until: new Date('2026-12-26T23:00:00Z') },
        position: 2,
        state: 'unverified',
        verifiedAt: null,
        lapsesAt: null,
      })
      expect(build.mailedTo(ground, 'abuse@tern.example').code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
    }))

  test.each([
    ['no mailbox', { email: undefined }, '/email', 'required'],
    ['a kind that is none', { kind: 'sales' }, '/kind', 'not_one_of'],
    ['a mailbox that is none', { email: 'abuse at tern.example' }, '/email', 'not_a_mailbox'],
    ['two mailboxes', { email: 'a@tern.example,b@tern.example' }, '/email', 'not_a_mailbox'],
    ['a line break in the mailbox', { email: 'a@tern.example\nBcc: x' }, '/email', 'not_a_mailbox'],
    ['a phone without a country', { phone: '020 555 0100' }, '/phone', 'wrong_format'],
    ['no language', { languages: [] }, '/languages', 'too_short'],
    ['a purpose that is none', { purposes: ['sales'] }, '/purposes/0', 'not_one_of'],
    ['an offset for a zone', { time_zone: '+02:00' }, '/time_zone', 'not_a_zone'],
    ['hours that are none', { hours: 'nine to five' }, '/hours', 'invalid'],
    [
      'an absence that ends before it begins',
      { away: { from: start, until: '2026-11-01T00:00:00Z' } },
      '/away/until',
      'out_of_range',
    ],
    ['a member nobody knows', { fax: '1' }, '/fax', 'unknown_member'],
  ])('but not with %s', (_what, wrong, pointer, code) =>
    build.withProvider(start, async (ground, { actor }) => {
      const answer = await registerContact(ground, actor, { ...valid, ...wrong })
      expect(answer).toMatchObject({ result: 'invalid', errors: [{ pointer, code }] })
      expect(await listed(ground, actor)).toEqual([])
      await ground.runReactions()
      expect(ground.caught.mail).toEqual([])
    }),
  )

  test('the same mailbox once for each kind, and no more than twenty of them', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.registeredContact(ground, actor, { email: 'Abuse@tern.example' })
      expect(await registerContact(ground, actor, valid)).toMatchObject({ errors: [{ code: 'contact_exists' }] })
      for (let count = 1; count < 20; count += 1)
        expect(await registerContact(ground, actor, { ...valid, email: `desk${count}@tern.example` })).toMatchObject({
          result: 'registered',
        })
      expect(await registerContact(ground, actor, { ...valid, kind: 'tco15' })).toEqual({ result: 'too-many' })
    }))

  test('by an owner or an admin of a provider, and nobody else', () =>
    build.withProvider(start, async (ground, { orgId }) => {
      for (const role of ['handler', 'developer', 'read_only'] as const) {
        const actor = await person(ground, { orgId, role })
        expect(await registerContact(ground, actor, valid)).toEqual({ result: 'forbidden' })
        expect((await findContacts(ground, actor)).result).toBe('found')
      }
      const notifier = await person(ground, { orgKind: 'notifier' })
      expect(await registerContact(ground, notifier, valid)).toEqual({ result: 'forbidden' })
      expect(await registerContact(ground, { kind: 'nobody' }, valid)).toEqual({ result: 'forbidden' })
    }))
})

describe('a contact is changed', () => {
  test('in what was sent, and nothing else', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.verifiedContact(ground, actor, { name: 'Desk' })
      await changeContact(ground, actor, contactId, { hours: '24x7', phone: '+31 20 555 0111' })
      const contact = await one(ground, actor, contactId)
      expect(contact).toMatchObject({ name: 'Desk', hours: '24x7', phone: '+31 20 555 0111', state: 'live' })
      expect(contact.lapsesAt).toEqual(new Date('2027-05-22T09:00:00.000Z'))
    }))

  test('another mailbox has to answer first, and both it and the one before hear of it', () =>
    build.withProvider(start, async (ground, { actor }) => {
      await build.verifiedContact(ground, actor, { email: 'other@tern.example' })
      const contactId = await build.verifiedContact(ground, actor)
      const before = build.mailedTo(ground, 'abuse@tern.example')
      await changeContact(ground, actor, contactId, { email: 'new@tern.example' })
      ground.caught.mail.length = 0
      await ground.runReactions()
      expect(await one(ground, actor, contactId)).toMatchObject({ state: 'unverified', verifiedAt: null })
      expect(ground.caught.mail.map(({ to }) => to).sort()).toEqual([
        'abuse@tern.example',
        'new@tern.example',
        'other@tern.example',
      ])
      expect(build.mailedTo(ground, 'new@tern.example').code).not.toBe(before.code)
      const news = ground.caught.mail.filter(({ to }) => to !== 'new@tern.example').map(({ text }) => text)
      expect(news.join()).not.toContain('@tern.example')
    }))

  test('the mailbox of the last one that works stays while networks are proven', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const contactId = await build.verifiedContact(ground, actor)
      expect(await changeContact(ground, actor, contactId, { email: 'new@tern.example' })).toEqual({
        result: 'last-contact',
      })
      expect((await one(ground, actor, contactId)).state).toBe('live')
    }))

  test('its place moves the others along', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const [a, b, c] = [
        await build.registeredContact(ground, actor, { email: 'a@tern.example' }),
        await build.registeredContact(ground, actor, { email: 'b@tern.example' }),
        await build.registeredContact(ground, actor, { email: 'c@tern.example' }),
      ]
      const order = async () => (await listed(ground, actor)).map(({ id }) => id)
      await changeContact(ground, actor, c, { position: 1 })
      expect(await order()).toEqual([c, a, b])
      await changeContact(ground, actor, c, { position: 99 })
      expect(await order()).toEqual([a, b, c])
      expect(await changeContact(ground, actor, c, { position: 0 })).toMatchObject({ result: 'invalid' })
      const facts = await ground.facts.kinds(actor.orgId)
      expect(facts.filter((kind) => kind === 'contact.changed')).toHaveLength(2)
    }))
})

describe('a contact is removed', () => {
  test('and is nowhere any more, but not the last one while networks are proven', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const first = await build.verifiedContact(ground, actor)
      await build.registeredContact(ground, actor, { email: 'never@tern.example' })
      expect(await removeContact(ground, actor, first)).toEqual({ result: 'last-contact' })
      const second = await build.verifiedContact(ground, actor, { email: 'second@tern.example' })
      expect(await removeContact(ground, actor, first)).toEqual({ result: 'removed' })
      expect(await removeContact(ground, actor, first)).toEqual({ result: 'unknown-contact' })
      expect(await findContact(ground, actor, first)).toEqual({ result: 'unknown-contact' })
      expect((await one(ground, actor, second)).position).toBe(2)
    }))

  test('two at once never remove the last two', () =>
    build.withProvider(start, async (ground, { actor }) => {
      const first = await build.verifiedContact(ground, actor)
      const second = await build.verifiedContact(ground, actor, { email: 'second@tern.example' })
      const done = await Promise.all([first, second].map((id) => removeContact(ground, actor, id)))
      expect(done.map(({ result }) => result).sort()).toEqual(['last-contact', 'removed'])
    }))
})

test("what is somebody else's is not there, and is not changed", () =>
  build.withProvider(start, async (ground, { actor }) => {
    const contactId = await build.verifiedContact(ground, actor)
    const stranger: PersonActor = await person(ground, { orgKind: 'provider' })
    expect(await findContact(ground, stranger, contactId)).toEqual({ result: 'unknown-contact' })
    expect(await changeContact(ground, stranger, contactId, { name: 'Mine' })).toEqual({ result: 'unknown-contact' })
    expect(await removeContact(ground, stranger, contactId)).toEqual({ result: 'unknown-contact' })
    expect(await listed(ground, stranger)).toEqual([])
    const desk = await person(ground, { orgKind: 'platform' })
    expect((await findContacts(ground, desk, actor.orgId)).result).toBe('found')
    expect(await changeContact(ground, desk, contactId, { name: 'Mine' })).toEqual({ result: 'forbidden' })
  }))
