import { expect, test } from 'vitest'
import { organisation } from '../testing/build/organisation.ts'
import { member, person } from '../testing/build/person.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { addPerson } from './add-person.ts'
import { describeActor } from './describe-actor.ts'
import { mailSignIn } from './mail-sign-in.ts'
import { prepareSignIn } from './prepare-sign-in.ts'
import { findSession, signOut } from './session.ts'
import { consumeSignIn, describeSignIn, requestSignIn } from './sign-in.ts'

const at = '2026-11-22T09:00:00.000Z'
const options = { reactions: { 'sign-in.requested': [mailSignIn] } }
const minutes = (count: number) => new Date(new Date(at).getTime() + count * 60_000)

async function mailedToken(ground: TestGround, email: string): Promise<string> {
  await requestSignIn(ground, { email })
  await ground.runReactions()
  const token = /\/sign-in\/(\S+)/.exec(ground.caught.mail.at(-1)?.text ?? '')?.[1]
  if (!token) throw new Error('No link was mailed')
  return token
}

test('a mailed link signs in once, and the session is found by its token alone', () =>
  withGround(at, options, async (ground) => {
    const { personId, email, orgId } = await member(ground, { role: 'handler' })
    const token = await mailedToken(ground, ` ${email.toUpperCase()} `)
    const signedIn = await consumeSignIn(ground, token)
    if (signedIn.result !== 'signed-in') throw new Error(signedIn.result)
    expect(signedIn.actor).toMatchObject({ kind: 'person', personId, orgId, role: 'handler', assurance: 1 })
    expect(await findSession(ground, signedIn.sessionToken)).toEqual(signedIn.actor)
    expect(await consumeSignIn(ground, token)).toEqual({ result: 'consumed' })
    const stored = await ground.db.read.selectFrom('sessions').selectAll().execute()
    expect(JSON.stringify(stored)).not.toContain(signedIn.sessionToken)
    expect(await ground.facts.kinds(personId)).toEqual([
      'sign-in.requested',
      'mail.sent',
      'mail.answered',
      'person.signed-in',
    ])
  }))

test('opening a link changes nothing, however often', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    const token = await mailedToken(ground, email)
    for (let time = 0; time < 3; time += 1) {
      expect(await describeSignIn(ground, token)).toEqual({ result: 'valid', expiresAt: minutes(15) })
    }
    expect((await consumeSignIn(ground, token)).result).toBe('signed-in')
    expect(await describeSignIn(ground, token)).toEqual({ result: 'consumed' })
  }))

test('a link works the minute before it expires and not when it has', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    const token = await mailedToken(ground, email)
    ground.clock.set(minutes(14))
    expect((await describeSignIn(ground, token)).result).toBe('valid')
    ground.clock.set(minutes(15))
    expect(await describeSignIn(ground, token)).toEqual({ result: 'expired' })
    expect(await consumeSignIn(ground, token)).toEqual({ result: 'expired' })
  }))

test('an altered or invented link is unknown', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    const token = await mailedToken(ground, email)
    const [id] = token.split('.')
    const altered = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
    for (const wrong of ['', 'x', `${id}`, `${id}.`, altered, `${id}.${'A'.repeat(43)}`, `${token}x`]) {
      expect(await describeSignIn(ground, wrong)).toEqual({ result: 'unknown' })
      expect(await consumeSignIn(ground, wrong)).toEqual({ result: 'unknown' })
    }
  }))

test('two clicks at once sign in once', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    const token = await mailedToken(ground, email)
    const results = await Promise.all([consumeSignIn(ground, token), consumeSignIn(ground, token)])
    expect(results.map(({ result }) => result).sort()).toEqual(['consumed', 'signed-in'])
  }))

test('a known and an unknown mailbox get the same answer, and only the known one gets mail', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    expect(await requestSignIn(ground, { email: 'nobody@people.example' })).toEqual({ result: 'requested' })
    expect(await requestSignIn(ground, { email })).toEqual({ result: 'requested' })
    await ground.runReactions()
    expect(ground.caught.mail.map(({ to }) => to)).toEqual([email])
  }))

test('a mailbox gets five links in a quarter of an hour and no more, with the same answer', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    for (let time = 0; time < 8; time += 1) {
      expect(await requestSignIn(ground, { email })).toEqual({ result: 'requested' })
    }
    await ground.runReactions()
    expect(ground.caught.mail).toHaveLength(5)
    ground.clock.set(minutes(16))
    await requestSignIn(ground, { email })
    await ground.runReactions()
    expect(ground.caught.mail).toHaveLength(6)
  }))

test('the mail speaks the person’s language, or that of the page, and holds nothing but the link', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground, { locale: 'nl' })
    await requestSignIn(ground, { email })
    await requestSignIn(ground, { email, locale: 'en' })
    await ground.runReactions()
    const [dutch, english] = ground.caught.mail
    expect(dutch?.subject).toBe('Uw link om in te loggen bij Noticeline')
    expect(english?.subject).toBe('Your link to sign in to Noticeline')
    expect(english?.text.match(/https?:\/\//g)).toHaveLength(1)
    expect(english?.text).toContain(`${ground.config.origin}/sign-in/sgn_`)
  }))

test('a link that was used or ran out before the mail went is not mailed', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    await requestSignIn(ground, { email })
    ground.clock.set(minutes(15))
    await ground.runReactions()
    expect(ground.caught.mail).toHaveLength(0)
  }))

test('a session ends by signing out, by time, by leaving and by suspension', () =>
  withGround(at, options, async (ground) => {
    const signIn = async (orgId?: string) => {
      const { email, ...built } = await member(ground, orgId ? { orgId } : {})
      const prepared = await prepareSignIn(ground, { email, livesMs: 60_000 })
      const signedIn = await consumeSignIn(ground, prepared.result === 'prepared' ? prepared.token : '')
      if (signedIn.result !== 'signed-in') throw new Error(signedIn.result)
      return { ...built, ...signedIn }
    }
    const leaver = await signIn()
    const suspended = await signIn()
    const stayer = await signIn()
    const out = await signIn()
    expect(await signOut(ground, out.actor)).toEqual({ result: 'signed-out' })
    expect(await signOut(ground, out.actor)).toEqual({ result: 'already-signed-out' })
    expect(await findSession(ground, out.sessionToken)).toBeNull()
    await ground.db.read.deleteFrom('memberships').where('personId', '=', leaver.personId).execute()
    expect(await findSession(ground, leaver.sessionToken)).toBeNull()
    await ground.db.read
      .updateTable('organisations')
      .set({ suspendedAt: new Date(at) })
      .where('id', '=', suspended.orgId)
      .execute()
    expect(await findSession(ground, suspended.sessionToken)).toBeNull()
    const lives = ground.config.sessionDays * 24 * 60
    ground.clock.set(minutes(lives - 1))
    expect(await findSession(ground, stayer.sessionToken)).toEqual(stayer.actor)
    ground.clock.set(minutes(lives))
    expect(await findSession(ground, stayer.sessionToken)).toBeNull()
    expect(await findSession(ground, 'no token at all')).toBeNull()
  }))

test('when somebody was last seen is kept by the minute, not by the request', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    const signedIn = await consumeSignIn(ground, await mailedToken(ground, email))
    if (signedIn.result !== 'signed-in') throw new Error(signedIn.result)
    const seen = async () =>
      (await ground.db.read.selectFrom('sessions').select('lastSeenAt').executeTakeFirstOrThrow()).lastSeenAt
    ground.clock.set(new Date(minutes(1).getTime() - 1))
    await findSession(ground, signedIn.sessionToken)
    expect(await seen()).toEqual(minutes(0))
    ground.clock.set(minutes(1))
    await findSession(ground, signedIn.sessionToken)
    expect(await seen()).toEqual(minutes(1))
  }))

test('a prepared link is refused in production', () =>
  withGround(at, async (ground) => {
    const { email } = await member(ground)
    const production = { ...ground, config: { ...ground.config, mode: 'production' as const } }
    expect(await prepareSignIn(production, { email, livesMs: 1000 })).toEqual({ result: 'forbidden' })
    expect(await prepareSignIn(ground, { email: 'nobody@people.example', livesMs: 1000 })).toEqual({
      result: 'unknown-person',
    })
  }))

test('who is a member already joins another organisation as the same person', () =>
  withGround(at, async (ground) => {
    const first = await member(ground, { email: 'noor@people.example' })
    const orgId = await organisation(ground, { kind: 'notifier' })
    const again = { orgId, email: 'NOOR@people.example', name: 'Noor', role: 'owner' } as const
    expect(await addPerson(ground, again)).toEqual({ result: 'added', personId: first.personId })
    expect(await addPerson(ground, again)).toEqual({ result: 'already-member', personId: first.personId })
    expect(await addPerson(ground, { ...again, orgId: 'org_none' })).toEqual({ result: 'unknown-organisation' })
    expect(await addPerson(ground, { ...again, email: 'no mailbox' })).toEqual({ result: 'invalid' })
  }))

test('an actor is described for the head of a page', () =>
  withGround(at, async (ground) => {
    const orgId = await organisation(ground, { kind: 'notifier', name: 'Stichting Baken' })
    const actor = await person(ground, { orgId, email: 'lin@baken.example', role: 'handler', locale: 'nl' })
    expect(await describeActor(ground, actor)).toMatchObject({
      email: 'lin@baken.example',
      orgName: 'Stichting Baken',
      orgKind: 'notifier',
      role: 'handler',
      locale: 'nl',
    })
  }))

test('what a clock that was a year ahead gave out opens nothing once it is set back, and locks nobody out', () =>
  withGround(at, options, async (ground) => {
    const { email } = await member(ground)
    ground.clock.set('2027-11-22T09:00:00.000Z')
    for (let asked = 0; asked < 4; asked += 1) await requestSignIn(ground, { email })
    const link = await mailedToken(ground, email)
    const session = await consumeSignIn(ground, link)
    if (session.result !== 'signed-in') throw new Error(session.result)
    await ground.db.read.updateTable('signIns').set({ consumedAt: null }).execute()
    ground.clock.set(at)
    expect(await describeSignIn(ground, link)).toEqual({ result: 'expired' })
    expect(await findSession(ground, session.sessionToken)).toBeNull()
    expect((await consumeSignIn(ground, await mailedToken(ground, email))).result).toBe('signed-in')
  }))
