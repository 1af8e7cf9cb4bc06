import { generateSync } from 'otplib'
import { expect, test } from 'vitest'
import { organisation } from '../testing/build/organisation.ts'
import { member, person } from '../testing/build/person.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { addPerson } from './add-person.ts'
import { chooseOrganisation } from './choose-organisation.ts'
import { findFactors, makeRecoveryCodes, removeFactor } from './factors.ts'
import { isAssured, may, type PersonActor } from './may.ts'
import { askPasskey, enterPasskey, startPasskey } from './passkey.ts'
import { prepareSignIn } from './prepare-sign-in.ts'
import { findSession, isFresh } from './session.ts'
import { consumeSignIn } from './sign-in.ts'
import { confirmTotp, enterRecoveryCode, enterTotp, showTotp, startTotp } from './totp.ts'

const at = '2026-11-22T09:00:00.000Z'
const seconds = (count: number) => new Date(new Date(at).getTime() + count * 1000)

/** Somebody who came by a mailed link, and nothing more. */
async function linked(ground: TestGround, email: string) {
  const prepared = await prepareSignIn(ground, { email, livesMs: 60_000, assurance: 1 })
  const signedIn = await consumeSignIn(ground, prepared.result === 'prepared' ? prepared.token : '')
  if (signedIn.result !== 'signed-in') throw new Error(signedIn.result)
  return { token: signedIn.sessionToken, actor: signedIn.actor }
}

function codeAt(ground: TestGround, secret: string, offset = 0): string {
  return generateSync({ secret, epoch: Math.floor(ground.clock.now().getTime() / 1000) + offset })
}

async function withApp(ground: TestGround, actor: PersonActor) {
  expect(await startTotp(ground, actor)).toEqual({ result: 'started' })
  const shown = await showTotp(ground, actor)
  const secret = shown?.secret ?? ''
  const confirmed = await confirmTotp(ground, actor, codeAt(ground, secret))
  if (confirmed.result !== 'confirmed') throw new Error(confirmed.result)
  return { secret, recoveryCodes: confirmed.recoveryCodes, uri: shown?.uri ?? '' }
}

const again = async (ground: TestGround, session: { token: string }) => {
  const actor = await findSession(ground, session.token)
  if (!actor) throw new Error('The session has ended')
  return actor
}

test('somebody of the desk may do nothing after a mailed link, and everything of theirs after the first code', () =>
  withGround(at, async (ground) => {
    const { email, personId } = await member(ground, { orgKind: 'platform' })
    const session = await linked(ground, email)
    expect(session.actor).toMatchObject({ assurance: 1, assuranceNeeded: 2 })
    expect(may(session.actor, 'attribution.decide')).toBe(false)
    const { recoveryCodes, uri } = await withApp(ground, session.actor)
    expect(new Set(recoveryCodes).size).toBe(10)
    expect(uri).toContain(encodeURIComponent(email))
    const actor = await again(ground, session)
    expect(may(actor, 'attribution.decide')).toBe(true)
    expect(await showTotp(ground, actor)).toBeNull()
    expect(await ground.facts.kinds(personId)).toEqual(
      expect.arrayContaining(['factor.added', 'person.assured', 'recovery-codes.made']),
    )
  }))

test('an authority needs a second factor, a hotline does not; and whoever chooses an authority is asked there', () =>
  withGround(at, async (ground) => {
    const hotline = await organisation(ground, { kind: 'notifier', notifierKind: 'hotline' })
    const authority = await organisation(ground, { kind: 'notifier', notifierKind: 'authority' })
    const { email } = await member(ground, { orgId: hotline })
    const session = await linked(ground, email)
    expect(isAssured(session.actor)).toBe(true)
    await addPerson(ground, { orgId: authority, email, name: 'Thijs', role: 'handler' })
    expect(isAssured(await again(ground, session))).toBe(true)
    expect((await chooseOrganisation(ground, session.actor, authority)).result).toBe('chosen')
    const there = await again(ground, session)
    expect(there.orgId).toBe(authority)
    expect(isAssured(there)).toBe(false)
    expect(may(there, 'notices.read')).toBe(false)
    expect(await chooseOrganisation(ground, there, 'org_other')).toEqual({ result: 'unknown-organisation' })
  }))

test('nothing of the secret is in the database as it is', () =>
  withGround(at, async (ground) => {
    const { actor } = await linked(ground, (await member(ground)).email)
    const { secret, recoveryCodes } = await withApp(ground, actor)
    const rows = [
      await ground.db.read.selectFrom('totpFactors').selectAll().execute(),
      await ground.db.read.selectFrom('recoveryCodes').selectAll().execute(),
    ]
    const stored = Buffer.from(
      JSON.stringify(rows, (_, value) =>
        value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
      ),
    )
    for (const plain of [secret, ...recoveryCodes]) expect(stored.includes(plain)).toBe(false)
  }))

test('once set up it is asked at every sign-in, of whoever need not have one too', () =>
  withGround(at, async (ground) => {
    const { email } = await member(ground, { orgKind: 'provider' })
    const first = await linked(ground, email)
    const other = await linked(ground, email)
    expect(isAssured(first.actor)).toBe(true)
    const { secret } = await withApp(ground, first.actor)
    expect(await findSession(ground, other.token)).toBeNull()
    ground.clock.set(seconds(60))
    const second = await linked(ground, email)
    expect(second.actor).toMatchObject({ assurance: 1, assuranceNeeded: 2 })
    expect(may(second.actor, 'inbox.read')).toBe(false)
    expect(await enterTotp(ground, second.actor, ` ${codeAt(ground, secret).replace(/^(...)/, '$1 ')} `)).toEqual({
      result: 'entered',
    })
    expect(may(await again(ground, second), 'inbox.read')).toBe(true)
  }))

test('a code works one step to either side, and no further', () =>
  withGround(at, async (ground) => {
    const { actor } = await linked(ground, (await member(ground)).email)
    const { secret } = await withApp(ground, actor)
    for (const [offset, result] of [
      [-60, 'wrong'],
      [60, 'wrong'],
      [-30, 'entered'],
      [0, 'entered'],
      [30, 'entered'],
    ] as const) {
      ground.clock.set(new Date(ground.clock.now().getTime() + 300_000))
      expect((await enterTotp(ground, actor, codeAt(ground, secret, offset))).result).toBe(result)
    }
  }))

test('a code that was taken is not taken twice, nor one before it, nor by two at once', () =>
  withGround(at, async (ground) => {
    const { actor } = await linked(ground, (await member(ground)).email)
    const { secret } = await withApp(ground, actor)
    // The one that confirmed is used as well.
    expect((await enterTotp(ground, actor, codeAt(ground, secret))).result).toBe('wrong')
    ground.clock.set(seconds(90))
    const code = codeAt(ground, secret)
    const both = await Promise.all([enterTotp(ground, actor, code), enterTotp(ground, actor, code)])
    expect(both.map(({ result }) => result).sort()).toEqual(['entered', 'wrong'])
    expect((await enterTotp(ground, actor, codeAt(ground, secret, -30))).result).toBe('wrong')
  }))

test('after five wrong answers in a row the right one waits a quarter of an hour', () =>
  withGround(at, async (ground) => {
    const { actor, token } = await linked(ground, (await member(ground, { orgKind: 'platform' })).email)
    const { secret, recoveryCodes } = await withApp(ground, actor)
    for (const left of [4, 3, 2, 1]) expect(await enterTotp(ground, actor, '000000')).toEqual({ result: 'wrong', left })
    const until = new Date(ground.clock.now().getTime() + 15 * 60_000)
    expect(await enterRecoveryCode(ground, actor, 'no such code')).toEqual({ result: 'wait', until })
    ground.clock.set(seconds(60))
    expect(await enterTotp(ground, actor, codeAt(ground, secret))).toEqual({ result: 'wait', until })
    expect(await enterRecoveryCode(ground, actor, recoveryCodes[0] ?? '')).toEqual({ result: 'wait', until })
    ground.clock.set(until)
    expect(await enterTotp(ground, actor, codeAt(ground, secret))).toEqual({ result: 'entered' })
    expect(await enterTotp(ground, actor, '12345')).toEqual({ result: 'wrong', left: 4 })
    expect(await findSession(ground, token)).not.toBeNull()
  }))

test('a recovery code works once, however it is written, and new ones make the old worthless', () =>
  withGround(at, async (ground) => {
    const { email } = await member(ground)
    const first = await linked(ground, email)
    const { recoveryCodes } = await withApp(ground, first.actor)
    const [one = '', two = ''] = recoveryCodes
    const session = await linked(ground, email)
    expect(await makeRecoveryCodes(ground, session.actor)).toEqual({ result: 'forbidden' })
    expect(await enterRecoveryCode(ground, session.actor, one.toUpperCase().replaceAll('-', ' '))).toEqual({
      result: 'entered',
    })
    expect((await enterRecoveryCode(ground, session.actor, one)).result).toBe('wrong')
    const actor = await again(ground, session)
    expect((await findFactors(ground, actor)).recoveryCodesLeft).toBe(9)
    const made = await makeRecoveryCodes(ground, actor)
    expect(made.result === 'made' && made.codes).toHaveLength(10)
    expect((await enterRecoveryCode(ground, actor, two)).result).toBe('wrong')
  }))

test('a mailed link goes past no factor: it neither adds, replaces nor removes one', () =>
  withGround(at, async (ground) => {
    const { email } = await member(ground)
    const first = await linked(ground, email)
    await withApp(ground, first.actor)
    const { actor } = await linked(ground, email)
    expect(await startTotp(ground, actor)).toEqual({ result: 'forbidden' })
    expect(await confirmTotp(ground, actor, '123456')).toEqual({ result: 'forbidden' })
    expect(await removeFactor(ground, actor, 'totp')).toEqual({ result: 'forbidden' })
    const named = { ...ground, config: { ...ground.config, origin: 'https://portal.example' } }
    expect(await startPasskey(named, actor)).toEqual({ result: 'forbidden' })
    expect(await startTotp(ground, await again(ground, first))).toEqual({ result: 'already-on' })
  }))

test('the last factor stays where one is needed, and goes where it was a choice', () =>
  withGround(at, async (ground) => {
    const desk = await linked(ground, (await member(ground, { orgKind: 'platform' })).email)
    await withApp(ground, desk.actor)
    expect(await removeFactor(ground, await again(ground, desk), 'totp')).toEqual({ result: 'last-factor' })
    const host = await linked(ground, (await member(ground)).email)
    await withApp(ground, host.actor)
    expect(await removeFactor(ground, await again(ground, host), { passkeyId: 'psk_none' })).toEqual({
      result: 'unknown-factor',
    })
    expect(await removeFactor(ground, await again(ground, host), 'totp')).toEqual({ result: 'removed' })
    expect(await findFactors(ground, host.actor)).toEqual({
      totp: 'none',
      passkeys: [],
      recoveryCodesLeft: 0,
      required: false,
    })
    expect(isAssured(await again(ground, host))).toBe(true)
  }))

test('who one is counts as fresh for ten minutes after a link or a factor', () =>
  withGround(at, async (ground) => {
    const session = await linked(ground, (await member(ground)).email)
    const { secret } = await withApp(ground, session.actor)
    ground.clock.set(seconds(599))
    expect(await isFresh(ground, session.actor)).toBe(true)
    ground.clock.set(seconds(600))
    expect(await isFresh(ground, session.actor)).toBe(false)
    await enterTotp(ground, session.actor, codeAt(ground, secret))
    expect(await isFresh(ground, session.actor)).toBe(true)
  }))

test('a passkey needs a name, and an answer that was not asked for is wrong', () =>
  withGround(at, async (ground) => {
    const actor = await person(ground)
    expect(await startPasskey(ground, actor)).toEqual({ result: 'no-name' })
    expect(await askPasskey(ground, actor)).toEqual({ result: 'not-set-up' })
    for (const response of [null, {}, { id: 'x' }, 'x']) {
      expect((await enterPasskey(ground, actor, response)).result).toMatch(/wrong|wait/)
    }
  }))
