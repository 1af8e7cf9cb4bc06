import { expect, test } from 'vitest'
import { organisation } from '../testing/build/organisation.ts'
import { member, person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { withGround } from '../testing/with-ground.ts'
import { changeRole, leaveOrganisation, removeMember } from './change-role.ts'
import { findMembers } from './find-members.ts'
import { findProgram } from './find-program.ts'
import { issueApiToken } from './issue-api-token.ts'
import { prepareSignIn } from './prepare-sign-in.ts'
import { findSession } from './session.ts'
import { consumeSignIn } from './sign-in.ts'

const at = '2026-11-22T09:00:00.000Z'

async function session(ground: TestGround, email: string) {
  const prepared = await prepareSignIn(ground, { email, livesMs: 60_000 })
  const signedIn = await consumeSignIn(ground, prepared.result === 'prepared' ? prepared.token : '')
  if (signedIn.result !== 'signed-in') throw new Error(signedIn.result)
  return signedIn
}

const rolesOf = async (ground: TestGround, orgId: string) =>
  (await ground.db.read.selectFrom('memberships').select('role').where('orgId', '=', orgId).orderBy('role').execute())
    .map(({ role }) => role)
    .join(' ')

test('another role ends the sessions of who one was, and is there at the next sign-in', () =>
  withGround(at, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const handler = await member(ground, { orgId: owner.orgId, role: 'handler' })
    const before = await session(ground, handler.email)
    expect(await changeRole(ground, owner, { personId: handler.personId, role: 'admin' })).toEqual({
      result: 'changed',
    })
    expect(await changeRole(ground, owner, { personId: handler.personId, role: 'admin' })).toEqual({ result: 'same' })
    expect(await findSession(ground, before.sessionToken)).toBeNull()
    expect((await session(ground, handler.email)).actor.role).toBe('admin')
    expect(await ground.facts.kinds(owner.orgId)).toContain('member.role-changed')
    expect(await ground.facts.kinds(handler.personId)).toContain('sessions.ended')
  }))

test('nobody changes what they are themselves, owners included', () =>
  withGround(at, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    await person(ground, { orgId: owner.orgId, role: 'owner' })
    const admin = await person(ground, { orgId: owner.orgId, role: 'admin' })
    for (const actor of [owner, admin]) {
      for (const role of ['owner', 'handler'] as const) {
        expect(await changeRole(ground, actor, { personId: actor.personId, role })).toEqual({ result: 'yourself' })
      }
      expect(await removeMember(ground, actor, actor.personId)).toEqual({ result: 'yourself' })
    }
    expect(await rolesOf(ground, owner.orgId)).toBe('admin owner owner')
  }))

test('an admin makes, unmakes and removes no owner; others change nobody', () =>
  withGround(at, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { orgId } = owner
    const admin = await person(ground, { orgId, role: 'admin' })
    const handler = await person(ground, { orgId, role: 'handler' })
    const forbidden = { result: 'forbidden' }
    expect(await changeRole(ground, admin, { personId: owner.personId, role: 'handler' })).toEqual(forbidden)
    expect(await changeRole(ground, admin, { personId: handler.personId, role: 'owner' })).toEqual(forbidden)
    expect(await removeMember(ground, admin, owner.personId)).toEqual(forbidden)
    for (const role of ['handler', 'developer', 'read_only'] as const) {
      const other = await person(ground, { orgId, role })
      expect(await changeRole(ground, other, { personId: handler.personId, role: 'read_only' })).toEqual(
        other.personId === handler.personId ? { result: 'yourself' } : forbidden,
      )
      expect(await removeMember(ground, other, admin.personId)).toEqual(forbidden)
    }
    const invented = { personId: handler.personId, role: 'king' as never }
    expect(await changeRole(ground, owner, invented)).toEqual({ result: 'invalid' })
    expect(await removeMember(ground, admin, handler.personId)).toEqual({ result: 'removed' })
  }))

test('somebody of another organisation is not there to be changed', () =>
  withGround(at, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const stranger = await person(ground, { role: 'handler' })
    const input = { personId: stranger.personId, role: 'read_only' } as const
    expect(await changeRole(ground, owner, input)).toEqual({ result: 'unknown-member' })
    expect(await removeMember(ground, owner, stranger.personId)).toEqual({ result: 'unknown-member' })
    expect(await rolesOf(ground, stranger.orgId)).toBe('handler')
  }))

test('the last owner cannot leave; with a second one the first may', () =>
  withGround(at, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { orgId } = owner
    const admin = await person(ground, { orgId, role: 'admin' })
    expect(await leaveOrganisation(ground, owner)).toEqual({ result: 'last-owner' })
    expect(await changeRole(ground, owner, { personId: admin.personId, role: 'owner' })).toEqual({ result: 'changed' })
    expect(await leaveOrganisation(ground, owner)).toEqual({ result: 'left' })
    expect(await leaveOrganisation(ground, owner)).toEqual({ result: 'unknown-member' })
    expect(await rolesOf(ground, orgId)).toBe('owner')
  }))

test('two owners who demote each other at once leave one owner', () =>
  withGround(at, async (ground) => {
    const one = await person(ground, { role: 'owner' })
    const other = await person(ground, { orgId: one.orgId, role: 'owner' })
    const results = await Promise.all([
      changeRole(ground, one, { personId: other.personId, role: 'handler' }),
      changeRole(ground, other, { personId: one.personId, role: 'handler' }),
    ])
    expect(results.map(({ result }) => result).sort()).toEqual(['changed', 'forbidden'])
    expect(await rolesOf(ground, one.orgId)).toBe('handler owner')
  }))

test('two owners who leave at once leave one owner', () =>
  withGround(at, async (ground) => {
    const one = await person(ground, { role: 'owner' })
    const other = await person(ground, { orgId: one.orgId, role: 'owner' })
    const results = await Promise.all([leaveOrganisation(ground, one), leaveOrganisation(ground, other)])
    expect(results.map(({ result }) => result).sort()).toEqual(['last-owner', 'left'])
    expect(await rolesOf(ground, one.orgId)).toBe('owner')
  }))

test('who is removed is out at once, here and not elsewhere; the organisation’s programs go on', () =>
  withGround(at, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const elsewhere = await organisation(ground, { kind: 'provider' })
    const { email, personId } = await member(ground, { orgId: owner.orgId, role: 'developer' })
    const here = await session(ground, email)
    await member(ground, { orgId: elsewhere, email, role: 'owner' })
    const issued = await issueApiToken(ground, { orgId: owner.orgId, name: 'panel', scopes: [], live: true })
    expect(await removeMember(ground, owner, personId)).toEqual({ result: 'removed' })
    expect(await findSession(ground, here.sessionToken)).toBeNull()
    expect((await session(ground, email)).actor.orgId).toBe(elsewhere)
    expect(await findProgram(ground, issued.token)).not.toBeNull()
  }))

test('a list of people says what this reader may make of each', () =>
  withGround(at, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { orgId } = owner
    const admin = await person(ground, { orgId, role: 'admin' })
    const reader = await person(ground, { orgId, role: 'read_only' })
    await person(ground, { role: 'owner' })
    const seenBy = async (actor: typeof owner) => {
      const found = await findMembers(ground, actor)
      if (found.result !== 'found') throw new Error(found.result)
      return found
    }
    const byOwner = await seenBy(owner)
    expect(byOwner.members.map(({ personId }) => personId).sort()).toEqual(
      [owner, admin, reader].map(({ personId }) => personId).sort(),
    )
    expect(byOwner.members.find(({ yourself }) => yourself)).toMatchObject({ rolesToGive: [], removable: false })
    expect(byOwner.rolesToInvite).toContain('owner')
    const byAdmin = await seenBy(admin)
    expect(byAdmin.members.filter(({ removable }) => removable).map(({ role }) => role)).toEqual(['read_only'])
    expect(byAdmin.rolesToInvite).not.toContain('owner')
    const byReader = await seenBy(reader)
    expect(byReader.members.some(({ removable, rolesToGive }) => removable || rolesToGive.length > 0)).toBe(false)
    expect(byReader).toMatchObject({ rolesToInvite: [], invitations: [] })
  }))
