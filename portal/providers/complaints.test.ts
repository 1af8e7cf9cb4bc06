import { expect, test } from 'vitest'
import { fallBack } from '../delivery/fall-back.ts'
import { acceptMail } from '../people/accept-mail.ts'
import { mailedTo } from '../testing/build/contact.ts'
import * as build from '../testing/build/delivery.ts'
import { bounce, complaint, messageId, returnPath } from '../testing/build/returned-mail.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { askContact } from './ask-contact.ts'
import { changeContact } from './change-contact.ts'
import { confirmContact } from './confirm-contact.ts'
import { findContacts } from './find-contacts.ts'

const start = '2026-11-21T10:00:00.000Z'
const [abuse, noc] = ['abuse@tern.example', 'noc@tern.example']

async function states(ground: TestGround, on: build.Line) {
  const found = await findContacts(ground, on.provider)
  if (found.result !== 'found') throw new Error(found.result)
  return found.contacts
}

const sentTo = (ground: TestGround, mailbox: string) =>
  ground.caught.mail.filter(({ to, subject }) => to === mailbox && /^(Notice|\d+ notices)/.test(subject)).length

/** A notice is pointed to the only contact, where somebody marks that mail as spam. */
async function complained(ground: TestGround, on: build.Line) {
  await build.contact(ground, on.provider.orgId, abuse)
  await build.issuedNotice(ground, on)
  const about = messageId(ground, ground.caught.mail.at(-1)?.id ?? '')
  expect(await acceptMail(ground, complaint(about))).toMatchObject({ result: 'recorded' })
  await ground.runReactions()
  return about
}

test('a mailbox that marks our mail as spam is known for it, by a fact, and once', () =>
  build.withLine(start, async (ground, on) => {
    const about = await complained(ground, on)
    expect(await states(ground, on)).toMatchObject([{ state: 'complained', complainedAt: new Date(start) }])
    expect(await acceptMail(ground, complaint(about))).toMatchObject({ result: 'already-recorded' })
    expect(await acceptMail(ground, complaint(about, { subject: 'Another of it' }))).toMatchObject({
      result: 'recorded',
    })
    await ground.runReactions()
    const kinds = await ground.facts.kinds()
    expect(kinds.filter((kind) => ['mail.complained', 'contact.failed'].includes(kind))).toEqual([
      'mail.complained',
      'contact.failed',
    ])
    // Nobody followed yet, and nothing came back: what became of the mail is still open.
    expect(await ground.db.read.selectFrom('mails').select('state').executeTakeFirst()).toEqual({ state: 'sent' })
  }))

test('a complaint without the proof that the mail was ours says nothing', () =>
  build.withLine(start, async (ground, on) => {
    const about = (await complained(ground, on)).replace(/\.[0-9a-z]{16}@/, '.0000000000000000@')
    await ground.db.read.updateTable('contacts').set({ complainedAt: null }).execute()
    expect(await acceptMail(ground, complaint(about))).toEqual({ result: 'forged' })
    expect(await states(ground, on)).toMatchObject([{ state: 'live' }])
  }))

test('others are written to first from then on, and hear of it', () =>
  build.withLine(start, async (ground, on) => {
    await complained(ground, on)
    await build.contact(ground, on.provider.orgId, noc)
    const before = sentTo(ground, abuse)
    await build.issuedNotice(ground, on)
    expect([sentTo(ground, abuse) - before, sentTo(ground, noc)]).toEqual([0, 1])
  }))

test('as the only one it still gets its notices, in one mail in ten minutes', () =>
  build.withLine(start, async (ground, on) => {
    await complained(ground, on)
    for (let count = 0; count < 5; count += 1) await build.issuedNotice(ground, on)
    expect(sentTo(ground, abuse)).toBe(1)
    ground.clock.set('2026-11-21T10:09:59.000Z')
    await fallBack(ground)
    expect(sentTo(ground, abuse)).toBe(1)
    ground.clock.set('2026-11-21T10:10:01.000Z')
    await fallBack(ground)
    expect(sentTo(ground, abuse)).toBe(2)
    expect(ground.caught.mail.at(-1)?.subject).toBe('5 notices')
  }))

test('news of other contacts are not sent there, warnings are', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId, noc)
    await build.contact(ground, on.provider.orgId, abuse)
    await build.issuedNotice(ground, on)
    await acceptMail(ground, complaint(messageId(ground, ground.caught.mail.at(-1)?.id ?? '')))
    await ground.runReactions()
    expect(ground.caught.mail.at(-1)).toMatchObject({
      to: abuse,
      subject: 'A contact of yours calls our mail unwanted',
    })
    const [first, second] = await states(ground, on)
    expect([first?.state, second?.state]).toEqual(['complained', 'live'])
    const sent = ground.caught.mail.length
    await acceptMail(ground, bounce(returnPath(ground, ground.caught.mail.at(-1)?.id ?? '')))
    await ground.runReactions()
    expect((await states(ground, on)).map(({ state }) => state)).toEqual(['complained', 'unreachable'])
    expect(ground.caught.mail).toHaveLength(sent)
    await changeContact(ground, on.provider, second?.id ?? '', { email: 'other@tern.example' })
    await ground.runReactions()
    expect(ground.caught.mail.slice(sent).map(({ to }) => to)).toEqual(expect.arrayContaining([noc]))
  }))

test('it ends when somebody there brings a code back', () =>
  build.withLine(start, async (ground, on) => {
    await complained(ground, on)
    const [contact] = await states(ground, on)
    ground.clock.set('2026-11-21T11:00:00.000Z')
    expect(await askContact(ground, on.provider, contact?.id ?? '')).toEqual({ result: 'asked' })
    await ground.runReactions()
    await confirmContact(ground, on.provider, contact?.id ?? '', mailedTo(ground, abuse).code)
    expect(await states(ground, on)).toMatchObject([{ state: 'live', complainedAt: null }])
  }))
