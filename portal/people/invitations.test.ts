import { expect, test } from 'vitest'
import { member, person } from '../testing/build/person.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { findMembers } from './find-members.ts'
import { describeInvitation, type Invited } from './invitation.ts'
import { inviteMember, resendInvitation, revokeInvitation } from './invite-member.ts'
import { mailInvitation } from './mail-invitation.ts'
import type { PersonActor } from './may.ts'
import { findSession } from './session.ts'

const at = '2026-11-22T09:00:00.000Z'
const options = { reactions: { 'member.invited': [mailInvitation] } }
const later = (minutes: number) => new Date(new Date(at).getTime() + minutes * 60_000)
const days = 24 * 60
const email = 'kim@newcomers.example'

async function invited(ground: TestGround, actor: PersonActor, to = email) {
  const done = await inviteMember(ground, actor, { email: to, role: 'handler', locale: 'en' })
  if (done.result !== 'invited') throw new Error(done.result)
  await ground.runReactions()
  const token = /\/invitation\/(\S+)/.exec(ground.caught.mail.at(-1)?.text ?? '')?.[1] ?? ''
  return { token, invitationId: done.invitationId }
}

const nobody = { actor: null, name: 'Kim Aalst' }

test('an invited mailbox joins by a click, as what it was invited to be, once', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { token } = await invited(ground, owner, ' KIM@newcomers.example')
    expect(ground.caught.mail.at(-1)?.to).toBe(email)
    for (let time = 0; time < 10; time += 1) {
      expect(await describeInvitation(ground, token)).toMatchObject({ result: 'valid', role: 'handler', known: false })
    }
    expect(await acceptInvitation(ground, token, { actor: null, name: ' ' })).toEqual({ result: 'name-missing' })
    const joined = await acceptInvitation(ground, token, nobody)
    if (joined.result !== 'signed-in') throw new Error(joined.result)
    expect(joined.actor).toMatchObject({ orgId: owner.orgId, role: 'handler', assurance: 1 })
    expect(await findSession(ground, joined.sessionToken)).toEqual(joined.actor)
    expect(await acceptInvitation(ground, token, nobody)).toEqual({ result: 'accepted' })
    expect(await ground.facts.kinds(owner.orgId)).toEqual(expect.arrayContaining(['member.invited', 'member.joined']))
  }))

test('who is known already signs in by a fresh link: an invitation lives too long to open everything else', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    await member(ground, { email })
    const { token } = await invited(ground, owner)
    expect(await acceptInvitation(ground, token, nobody)).toEqual({ result: 'joined-sign-in' })
    const found = await findMembers(ground, owner)
    expect(found.result === 'found' && found.members.some((one) => one.email === email)).toBe(true)
    expect(await ground.db.read.selectFrom('sessions').selectAll().execute()).toHaveLength(1)
  }))

test('who is signed in as the invited person goes on in the organisation just joined', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const kim = await person(ground, { email })
    const { token } = await invited(ground, owner)
    expect(await acceptInvitation(ground, token, { actor: kim, name: '' })).toEqual({ result: 'joined' })
    const row = await ground.db.read.selectFrom('sessions').select('orgId').where('id', '=', kim.sessionId).execute()
    expect(row).toEqual([{ orgId: owner.orgId }])
  }))

test('an invitation of somebody else is not accepted by who happens to be signed in', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const stranger = await person(ground, { email: 'stranger@other.example' })
    const { token } = await invited(ground, owner)
    expect(await acceptInvitation(ground, token, { actor: stranger, name: 'Kim' })).toEqual({
      result: 'other-person',
      email: 'stranger@other.example',
    })
    expect((await describeInvitation(ground, token)).result).toBe('valid')
    const found = await findMembers(ground, owner)
    expect(found.result === 'found' && found.members).toHaveLength(1)
  }))

test('an invitation works the minute before seven days are over and not when they are', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { token } = await invited(ground, owner)
    ground.clock.set(later(7 * days - 1))
    expect((await describeInvitation(ground, token)).result).toBe('valid')
    ground.clock.set(later(7 * days))
    expect(await describeInvitation(ground, token)).toEqual({ result: 'expired' })
    expect(await acceptInvitation(ground, token, nobody)).toEqual({ result: 'expired' })
    // And whoever is invited again gets another link.
    const again = await invited(ground, owner)
    expect(again.token).not.toBe(token)
    expect((await acceptInvitation(ground, again.token, nobody)).result).toBe('signed-in')
  }))

test('a revoked, altered or invented invitation opens nothing', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { token, invitationId } = await invited(ground, owner)
    const altered = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
    for (const wrong of ['', 'x', invitationId, `${invitationId}.${'A'.repeat(43)}`, altered, `${token}x`]) {
      expect(await acceptInvitation(ground, wrong, nobody)).toEqual({ result: 'unknown' })
      expect(await describeInvitation(ground, wrong)).toEqual({ result: 'unknown' })
    }
    expect(await revokeInvitation(ground, owner, invitationId)).toEqual({ result: 'revoked' })
    expect(await revokeInvitation(ground, owner, invitationId)).toEqual({ result: 'unknown-invitation' })
    expect(await acceptInvitation(ground, token, nobody)).toEqual({ result: 'revoked' })
  }))

test('two clicks at once join once', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { token } = await invited(ground, owner)
    const both = await Promise.all([acceptInvitation(ground, token, nobody), acceptInvitation(ground, token, nobody)])
    expect(both.map(({ result }) => result).sort()).toEqual(['accepted', 'signed-in'])
  }))

test('an invitation is mailed again after ten minutes, three times at most, and is the same one', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { token, invitationId } = await invited(ground, owner)
    expect(await resendInvitation(ground, owner, invitationId)).toEqual({ result: 'too-soon' })
    for (const time of [1, 2, 3]) {
      ground.clock.set(later(10 * time))
      expect(await resendInvitation(ground, owner, invitationId)).toEqual({ result: 'sent' })
    }
    ground.clock.set(later(40))
    expect(await resendInvitation(ground, owner, invitationId)).toEqual({ result: 'too-often' })
    await ground.runReactions()
    expect(ground.caught.mail).toHaveLength(4)
    expect(new Set(ground.caught.mail.map(({ text }) => text)).size).toBe(1)
    expect(ground.caught.mail[3]?.text).toContain(token)
  }))

test('an organisation invites twenty a day, a mailbox is invited five times, and nobody twice at once', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const ask = (actor: PersonActor, to: string): Promise<Invited | { result: 'forbidden' }> =>
      inviteMember(ground, actor, { email: to, role: 'read_only', locale: 'nl' })
    const twice = await Promise.all([ask(owner, email), ask(owner, email)])
    expect(twice.map(({ result }) => result).sort()).toEqual(['already-invited', 'invited'])
    for (let count = 1; count < 20; count += 1) {
      expect((await ask(owner, `p${count}@newcomers.example`)).result).toBe('invited')
    }
    expect(await ask(owner, 'one-more@newcomers.example')).toEqual({ result: 'too-many' })
    for (let count = 1; count < 5; count += 1) {
      expect((await ask(await person(ground, { role: 'owner' }), email)).result).toBe('invited')
    }
    expect(await ask(await person(ground, { role: 'owner' }), email)).toEqual({ result: 'too-many' })
    ground.clock.set(later(days + 1))
    expect((await ask(owner, 'one-more@newcomers.example')).result).toBe('invited')
  }))

test('who is a member is not invited, what is no mailbox neither, and only an owner invites an owner', () =>
  withGround(at, options, async (ground) => {
    const owner = await person(ground, { role: 'owner' })
    const { orgId } = owner
    const admin = await person(ground, { orgId, role: 'admin', email: 'admin@people.example' })
    const input = { email, locale: 'en' } as const
    expect(await inviteMember(ground, owner, { ...input, email: 'admin@people.example', role: 'handler' })).toEqual({
      result: 'already-member',
    })
    for (const wrong of ['', 'kim', 'kim@', '@x.example', 'kim @x.example', 'kim@x.example\nBcc: y@x.example']) {
      expect(await inviteMember(ground, owner, { ...input, email: wrong, role: 'handler' })).toEqual({
        result: 'invalid',
      })
    }
    expect(await inviteMember(ground, admin, { ...input, role: 'owner' })).toEqual({ result: 'forbidden' })
    for (const role of ['handler', 'developer', 'read_only'] as const) {
      const other = await person(ground, { orgId, role })
      expect(await inviteMember(ground, other, { ...input, role })).toEqual({ result: 'forbidden' })
    }
    const { invitationId } = await invited(ground, admin)
    const stranger = await person(ground, { role: 'owner' })
    expect(await revokeInvitation(ground, stranger, invitationId)).toEqual({ result: 'unknown-invitation' })
    expect(await resendInvitation(ground, stranger, invitationId)).toEqual({ result: 'unknown-invitation' })
  }))
