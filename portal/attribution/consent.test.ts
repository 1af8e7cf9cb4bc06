import { describe, expect, test } from 'vitest'
import { addContact } from '../providers/add-contact.ts'
import { reactions } from '../reactions.ts'
import { claimed, registered } from '../testing/build/claim.ts'
import { person } from '../testing/build/person.ts'
import { network, provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { answerConsent, revokeConsent } from './answer-consent.ts'
import { claimNetwork } from './claim-network.ts'
import { decideClaim } from './decide-claim.ts'
import { findChain } from './find-chain.ts'
import { findClaim, findClaimsForDesk, findConsents } from './find-networks.ts'
import { giveUpNetwork } from './give-up-network.ts'
import { endNetwork } from './prove-network.ts'

const at = '2026-11-22T09:00:00.000Z'
const part = '203.0.113.80/29'
const pirateMailbox = 'abuse@pirate.example'
const soon = { config: { networkWaitMs: 3_600_000 }, reactions }

async function hostOf(ground: TestGround, ip: string): Promise<string | null> {
  const found = await findChain(ground, { url: `https://${ip}/`, ip: null })
  return found.result === 'attributed' ? (found.chain[0]?.org ?? null) : null
}

/** Tern holds a /24; somebody whose mailbox the registry names for a /29 in it claims that, and has answered. */
async function nested(ground: TestGround) {
  const tern = await provider(ground, { contact: 'abuse@tern.example' })
  const other = await provider(ground, { name: 'Saltmarsh', cidr: null, contact: pirateMailbox })
  registered(ground, '203.0.113.0/24')
  registered(ground, part, { mailbox: pirateMailbox, asn: 64_500 })
  ground.lookups.answerRegistry('AS64500', { abuse: [{ email: 'abuse@tern.example', name: null }] })
  const { claimId } = await claimed(ground, other, { cidr: part }, 'registry_mail', pirateMailbox)
  await ground.runReactions()
  return { tern, other, claimId }
}

async function stateOfClaim(ground: TestGround, actor: Parameters<typeof findClaim>[1], claimId: string) {
  const found = await findClaim(ground, actor, claimId)
  return found.result === 'found' ? found.claim.state : found.result
}

describe('a claim inside somebody’s network', () => {
  test('is told to the holder alone, and counts from its consent on until that is taken back', () =>
    withGround(at, soon, async (ground) => {
      const { tern, other, claimId } = await nested(ground)
      expect(await stateOfClaim(ground, other.actor, claimId)).toBe('waiting_consent')
      const mail = ground.caught.mail.filter(({ subject }) => subject.includes('part of your network'))
      expect(mail.map(({ to }) => to)).toEqual(['abuse@tern.example'])
      expect(await findConsents(ground, tern.actor)).toMatchObject({ claims: [{ id: claimId, orgName: 'Saltmarsh' }] })
      expect(await findConsents(ground, other.actor)).toEqual({ result: 'found', claims: [] })
      expect(await hostOf(ground, '203.0.113.81')).toBe(tern.orgId)
      // Neither whoever claims nor the desk agrees in the holder’s place.
      const desk = await person(ground, { orgKind: 'platform' })
      expect(await answerConsent(ground, other.actor, claimId, 'agree')).toEqual({ result: 'unknown-claim' })
      expect(await decideClaim(ground, desk, claimId, 'accepted', 'They rang us up')).toEqual({
        result: 'needs-consent',
      })
      const handler = await person(ground, { orgId: tern.orgId, role: 'handler' })
      expect(await answerConsent(ground, handler, claimId, 'agree')).toEqual({ result: 'forbidden' })
      expect(await answerConsent(ground, tern.actor, claimId, 'agree')).toEqual({ result: 'agreed' })
      expect(await answerConsent(ground, tern.actor, claimId, 'refuse')).toEqual({ result: 'already-answered' })
      expect(await stateOfClaim(ground, other.actor, claimId)).toBe('in_force')
      expect(await hostOf(ground, '203.0.113.81')).toBe(other.orgId)
      expect(await hostOf(ground, '203.0.113.90')).toBe(tern.orgId)
      expect(await revokeConsent(ground, other.actor, claimId)).toEqual({ result: 'unknown-claim' })
      expect(await revokeConsent(ground, tern.actor, claimId)).toEqual({ result: 'revoked' })
      expect(await hostOf(ground, '203.0.113.81')).toBe(tern.orgId)
    }))

  test('that is refused stays refused, whoever presses again', () =>
    withGround(at, soon, async (ground) => {
      const { tern, other, claimId } = await nested(ground)
      expect(await answerConsent(ground, tern.actor, claimId, 'refuse')).toEqual({ result: 'refused' })
      expect(await answerConsent(ground, tern.actor, claimId, 'agree')).toEqual({ result: 'already-answered' })
      expect(await stateOfClaim(ground, other.actor, claimId)).toBe('refused')
      ground.clock.set('2026-12-22T09:00:00.000Z')
      expect(await hostOf(ground, '203.0.113.81')).toBe(tern.orgId)
    }))

  test('by nothing but consent asks at once, and is proven by it', () =>
    withGround(at, soon, async (ground) => {
      const tern = await provider(ground, { contact: 'abuse@tern.example' })
      const other = await provider(ground, { name: 'Saltmarsh', cidr: null })
      const { claimId } = await claimed(ground, other, { cidr: part }, 'parent_consent')
      await ground.runReactions()
      expect(ground.caught.mail).toHaveLength(1)
      expect(await hostOf(ground, '203.0.113.81')).toBe(tern.orgId)
      await answerConsent(ground, tern.actor, claimId, 'agree')
      expect(await hostOf(ground, '203.0.113.81')).toBe(other.orgId)
    }))

  test('ends with the network around it, when that was all it counted by', () =>
    withGround(at, soon, async (ground) => {
      const tern = await provider(ground, { cidr: null })
      const whole = await network(ground, { orgId: tern.orgId, cidr: '203.0.113.0/24' })
      const other = await provider(ground, { name: 'Saltmarsh', cidr: null })
      const { claimId } = await claimed(ground, other, { cidr: part }, 'parent_consent')
      await answerConsent(ground, tern.actor, claimId, 'agree')
      const third = await provider(ground, { name: 'Heron', cidr: null })
      const inner = await claimed(ground, third, { cidr: '203.0.113.80/30' }, 'parent_consent')
      await answerConsent(ground, other.actor, inner.claimId, 'agree')
      expect(await hostOf(ground, '203.0.113.81')).toBe(third.orgId)
      await endNetwork(ground, await person(ground, { orgKind: 'platform' }), whole, 'Sold')
      expect(await hostOf(ground, '203.0.113.81')).toBeNull()
      expect(await findClaim(ground, third.actor, inner.claimId)).toMatchObject({
        claim: { endedCode: 'parent_ended' },
      })
    }))
})

describe('overlapping claims', () => {
  test('a wider one takes nobody’s place: it waits for the desk, and who was there before stays', () =>
    withGround(at, soon, async (ground) => {
      const tern = await provider(ground)
      const wide = await provider(ground, { name: 'Pirate', cidr: null })
      registered(ground, '203.0.112.0/20', { mailbox: pirateMailbox, asn: 64_501 })
      const { claimId } = await claimed(ground, wide, { cidr: '203.0.112.0/20' }, 'registry_mail', pirateMailbox)
      expect(await findClaim(ground, wide.actor, claimId)).toMatchObject({
        claim: { state: 'waiting_desk', contradictions: ['holds_others'] },
      })
      ground.clock.set('2026-12-22T09:00:00.000Z')
      expect(await hostOf(ground, '203.0.114.1')).toBeNull()
      const desk = await person(ground, { orgKind: 'platform' })
      expect(await findClaimsForDesk(ground, desk)).toMatchObject({ claims: [{ id: claimId }] })
      expect(await decideClaim(ground, desk, claimId, 'accepted', 'Seen their contract')).toEqual({
        result: 'accepted',
      })
      expect(await hostOf(ground, '203.0.114.1')).toBe(wide.orgId)
      expect(await hostOf(ground, '203.0.113.80')).toBe(tern.orgId)
    }))

  test('two at once are both a question for the desk, whichever was proven first', () =>
    withGround(at, { config: { networkWaitMs: 86_400_000 }, reactions }, async (ground) => {
      const one = await provider(ground, { cidr: null })
      const two = await provider(ground, { name: 'Pirate', cidr: null })
      registered(ground, '203.0.113.0/24')
      const first = await claimed(ground, one, { cidr: '203.0.113.0/24' }, 'registry_mail', 'abuse@tern.example')
      registered(ground, '203.0.113.0/25')
      const second = await claimed(ground, two, { cidr: '203.0.113.0/25' }, 'registry_mail', 'abuse@tern.example')
      expect(await stateOfClaim(ground, one.actor, first.claimId)).toBe('waiting_time')
      expect(await findClaim(ground, two.actor, second.claimId)).toMatchObject({
        claim: { state: 'waiting_desk', contradictions: ['contested'] },
      })
    }))

  test('the same again, or a part of what one has, is known already; another’s is not said to be', () =>
    withGround(at, soon, async (ground) => {
      const tern = await provider(ground)
      registered(ground, '203.0.113.0/25')
      const again = { orgId: tern.orgId, what: { cidr: '203.0.113.0/25' }, by: 'registry_mail' } as const
      expect(await claimNetwork(ground, tern.actor, again)).toEqual({ result: 'already-claimed', claimId: null })
      const { claimId } = await claimed(ground, tern, { domain: 'tern.example' }, 'dns_txt')
      const name = { orgId: tern.orgId, what: { domain: 'TERN.example.' }, by: 'file' } as const
      expect(await claimNetwork(ground, tern.actor, name)).toEqual({ result: 'already-claimed', claimId })
      expect(await giveUpNetwork(ground, tern.actor, claimId)).toEqual({ result: 'ended' })
      expect(await giveUpNetwork(ground, tern.actor, claimId)).toEqual({ result: 'already-ended' })
      expect((await claimNetwork(ground, tern.actor, name)).result).toBe('claimed')
      const stranger = await provider(ground, { name: 'Heron', cidr: null })
      expect(await giveUpNetwork(ground, stranger.actor, claimId)).toEqual({ result: 'unknown-network' })
      expect((await claimNetwork(ground, stranger.actor, { ...name, orgId: stranger.orgId })).result).toBe('claimed')
      expect(await claimNetwork(ground, stranger.actor, name)).toEqual({ result: 'forbidden' })
    }))
})

describe('what the routing table contradicts', () => {
  test.each<[string, (ground: TestGround) => void, string]>([
    [
      'another company announces it',
      (ground) => {
        registered(ground, '203.0.113.0/24', { mailbox: 'abuse@mudlark.example', asn: 64_501 })
        registered(ground, '203.0.113.0/24', { mailbox: pirateMailbox, asn: 64_502 })
      },
      'routing_other',
    ],
    [
      'nobody announces it',
      (ground) =>
        ground.lookups.answerRegistry('203.0.113.0/24', {
          ranges: ['203.0.113.0/24'],
          abuse: [{ email: pirateMailbox, name: null }],
        }),
      'not_announced',
    ],
  ])('waits for the desk, which sees both sources: %s', (_, say, contradiction) =>
    withGround(at, soon, async (ground) => {
      say(ground)
      const pirate = await provider(ground, { name: 'Pirate', cidr: null })
      const { claimId } = await claimed(ground, pirate, { cidr: '203.0.113.0/24' }, 'registry_mail', pirateMailbox)
      ground.clock.set('2026-12-22T09:00:00.000Z')
      expect(await hostOf(ground, '203.0.113.80')).toBeNull()
      const desk = await person(ground, { orgKind: 'platform' })
      const waiting = await findClaimsForDesk(ground, desk)
      expect(waiting).toMatchObject({
        claims: [{ id: claimId, contradictions: [contradiction], registry: { mailbox: pirateMailbox } }],
      })
      expect(await findClaimsForDesk(ground, pirate.actor)).toEqual({ result: 'forbidden' })
      expect(await decideClaim(ground, pirate.actor, claimId, 'accepted', 'It is ours')).toEqual({
        result: 'forbidden',
      })
      expect(await decideClaim(ground, desk, claimId, 'refused', '')).toEqual({ result: 'invalid-reason' })
      expect(await decideClaim(ground, desk, claimId, 'refused', 'Nothing shows it')).toEqual({ result: 'refused' })
      expect(await decideClaim(ground, desk, claimId, 'accepted', 'After all')).toEqual({ result: 'not-waiting' })
      expect(await hostOf(ground, '203.0.113.80')).toBeNull()
      await ground.runReactions()
    }),
  )

  test('a young claim may be accepted early, with a reason, or refused', () =>
    withGround(at, { config: { networkWaitMs: 86_400_000 }, reactions }, async (ground) => {
      const tern = await provider(ground, { cidr: null })
      registered(ground, '203.0.113.0/24')
      const { claimId } = await claimed(ground, tern, { cidr: '203.0.113.0/24' }, 'registry_mail', 'abuse@tern.example')
      expect(await hostOf(ground, '203.0.113.80')).toBeNull()
      const desk = await person(ground, { orgKind: 'platform' })
      expect(await decideClaim(ground, desk, claimId, 'accepted', 'Known for years')).toEqual({ result: 'accepted' })
      expect(await hostOf(ground, '203.0.113.80')).toBe(tern.orgId)
      expect(await decideClaim(ground, desk, claimId, 'refused', 'Or not')).toEqual({ result: 'not-waiting' })
    }))
})

describe('an autonomous system', () => {
  test('is what the routing table says today; what is not routed by itself needs its holder’s consent', () =>
    withGround(at, { config: { networkWaitMs: 0 }, reactions }, async (ground) => {
      const tern = await provider(ground, { cidr: null, contact: 'abuse@tern.example' })
      registered(ground, '203.0.113.0/24')
      await claimed(ground, tern, { asn: 64_500 }, 'registry_mail', 'abuse@tern.example')
      expect(await hostOf(ground, '203.0.113.80')).toBe(tern.orgId)
      expect(await hostOf(ground, '198.51.100.1')).toBeNull()
      ground.routing.announce('198.51.100.0/24', 64_500, 'Tern Hosting')
      expect(await hostOf(ground, '198.51.100.1')).toBe(tern.orgId)
      const pirate = await provider(ground, { name: 'Pirate', cidr: null })
      ground.lookups.answerRegistry(part, { ranges: [part], abuse: [{ email: pirateMailbox, name: null }] })
      const { claimId } = await claimed(ground, pirate, { cidr: part }, 'registry_mail', pirateMailbox)
      expect(await stateOfClaim(ground, pirate.actor, claimId)).toBe('waiting_consent')
      // Not even a row that got there by another way takes the system’s place.
      await network(ground, { orgId: pirate.orgId, cidr: part })
      expect(await hostOf(ground, '203.0.113.81')).toBe(tern.orgId)
    }))

  test('gains nobody a range by announcing it: who holds that by proof goes before it', () =>
    withGround(at, { config: { networkWaitMs: 0 } }, async (ground) => {
      const tern = await provider(ground)
      const pirate = await provider(ground, { name: 'Pirate', cidr: null })
      registered(ground, '198.51.100.0/24', { mailbox: pirateMailbox, asn: 64_502 })
      await claimed(ground, pirate, { asn: 64_502 }, 'registry_mail', pirateMailbox)
      expect(await hostOf(ground, '198.51.100.1')).toBe(pirate.orgId)
      ground.routing.announce('203.0.113.0/24', 64_502, 'Pirate')
      expect(await hostOf(ground, '203.0.113.80')).toBe(tern.orgId)
    }))
})

test('consent is mailed to contacts that answered, and to nobody who did not', () =>
  withGround(at, soon, async (ground) => {
    const tern = await provider(ground)
    await addContact(ground, { orgId: tern.orgId, kind: 'abuse', email: 'new@tern.example', languages: ['en'] })
    const other = await provider(ground, { name: 'Saltmarsh', cidr: null })
    await claimed(ground, other, { cidr: part }, 'parent_consent')
    await ground.runReactions()
    expect(ground.caught.mail.map(({ to }) => to)).not.toContain('new@tern.example')
  }))
