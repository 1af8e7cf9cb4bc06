import { expect, test } from 'vitest'
import { organisation } from '../testing/build/organisation.ts'
import { member, person } from '../testing/build/person.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { addPerson } from './add-person.ts'
import { confirmMailboxChange, describeMailboxChange, requestMailboxChange } from './change-mailbox.ts'
import { changePerson } from './change-person.ts'
import { chooseOrganisation } from './choose-organisation.ts'
import { endSession } from './end-session.ts'
import { findOwnOrganisations, findSessions } from './find-sessions.ts'
import { mailMailboxChange } from './mail-mailbox-change.ts'
import { mailSignIn } from './mail-sign-in.ts'
import type { PersonActor } from './may.ts'
import { prepareSignIn } from './prepare-sign-in.ts'
import { type BrowserFamily, findSession } from './session.ts'
import { consumeSignIn, requestSignIn } from './sign-in.ts'

const at = '2026-11-22T09:00:00.000Z'
const options = { reactions: { 'mailbox-change.requested': [mailMailboxChange], 'sign-in.requested': [mailSignIn] } }
const hours = (count: number) => new Date(new Date(at).getTime() + count * 3_600_000)

async function signedIn(
  ground: TestGround,
  email: string,
  from: { browser?: BrowserFamily; replaces?: PersonActor } = {},
) {
  const prepared = await prepareSignIn(ground, { email, livesMs: 60_000 })
  const done = await consumeSignIn(ground, prepared.result === 'prepared' ? prepared.token : '', from)
  if (done.result !== 'signed-in') throw new Error(done.result)
  return done
}

async function mailedLinks(ground: TestGround) {
  await ground.runReactions()
  const [old, fresh] = ground.caught.mail.slice(-2).map((mail) => ({
    to: mail.to,
    token: /\/mailbox-change\/(\S+)/.exec(mail.text)?.[1] ?? '',
  }))
  if (!old || !fresh) throw new Error('Two mails were expected')
  return { old, fresh }
}

test('sessions are listed with their browser and time, and ended one by one or all at once', () =>
  withGround(at, async (ground) => {
    const { email } = await member(ground)
    const here = await signedIn(ground, email, { browser: 'firefox' })
    ground.clock.set(hours(1))
    const there = await signedIn(ground, email, { browser: 'safari' })
    const third = await signedIn(ground, email)
    const listed = await findSessions(ground, here.actor)
    expect(listed.map(({ browser, current }) => [browser, current])).toEqual([
      ['other', false],
      ['safari', false],
      ['firefox', true],
    ])
    expect(Object.keys(listed[0] ?? {}).sort()).toEqual(
      ['browser', 'current', 'id', 'lastSeenAt', 'orgName', 'secondFactor', 'signedInAt'].sort(),
    )
    expect(await endSession(ground, here.actor, { sessionId: there.actor.sessionId })).toEqual({
      result: 'ended',
      count: 1,
    })
    expect(await findSession(ground, there.sessionToken)).toBeNull()
    expect(await endSession(ground, here.actor, 'others')).toEqual({ result: 'ended', count: 1 })
    expect(await findSession(ground, third.sessionToken)).toBeNull()
    expect(await findSession(ground, here.sessionToken)).toEqual(here.actor)
  }))

test('nobody sees or ends the session of somebody else', () =>
  withGround(at, async (ground) => {
    const one = await person(ground)
    const other = await person(ground, { orgId: one.orgId })
    expect((await findSessions(ground, one)).map(({ id }) => id)).toEqual([one.sessionId])
    expect(await endSession(ground, one, { sessionId: other.sessionId })).toEqual({ result: 'unknown-session' })
    expect((await findSessions(ground, other)).length).toBe(1)
  }))

test('a new link in the same browser takes the old session’s place, in the organisation it was in', () =>
  withGround(at, async (ground) => {
    const { email } = await member(ground)
    const second = await organisation(ground, { kind: 'notifier' })
    await addPerson(ground, { orgId: second, email, name: 'Noor', role: 'handler' })
    const first = await signedIn(ground, email)
    expect(first.organisations).toBe(2)
    await chooseOrganisation(ground, first.actor, second)
    const moved = await findSession(ground, first.sessionToken)
    expect(moved).toMatchObject({ orgId: second, orgKind: 'notifier', role: 'handler' })
    if (!moved) return
    const again = await signedIn(ground, email, { replaces: moved })
    expect(again.actor.orgId).toBe(second)
    expect(await findSession(ground, first.sessionToken)).toBeNull()
    const stranger = await member(ground)
    await signedIn(ground, stranger.email, { replaces: again.actor })
    expect(await findSession(ground, again.sessionToken)).not.toBeNull()
  }))

test('one chooses from the organisations one belongs to that are not suspended', () =>
  withGround(at, async (ground) => {
    const { email, orgId } = await member(ground)
    const second = await organisation(ground, { kind: 'notifier' })
    await addPerson(ground, { orgId: second, email, name: 'Noor', role: 'handler' })
    const { actor } = await signedIn(ground, email)
    expect((await findOwnOrganisations(ground, actor)).map((one) => [one.orgId, one.current])).toEqual([
      [orgId, true],
      [second, false],
    ])
    await ground.db.read
      .updateTable('organisations')
      .set({ suspendedAt: new Date(at) })
      .where('id', '=', second)
      .execute()
    expect(await findOwnOrganisations(ground, actor)).toHaveLength(1)
    for (const wrong of [second, (await person(ground)).orgId, 'org_none', '']) {
      expect(await chooseOrganisation(ground, actor, wrong)).toEqual({ result: 'unknown-organisation' })
    }
  }))

test('a name is given and not too long', () =>
  withGround(at, async (ground) => {
    const actor = await person(ground)
    expect(await changePerson(ground, actor, { name: '  Noor Visser ', locale: 'nl' })).toEqual({ result: 'changed' })
    expect(await changePerson(ground, actor, { name: ' ', locale: 'nl' })).toEqual({ result: 'name-missing' })
    expect(await changePerson(ground, actor, { name: 'x'.repeat(101), locale: 'nl' })).toEqual({
      result: 'name-too-long',
    })
    const row = await ground.db.read
      .selectFrom('people')
      .select(['name', 'locale'])
      .where('id', '=', actor.personId)
      .execute()
    expect(row).toEqual([{ name: 'Noor Visser', locale: 'nl' }])
  }))

test('a mailbox changes when the old one and the new one have both said yes, whoever is first', () =>
  withGround(at, options, async (ground) => {
    for (const first of ['old', 'fresh'] as const) {
      const actor = await person(ground, { email: `${first}@before.example` })
      const input = { email: ` ${first.toUpperCase()}@after.example ` }
      expect(await requestMailboxChange(ground, actor, input)).toEqual({ result: 'requested' })
      const links = await mailedLinks(ground)
      expect([links.old.to, links.fresh.to]).toEqual([`${first}@before.example`, `${first}@after.example`])
      for (let time = 0; time < 10; time += 1) {
        expect((await describeMailboxChange(ground, links.old.token)).result).toBe('valid')
      }
      const second = first === 'old' ? 'fresh' : 'old'
      expect(await confirmMailboxChange(ground, links[first].token)).toEqual({ result: 'half' })
      expect(await confirmMailboxChange(ground, links[first].token)).toEqual({ result: 'confirmed' })
      expect(await confirmMailboxChange(ground, links[second].token)).toEqual({ result: 'changed' })
      expect(await confirmMailboxChange(ground, links[second].token)).toEqual({ result: 'ended' })
      expect((await findSessions(ground, actor)).length).toBe(0)
      await requestSignIn(ground, { email: `${first}@after.example` })
      await ground.runReactions()
      expect(ground.caught.mail.at(-1)?.to).toBe(`${first}@after.example`)
    }
  }))

test('a mailbox that is somebody’s stays theirs, and only who holds both is told', () =>
  withGround(at, options, async (ground) => {
    const actor = await person(ground)
    const other = await member(ground)
    expect(await requestMailboxChange(ground, actor, { email: other.email })).toEqual({ result: 'requested' })
    const links = await mailedLinks(ground)
    expect(await confirmMailboxChange(ground, links.old.token)).toEqual({ result: 'half' })
    expect(await confirmMailboxChange(ground, links.fresh.token)).toEqual({ result: 'taken' })
  }))

test('a later request, a day, or a wrong link change nothing', () =>
  withGround(at, options, async (ground) => {
    const actor = await person(ground, { email: 'same@people.example' })
    for (const wrong of ['', 'no mailbox', 'x@', 'x@y.example\nBcc: z@y.example']) {
      expect(await requestMailboxChange(ground, actor, { email: wrong })).toEqual({ result: 'invalid' })
    }
    expect(await requestMailboxChange(ground, actor, { email: 'SAME@people.example' })).toEqual({ result: 'same' })
    await requestMailboxChange(ground, actor, { email: 'one@after.example' })
    const first = await mailedLinks(ground)
    await requestMailboxChange(ground, actor, { email: 'two@after.example' })
    const second = await mailedLinks(ground)
    expect(await confirmMailboxChange(ground, first.old.token)).toEqual({ result: 'ended' })
    const asNew = second.old.token.replace('.old.', '.new.')
    for (const wrong of ['', 'x', asNew, `${second.old.token}x`]) {
      expect(await confirmMailboxChange(ground, wrong)).toEqual({ result: 'unknown' })
    }
    await requestMailboxChange(ground, actor, { email: 'three@after.example' })
    expect(await requestMailboxChange(ground, actor, { email: 'four@after.example' })).toEqual({ result: 'too-many' })
    const third = await mailedLinks(ground)
    ground.clock.set(hours(24))
    expect(await confirmMailboxChange(ground, third.old.token)).toEqual({ result: 'ended' })
  }))
