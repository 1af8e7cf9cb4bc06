import { describe, expect, test } from 'vitest'
import { organisation } from '../testing/build/organisation.ts'
import { person } from '../testing/build/person.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { askToClaim, askToJoin } from './ask-to-join.ts'
import { consumeJoining, describeJoining } from './consume-joining.ts'
import { decideAdmission } from './decide-admission.ts'
import { mailContestedClaim, mailDecision } from './mail-decision.ts'
import { mailJoining } from './mail-joining.ts'
import { findSession } from './session.ts'
import { findOpenClaims, settleClaim } from './settle-claim.ts'
import { currentTerms } from './terms.ts'

const at = '2026-11-22T09:00:00.000Z'
const options = {
  reactions: {
    'joining.asked': [mailJoining],
    'claim.contested': [mailContestedClaim],
    'organisation.admitted': [mailDecision],
    'admission.refused': [mailDecision],
  },
}
const accepts = { terms: currentTerms.provider }
const asking = {
  email: 'Abuse@Wigeon.example',
  personName: 'Joost Hop',
  companyName: 'Wigeon Networks',
  country: 'nl',
  locale: 'nl',
}
const later = (ms: number) => new Date(new Date(at).getTime() + ms)
const hour = 3_600_000

async function mailedToken(ground: TestGround): Promise<string> {
  await ground.runReactions()
  const token = /\/join\/(\S+)/.exec(ground.caught.mail.at(-1)?.text ?? '')?.[1]
  if (!token) throw new Error('No link was mailed')
  return token
}

/** A company as a registry told of it: a mailbox, and nobody who acts for it. */
async function knownCompany(ground: TestGround, email = 'abuse@wigeon.example') {
  const orgId = await organisation(ground, { name: 'WIGEON-NET', admitted: false })
  const contactId = `ctc_${orgId.slice(4)}`
  await ground.db.transaction((tx) =>
    tx.db
      .insertInto('contacts')
      .values({ id: contactId, orgId, kind: 'abuse', email, languages: ['en'], position: 1, createdAt: tx.now })
      .execute(),
  )
  return { orgId, contactId }
}

const organisations = (ground: TestGround) =>
  ground.db.read.selectFrom('organisations').selectAll().orderBy('createdAt').execute()

describe('a company joins', () => {
  test('with the mailbox that answers as its contact and its person as the owner, and waits for the desk', () =>
    withGround(at, options, async (ground) => {
      expect(await askToJoin(ground, asking)).toEqual({ result: 'asked' })
      const token = await mailedToken(ground)
      expect(ground.caught.mail[0]).toMatchObject({ to: 'abuse@wigeon.example' })
      const joined = await consumeJoining(ground, token, accepts)
      if (joined.result !== 'joined') throw new Error(joined.result)
      const [company] = await organisations(ground)
      expect(company).toMatchObject({ name: 'Wigeon Networks', kind: 'provider', country: 'NL', admittedAt: null })
      expect(company?.admissionAskedAt).toEqual(new Date(at))
      const [contact] = await ground.db.read.selectFrom('contacts').selectAll().execute()
      expect(contact).toMatchObject({ email: 'abuse@wigeon.example', verifiedAt: new Date(at) })
      expect(joined.actor).toMatchObject({ orgId: joined.orgId, role: 'owner', orgKind: 'provider' })
      expect(await findSession(ground, joined.sessionToken)).toEqual(joined.actor)
      expect(await ground.facts.kinds(joined.orgId)).toEqual(['organisation.joined', 'terms.accepted'])
    }))

  test('not before the terms of today were accepted', () =>
    withGround(at, options, async (ground) => {
      await askToJoin(ground, asking)
      const token = await mailedToken(ground)
      for (const terms of [null, '', 'provider-2020-01', currentTerms.notifier])
        expect(await consumeJoining(ground, token, { terms })).toEqual({ result: 'terms-missing' })
      expect(await organisations(ground)).toEqual([])
      expect((await consumeJoining(ground, token, accepts)).result).toBe('joined')
    }))

  test('opening the link ten times changes nothing; pressing twice at once joins once', () =>
    withGround(at, options, async (ground) => {
      await askToJoin(ground, asking)
      const token = await mailedToken(ground)
      for (let time = 0; time < 10; time += 1) expect((await describeJoining(ground, token)).result).toBe('valid')
      const results = await Promise.all([
        consumeJoining(ground, token, accepts),
        consumeJoining(ground, token, accepts),
      ])
      expect(results.map(({ result }) => result).sort()).toEqual(['consumed', 'joined'])
      expect(await organisations(ground)).toHaveLength(1)
    }))

  test('a wrong, altered, expired or used link says so and changes nothing', () =>
    withGround(at, options, async (ground) => {
      await askToJoin(ground, asking)
      const token = await mailedToken(ground)
      const altered = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
      for (const wrong of ['', 'x', altered, `${token}x`, token.replace('jng_', 'sgn_')])
        expect(await consumeJoining(ground, wrong, accepts)).toEqual({ result: 'unknown' })
      ground.clock.set(later(24 * hour))
      expect(await describeJoining(ground, token)).toEqual({ result: 'expired' })
      expect(await consumeJoining(ground, token, accepts)).toEqual({ result: 'expired' })
      expect(await organisations(ground)).toEqual([])
    }))

  test('what cannot be read is said by its place, and nothing is mailed', () =>
    withGround(at, options, async (ground) => {
      const wrong = { ...asking, email: 'nobody', companyName: 'https://wigeon.example/', country: 'Holland' }
      const asked = await askToJoin(ground, wrong)
      if (asked.result !== 'invalid') throw new Error(asked.result)
      expect(asked.errors.map(({ pointer }) => pointer)).toEqual(['/email', '/companyName', '/country'])
      expect(JSON.stringify(asked)).not.toContain('wigeon')
      await ground.runReactions()
      expect(ground.caught.mail).toEqual([])
    }))

  test('a mailbox gets three links an hour and no more, with the same answer', () =>
    withGround(at, options, async (ground) => {
      for (let time = 0; time < 6; time += 1) expect(await askToJoin(ground, asking)).toEqual({ result: 'asked' })
      await ground.runReactions()
      expect(ground.caught.mail).toHaveLength(3)
      ground.clock.set(later(hour + 1))
      await askToJoin(ground, asking)
      await ground.runReactions()
      expect(ground.caught.mail).toHaveLength(4)
    }))
})

describe('a company that is known from a registry is claimed', () => {
  test('by the mailbox the registry names, and nobody else is mailed', () =>
    withGround(at, options, async (ground) => {
      const known = await knownCompany(ground)
      expect(await askToClaim(ground, known, { personName: 'Joost Hop', locale: 'nl' })).toEqual({ result: 'asked' })
      const token = await mailedToken(ground)
      expect(ground.caught.mail.map(({ to }) => to)).toEqual(['abuse@wigeon.example'])
      const joined = await consumeJoining(ground, token, accepts)
      expect(joined).toMatchObject({ result: 'joined', orgId: known.orgId, how: 'claim' })
      const [contact] = await ground.db.read.selectFrom('contacts').selectAll().execute()
      expect(contact?.verifiedAt).toEqual(new Date(at))
      expect(await organisations(ground)).toHaveLength(1)
    }))

  test('joining with that mailbox is claiming it, not a second company', () =>
    withGround(at, options, async (ground) => {
      const { orgId } = await knownCompany(ground)
      await askToJoin(ground, asking)
      expect(await consumeJoining(ground, await mailedToken(ground), accepts)).toMatchObject({ orgId })
      expect(await organisations(ground)).toHaveLength(1)
    }))

  test('a contact of another company claims nothing', () =>
    withGround(at, options, async (ground) => {
      const { orgId } = await knownCompany(ground)
      const other = await knownCompany(ground, 'abuse@scaup.example')
      const of = { orgId, contactId: other.contactId }
      expect(await askToClaim(ground, of, { personName: 'Joost Hop', locale: 'nl' })).toEqual({
        result: 'unknown-company',
      })
    }))
})

describe('a company that has its own people is claimed once more', () => {
  async function contested(ground: TestGround) {
    const desk = await person(ground, { orgKind: 'platform' })
    const known = await knownCompany(ground)
    await askToClaim(ground, known, { personName: 'Joost Hop', locale: 'nl' })
    await consumeJoining(ground, await mailedToken(ground), accepts)
    await ground.db.transaction((tx) =>
      tx.db
        .insertInto('contacts')
        .values({
          id: 'ctc_00000000000000000000000002',
          orgId: known.orgId,
          kind: 'abuse',
          email: 'noc@wigeon.example',
          languages: ['en'],
          position: 2,
          verifiedAt: tx.now,
          createdAt: tx.now,
        })
        .execute(),
    )
    ground.caught.mail.length = 0
    await askToJoin(ground, { ...asking, email: 'noc@wigeon.example' })
    const token = await mailedToken(ground)
    expect(await describeJoining(ground, token)).toMatchObject({ joining: { contested: true } })
    ground.caught.mail.length = 0
    expect(await consumeJoining(ground, token, accepts)).toEqual({ result: 'contested' })
    await ground.runReactions()
    return { desk, ...known }
  }

  test('its owners and the desk are told, and nothing changes by itself', () =>
    withGround(at, options, async (ground) => {
      const { desk, orgId } = await contested(ground)
      expect(ground.caught.mail.map(({ to }) => to).sort()).toHaveLength(2)
      expect(ground.caught.mail.map(({ to }) => to)).toContain('abuse@wigeon.example')
      expect(
        await ground.db.read.selectFrom('memberships').selectAll().where('orgId', '=', orgId).execute(),
      ).toHaveLength(1)
      expect(await findOpenClaims(ground, desk)).toMatchObject({ claims: [{ orgId, email: 'noc@wigeon.example' }] })
    }))

  test('the desk upholds it: that mailbox is invited beside the owners there are', () =>
    withGround(at, options, async (ground) => {
      const { desk, orgId } = await contested(ground)
      const found = await findOpenClaims(ground, desk)
      const claimId = found.result === 'found' ? (found.claims[0]?.id ?? '') : ''
      const upheld = { claimId, decision: 'upheld' as const, reason: 'The owner confirmed it by telephone' }
      expect(await settleClaim(ground, desk, upheld)).toEqual({ result: 'upheld' })
      expect(await settleClaim(ground, desk, upheld)).toEqual({ result: 'already-settled' })
      const joined = await consumeJoining(ground, await mailedToken(ground), accepts)
      expect(joined).toMatchObject({ result: 'joined', orgId, how: 'invitation' })
      expect(
        await ground.db.read.selectFrom('memberships').selectAll().where('orgId', '=', orgId).execute(),
      ).toHaveLength(2)
    }))

  test('settling wants the desk, a reason without an address, and a claim there is', () =>
    withGround(at, options, async (ground) => {
      const { desk } = await contested(ground)
      const found = await findOpenClaims(ground, desk)
      const claimId = found.result === 'found' ? (found.claims[0]?.id ?? '') : ''
      const settle = (actor: typeof desk, claim: string, reason: string) =>
        settleClaim(ground, actor, { claimId: claim, decision: 'dismissed', reason })
      const owner = await person(ground, { orgKind: 'provider' })
      expect(await settle(owner, claimId, 'It is ours')).toEqual({ result: 'forbidden' })
      expect(await settle(desk, claimId, ' ')).toEqual({ result: 'invalid-reason' })
      expect(await settle(desk, claimId, 'see 203.0.113.9')).toEqual({ result: 'invalid-reason' })
      expect(await settle(desk, 'clm_00000000000000000000000000', 'Nothing there')).toEqual({ result: 'unknown-claim' })
      expect(await settle(desk, claimId, 'Nobody there knows of it')).toEqual({ result: 'dismissed' })
    }))

  test('a mailbox of one of its own people has only to sign in', () =>
    withGround(at, options, async (ground) => {
      const { orgId } = await contested(ground)
      await askToJoin(ground, asking)
      expect(await consumeJoining(ground, await mailedToken(ground), accepts)).toEqual({ result: 'already-member' })
      expect(
        await ground.db.read.selectFrom('memberships').selectAll().where('orgId', '=', orgId).execute(),
      ).toHaveLength(1)
    }))

  test('a company the desk has taken out is not claimed back by its mailbox', () =>
    withGround(at, options, async (ground) => {
      const known = await knownCompany(ground)
      await ground.db.read
        .updateTable('organisations')
        .set({ suspendedAt: later(0) })
        .where('id', '=', known.orgId)
        .execute()
      await askToClaim(ground, known, { personName: 'Joost Hop', locale: 'nl' })
      expect(await consumeJoining(ground, await mailedToken(ground), accepts)).toEqual({ result: 'contested' })
    }))
})

test('the desk admits what waits, once, and the owners are told why', () =>
  withGround(at, options, async (ground) => {
    const desk = await person(ground, { orgKind: 'platform' })
    await askToJoin(ground, asking)
    const joined = await consumeJoining(ground, await mailedToken(ground), accepts)
    if (joined.result !== 'joined') throw new Error(joined.result)
    const { orgId } = joined
    const admit = { orgId, decision: 'admit' as const, reason: 'Found in the trade register' }
    ground.caught.mail.length = 0
    expect(await decideAdmission(ground, desk, { ...admit, reason: 'https://x.example' })).toEqual({
      result: 'invalid-reason',
    })
    expect(await decideAdmission(ground, desk, admit)).toEqual({ result: 'admitted' })
    expect(await decideAdmission(ground, desk, admit)).toEqual({ result: 'not-waiting' })
    await ground.runReactions()
    expect(ground.caught.mail).toHaveLength(1)
    expect(ground.caught.mail[0]?.text).toContain('Reden: Found in the trade register')
  }))
