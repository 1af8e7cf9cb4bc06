import { describe, expect, test } from 'vitest'
import { organisation } from '../testing/build/organisation.ts'
import { person, program } from '../testing/build/person.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { acceptTerms } from './accept-terms.ts'
import { changeOrganisation, declareAdherence } from './change-organisation.ts'
import { consumeJoining } from './consume-joining.ts'
import { askAdmission, decideAdmission } from './decide-admission.ts'
import { describeOrganisation } from './describe-organisation.ts'
import { findAudit } from './find-audit.ts'
import { findProgram } from './find-program.ts'
import { findConsents, giveConsent, withdrawConsent } from './give-consent.ts'
import { inviteAgain, inviteOrganisation } from './invite-organisation.ts'
import { issueApiToken } from './issue-api-token.ts'
import { mailDecision } from './mail-decision.ts'
import { mailJoining } from './mail-joining.ts'
import { prepareSignIn } from './prepare-sign-in.ts'
import { findSession } from './session.ts'
import { consumeSignIn } from './sign-in.ts'
import { reinstateOrganisation, suspendOrganisation } from './suspend-organisation.ts'
import { currentTerms } from './terms.ts'

const at = '2026-11-22T09:00:00.000Z'
const reason = 'Asked for by telephone'
const reactions = {
  'joining.asked': [mailJoining],
  'organisation.suspended': [mailDecision],
  'organisation.reinstated': [mailDecision],
  'admission.refused': [mailDecision],
}

describe('terms', () => {
  test('are accepted once, by an owner, as they stand today', () =>
    withGround(at, async (ground) => {
      const owner = await person(ground)
      const admin = await person(ground, { orgId: owner.orgId, role: 'admin' })
      expect(await acceptTerms(ground, admin, currentTerms.provider)).toEqual({ result: 'forbidden' })
      expect(await acceptTerms(ground, owner, currentTerms.notifier)).toEqual({ result: 'other-version' })
      expect(await acceptTerms(ground, owner, currentTerms.provider)).toEqual({ result: 'accepted' })
      expect(await acceptTerms(ground, owner, currentTerms.provider)).toEqual({ result: 'already-accepted' })
      const described = await describeOrganisation(ground, admin)
      expect(described).toMatchObject({
        organisation: { terms: { acceptedNow: true, history: [{ acceptedAt: new Date(at) }] } },
      })
    }))
})

describe('consent to electronic service', () => {
  test('is given and taken back regime by regime, with date and person, and an authority sees what stands', () =>
    withGround(at, async (ground) => {
      const owner = await person(ground)
      const authority = await person(ground, {
        orgId: await organisation(ground, { kind: 'notifier', notifierKind: 'authority', name: 'Authority Oever' }),
      })
      expect(await giveConsent(ground, owner, 'tco_removal_order')).toEqual({ result: 'given' })
      expect(await giveConsent(ground, owner, 'tco_removal_order')).toEqual({ result: 'already-given' })
      expect(await giveConsent(ground, owner, 'ntd_code')).toEqual({ result: 'unknown-regime' })
      expect(await withdrawConsent(ground, owner, 'dsa_order')).toEqual({ result: 'not-given' })
      expect(await findConsents(ground, authority)).toMatchObject({
        consents: [{ orgId: owner.orgId, regime: 'tco_removal_order', givenAt: new Date(at), withdrawnAt: null }],
      })
      ground.clock.set('2026-11-23T09:00:00.000Z')
      expect(await withdrawConsent(ground, owner, 'tco_removal_order')).toEqual({ result: 'withdrawn' })
      expect(await giveConsent(ground, owner, 'tco_removal_order')).toEqual({ result: 'given' })
      expect(await findConsents(ground, owner)).toMatchObject({
        consents: [{ withdrawnAt: null }, { withdrawnAt: new Date('2026-11-23T09:00:00.000Z') }],
      })
      expect(await ground.facts.kinds(owner.orgId)).toEqual([
        'organisation.admitted',
        'consent.given',
        'consent.withdrawn',
        'consent.given',
      ])
    }))

  test('is an owner’s to give, and nothing of it is told to a hotline', () =>
    withGround(at, async (ground) => {
      const owner = await person(ground)
      const admin = await person(ground, { orgId: owner.orgId, role: 'admin' })
      expect(await giveConsent(ground, admin, 'dsa_order')).toEqual({ result: 'forbidden' })
      expect(await findConsents(ground, await person(ground, { orgKind: 'notifier' }))).toEqual({ result: 'forbidden' })
      expect(await findConsents(ground, owner, { orgId: 'org_other' })).toEqual({ result: 'forbidden' })
    }))
})

describe('what a company says of itself', () => {
  test('is changed by name, and the history says what, when and who, never what stands in it', () =>
    withGround(at, async (ground) => {
      const owner = await person(ground)
      const change = { legalName: 'Tern Hosting B.V.', registry: 'KvK', registryNumber: '12345678', country: 'be' }
      expect(await changeOrganisation(ground, owner, change)).toEqual({ result: 'changed' })
      expect(await changeOrganisation(ground, owner, change)).toEqual({ result: 'unchanged' })
      expect(await describeOrganisation(ground, owner)).toMatchObject({
        organisation: { legalName: 'Tern Hosting B.V.', registryNumber: '12345678', country: 'BE' },
      })
      const facts = await ground.db.read
        .selectFrom('facts')
        .select('payload')
        .where('kind', '=', 'organisation.changed')
        .execute()
      expect(facts).toHaveLength(1)
      expect(facts[0]?.payload).not.toContain('12345678')
    }))

  test('what is wrong is said by its place, and nothing changes', () =>
    withGround(at, async (ground) => {
      const owner = await person(ground)
      const wrong = { name: 'http://tern.example', country: 'Netherlands', phone: 'call me', locale: 'de', more: 1 }
      const changed = await changeOrganisation(ground, owner, wrong)
      if (changed.result !== 'invalid') throw new Error(changed.result)
      expect(changed.errors.map(({ pointer }) => pointer).sort()).toEqual([
        '/country',
        '/locale',
        '/more',
        '/name',
        '/phone',
      ])
      expect(await describeOrganisation(ground, owner)).toMatchObject({ organisation: { name: 'Tern Hosting' } })
      expect(await changeOrganisation(ground, await person(ground, { role: 'handler' }), {})).toEqual({
        result: 'forbidden',
      })
    }))

  test('adherence to the code is its own word with a date, and never one in the future', () =>
    withGround(at, async (ground) => {
      const owner = await person(ground)
      expect(await declareAdherence(ground, owner, new Date('2027-01-01'))).toEqual({ result: 'in-future' })
      expect(await declareAdherence(ground, owner, new Date('nothing'))).toEqual({ result: 'in-future' })
      expect(await declareAdherence(ground, owner, new Date('2026-01-01'))).toEqual({ result: 'declared' })
      expect(await declareAdherence(ground, owner, null)).toEqual({ result: 'declared' })
      expect(await declareAdherence(ground, owner, null)).toEqual({ result: 'unchanged' })
    }))
})

describe('a suspended organisation', () => {
  async function session(ground: TestGround, email: string) {
    const prepared = await prepareSignIn(ground, { email, livesMs: 60_000 })
    const signedIn = prepared.result === 'prepared' ? await consumeSignIn(ground, prepared.token) : null
    if (signedIn?.result !== 'signed-in') throw new Error('Not signed in')
    return signedIn.sessionToken
  }

  test('has no sessions and no tokens until it is reinstated, and its owners are told why', () =>
    withGround(at, { reactions }, async (ground) => {
      const desk = await person(ground, { orgKind: 'platform' })
      const owner = await person(ground, { email: 'noor@tern.example' })
      const { orgId } = owner
      const token = await session(ground, 'noor@tern.example')
      const issued = await issueApiToken(ground, { orgId, name: 'panel', scopes: ['reports:write'], live: true })
      expect(await suspendOrganisation(ground, desk, { orgId, reason })).toEqual({ result: 'suspended' })
      expect(await suspendOrganisation(ground, desk, { orgId, reason })).toEqual({ result: 'already-suspended' })
      expect(await findSession(ground, token)).toBeNull()
      expect(await findProgram(ground, issued.token)).toBeNull()
      await ground.runReactions()
      expect(ground.caught.mail[0]).toMatchObject({ to: 'noor@tern.example' })
      expect(ground.caught.mail[0]?.text).toContain(reason)
      expect(await reinstateOrganisation(ground, desk, { orgId, reason })).toEqual({ result: 'reinstated' })
      expect(await reinstateOrganisation(ground, desk, { orgId, reason })).toEqual({ result: 'not-suspended' })
      expect(await findProgram(ground, issued.token)).not.toBeNull()
      // What was ended stays ended: whoever held it signs in again.
      expect(await findSession(ground, token)).toBeNull()
      expect(await session(ground, 'noor@tern.example')).toBeTruthy()
    }))

  test('is nobody’s to make but the desk’s, never the desk itself, and never without a reason', () =>
    withGround(at, async (ground) => {
      const desk = await person(ground, { orgKind: 'platform' })
      const owner = await person(ground)
      const reader = await person(ground, { orgId: desk.orgId, role: 'read_only' })
      const { orgId } = owner
      expect(await suspendOrganisation(ground, owner, { orgId, reason })).toEqual({ result: 'forbidden' })
      expect(await suspendOrganisation(ground, reader, { orgId, reason })).toEqual({ result: 'forbidden' })
      expect(await suspendOrganisation(ground, desk, { orgId, reason: 'x' })).toEqual({ result: 'invalid-reason' })
      expect(await suspendOrganisation(ground, desk, { orgId: desk.orgId, reason })).toEqual({ result: 'own-desk' })
      expect(await suspendOrganisation(ground, desk, { orgId: 'org_none', reason })).toEqual({
        result: 'unknown-organisation',
      })
      expect((await ground.facts.kinds(orgId)).includes('organisation.suspended')).toBe(false)
    }))
})

describe('a notifier is invited', () => {
  const invitation = {
    notifierKind: 'authority',
    name: 'Authority Sluis',
    country: 'NL',
    trustedFlagger: false,
    email: 'ada@sluis.example',
    personName: 'Ada Sluis',
    locale: 'nl',
    reason,
  }

  test('its first person accepts the terms, and only from then on does it take part', () =>
    withGround(at, { reactions }, async (ground) => {
      const desk = await person(ground, { orgKind: 'platform' })
      const invited = await inviteOrganisation(ground, desk, invitation)
      if (invited.result !== 'invited') throw new Error(JSON.stringify(invited))
      await ground.runReactions()
      const token = /\/join\/(\S+)/.exec(ground.caught.mail[0]?.text ?? '')?.[1] ?? ''
      expect(ground.caught.mail[0]?.to).toBe('ada@sluis.example')
      expect(await consumeJoining(ground, token, { terms: currentTerms.provider })).toEqual({ result: 'terms-missing' })
      const joined = await consumeJoining(ground, token, { terms: currentTerms.notifier })
      if (joined.result !== 'joined') throw new Error(joined.result)
      // A mailed link is not enough for an authority: its second factor comes before everything else.
      expect(joined.actor).toMatchObject({ orgId: invited.orgId, role: 'owner', assurance: 1, assuranceNeeded: 2 })
      expect(await ground.facts.kinds(invited.orgId)).toEqual([
        'joining.asked',
        'organisation.invited',
        'mail.sent',
        'mail.answered',
        'organisation.joined',
        'organisation.admitted',
        'terms.accepted',
      ])
      const again = { orgId: invited.orgId, email: 'bo@sluis.example', personName: 'Bo Sluis' }
      expect(await inviteAgain(ground, desk, again)).toEqual({ result: 'already-joined' })
    }))

  test('what cannot be read is said by its place; nobody else invites', () =>
    withGround(at, { reactions }, async (ground) => {
      const desk = await person(ground, { orgKind: 'platform' })
      const wrong = { ...invitation, notifierKind: 'king', email: 'ada', reason: 'https://x.example' }
      const invited = await inviteOrganisation(ground, desk, wrong)
      if (invited.result !== 'invalid') throw new Error(invited.result)
      expect(invited.errors.map(({ pointer }) => pointer)).toEqual(['/notifierKind', '/email', '/reason'])
      const handler = await person(ground, { orgId: desk.orgId, role: 'handler' })
      expect(await inviteOrganisation(ground, handler, invitation)).toEqual({ result: 'forbidden' })
      expect(await inviteOrganisation(ground, await person(ground), invitation)).toEqual({ result: 'forbidden' })
      await ground.runReactions()
      expect(ground.caught.mail).toEqual([])
    }))
})

test('a refusal says why, and may be asked about again', () =>
  withGround(at, { reactions }, async (ground) => {
    const desk = await person(ground, { orgKind: 'platform' })
    const owner = await person(ground, { orgId: await organisation(ground, { admitted: false }) })
    const { orgId } = owner
    const set = { joinedAt: new Date(at), admissionAskedAt: new Date(at) }
    await ground.db.read.updateTable('organisations').set(set).where('id', '=', orgId).execute()
    expect(await decideAdmission(ground, desk, { orgId, decision: 'admit', reason })).toEqual({
      result: 'terms-missing',
    })
    expect(await decideAdmission(ground, owner, { orgId, decision: 'admit', reason })).toEqual({ result: 'forbidden' })
    expect(await decideAdmission(ground, desk, { orgId, decision: 'refuse', reason })).toEqual({ result: 'refused' })
    await ground.runReactions()
    expect(ground.caught.mail[0]?.text).toContain(reason)
    expect(await askAdmission(ground, owner)).toEqual({ result: 'asked' })
    expect(await askAdmission(ground, owner)).toEqual({ result: 'not-refused' })
    await acceptTerms(ground, owner, currentTerms.provider)
    expect(await decideAdmission(ground, desk, { orgId, decision: 'admit', reason })).toEqual({ result: 'admitted' })
  }))

describe('the audit', () => {
  test('shows every act of the desk with who did it, newest first, page by page', () =>
    withGround(at, async (ground) => {
      const desk = await person(ground, { orgKind: 'platform' })
      const { orgId } = await person(ground)
      ground.clock.set('2026-11-22T10:00:00.000Z')
      await suspendOrganisation(ground, desk, { orgId, reason })
      ground.clock.set('2026-11-22T11:00:00.000Z')
      await reinstateOrganisation(ground, desk, { orgId, reason })
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await findAudit(ground, desk, { of: orgId, limit: 1, cursor })
        if (page.result !== 'found') throw new Error(page.result)
        seen.push(...page.lines.map(({ kind, personName }) => `${kind} ${personName ?? '-'}`))
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      const { name } = await ground.db.read
        .selectFrom('people')
        .select('name')
        .where('id', '=', desk.personId)
        .executeTakeFirstOrThrow()
      expect(seen).toEqual([
        `organisation.reinstated ${name}`,
        `organisation.suspended ${name}`,
        'organisation.admitted -',
      ])
      const until = new Date('2026-11-22T10:30:00.000Z')
      expect(await findAudit(ground, desk, { of: orgId, until })).toMatchObject({ lines: [{}, {}] })
      const kinds = await findAudit(ground, desk, { kind: 'organisation.suspended' })
      expect(kinds).toMatchObject({ lines: [{ orgName: 'Tern Hosting' }] })
      if (kinds.result === 'found') expect(kinds.kinds).toEqual([...new Set(await ground.facts.kinds())].sort())
      expect(await findAudit(ground, desk, { cursor: 'nonsense' })).toEqual({ result: 'invalid-cursor' })
    }))

  test('is the desk’s alone', () =>
    withGround(at, async (ground) => {
      for (const orgKind of ['provider', 'notifier'] as const)
        expect(await findAudit(ground, await person(ground, { orgKind }))).toEqual({ result: 'forbidden' })
      expect(await findAudit(ground, await program(ground, { orgKind: 'platform' }))).toEqual({ result: 'forbidden' })
      expect(await findAudit(ground, { kind: 'nobody' })).toEqual({ result: 'forbidden' })
    }))
})

test('nobody can be somebody else: a session comes from a link to one’s own mailbox, and the desk has no other', () =>
  withGround(at, { config: { mode: 'production' } }, async (ground) => {
    // The one way to have a link without its mailbox is the demo's, and it is shut.
    expect(await prepareSignIn(ground, { email: 'noor@tern.example', livesMs: 60_000 })).toEqual({
      result: 'forbidden',
    })
  }))
