import { expect, test } from 'vitest'
import { addOrganisation } from '../people/add-organisation.ts'
import { decideAdmission } from '../people/decide-admission.ts'
import { reactions } from '../reactions.ts'
import { claimed, registered } from '../testing/build/claim.ts'
import { issuedNotice } from '../testing/build/notice.ts'
import { person } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { answerConsent } from './answer-consent.ts'
import { checkProofs } from './check-proofs.ts'
import { claimNetwork } from './claim-network.ts'
import { decideClaim } from './decide-claim.ts'
import { findNetworks } from './find-networks.ts'
import { checkProof } from './prove-claim.ts'

const at = '2026-11-22T09:00:00.000Z'
const day = 86_400_000
const host = 'cust42.tern.example'
const address = '203.0.113.81'
const small = '203.0.113.80/29'
const mailbox = 'abuse@pirate.example'

/** Who is addressed by three notices: by the name, by the address, and by the address that was given. */
async function asked(ground: TestGround): Promise<(string | null)[]> {
  const notice = await issuedNotice(ground, {
    items: [
      { url: `https://${host}/g/${Math.random()}.jpg` },
      { url: `https://${address}/g/${Math.random()}.jpg` },
      { url: `https://www.other.example/g/${Math.random()}.jpg`, ip: address },
    ],
  })
  return notice.providers
}

test('an offender claims a name, a /29, a reverse zone and another’s prefix, and gets in early: no notice reaches him, and the host gets every one', () =>
  withGround(at, { reactions, config: { networkWaitMs: 7 * day } }, async (ground) => {
    const tern = await provider(ground, { contact: 'abuse@tern.example' })
    const mudlark = await provider(ground, { name: 'Mudlark Servers', cidr: '198.51.100.0/24' })
    const pirate = await provider(ground, { name: 'Pirate', cidr: null, contact: mailbox })
    const { orgId, actor } = pirate
    ground.lookups.answer(host, [address])
    registered(ground, '203.0.113.0/24')
    registered(ground, '198.51.100.0/24', { mailbox: 'abuse@mudlark.example', asn: 64_501 })
    const everything = [tern.orgId, tern.orgId, tern.orgId]

    // The customer's name is his: he runs the site. It makes him its operator, and nothing more.
    const name = await claimed(ground, pirate, { domain: host }, 'dns_txt')
    ground.lookups.answerTexts(`_noticeline.${host}`, [name.line])
    expect(await checkProof(ground, actor, name.claimId)).toMatchObject({ check: 'found' })
    // The registry even names his mailbox for the /29 that he rents, and it answers.
    ground.lookups.answerRegistry(small, { ranges: [small], abuse: [{ email: mailbox, name: null }] })
    const rented = await claimed(ground, pirate, { cidr: small }, 'registry_mail', mailbox)
    const asConsent = await claimNetwork(ground, actor, {
      orgId,
      what: { cidr: '203.0.113.80/30' },
      by: 'parent_consent',
    })
    expect(asConsent).toEqual({ result: 'already-claimed', claimId: rented.claimId })
    // The reverse zone was delegated to him; a range by a record under it is none.
    const zone = { orgId, what: { domain: '81.113.0.203.in-addr.arpa' }, by: 'dns_txt' } as const
    expect(await claimNetwork(ground, actor, zone)).toMatchObject({ errors: [{ code: 'reverse_zone' }] })
    const byRecord = { orgId, what: { cidr: small }, by: 'dns_txt' } as const
    expect(await claimNetwork(ground, actor, byRecord)).toMatchObject({ errors: [{ code: 'proof_not_for_cidr' }] })
    // Another's prefix: the mail goes to that one's mailbox, whatever he says has answered.
    const foreign = { orgId, what: { cidr: '198.51.100.0/24' }, by: 'registry_mail', answered: mailbox } as const
    expect(await claimNetwork(ground, actor, foreign)).toMatchObject({ state: 'proving', networkId: null })
    // And the whole around all of it, announced by a system of his own.
    registered(ground, '203.0.112.0/22', { mailbox, asn: 64_502 })
    await claimed(ground, pirate, { cidr: '203.0.112.0/22' }, 'registry_mail', mailbox)
    await claimed(ground, pirate, { asn: 64_502 }, 'registry_mail', mailbox)
    ground.routing.announce('203.0.113.0/25', 64_502, 'Pirate')

    await ground.runReactions()
    expect(await asked(ground)).toEqual(everything)
    // Who is told of the /29 is its holder; who is asked about Mudlark's prefix is Mudlark's mailbox.
    const told = ground.caught.mail.filter(({ subject }) => /part of your network|Does this network/.test(subject))
    expect(told.map(({ to }) => to).sort()).toEqual(['abuse@mudlark.example', 'abuse@tern.example'])

    for (const days of [1, 7, 8, 15, 22]) {
      ground.clock.set(new Date(new Date(at).getTime() + days * day))
      await checkProofs(ground)
      await ground.runReactions()
      expect(await asked(ground)).toEqual(everything)
    }
    // He may press whatever stands on his own pages; the desk can accept nothing in the holder's place.
    expect(await answerConsent(ground, actor, rented.claimId, 'agree')).toEqual({ result: 'unknown-claim' })
    const desk = await person(ground, { orgKind: 'platform' })
    expect(await decideClaim(ground, desk, rented.claimId, 'accepted', 'Sounded nice')).toEqual({
      result: 'needs-consent',
    })
    expect(await decideClaim(ground, actor, rented.claimId, 'accepted', 'Is mine')).toEqual({ result: 'forbidden' })
    // Even where the desk is taken in by the wide one, who stood there before stays.
    const mine = await findNetworks(ground, actor)
    const wide = mine.result === 'found' ? mine.networks.find(({ written }) => written === '203.0.112.0/22') : undefined
    expect(await decideClaim(ground, desk, wide?.id ?? '', 'accepted', 'Has a contract')).toEqual({
      result: 'accepted',
    })
    expect(await asked(ground)).toEqual(everything)

    const addressed = await ground.db.read
      .selectFrom('addressees')
      .select('orgId')
      .where('orgId', 'in', [orgId, mudlark.orgId])
      .execute()
    expect(addressed).toEqual([])
    const delivered = await ground.db.read.selectFrom('deliveries').select('orgId').distinct().execute()
    expect(delivered).toEqual([{ orgId: tern.orgId }])
  }))

test('where nobody holds the network yet, a /29 with a mailbox of its own waits for the desk, and so does a name for nothing', () =>
  withGround(at, { reactions, config: { networkWaitMs: 0 } }, async (ground) => {
    const pirate = await provider(ground, { name: 'Pirate', cidr: null })
    registered(ground, '203.0.113.0/24')
    ground.lookups.answer(host, [address])
    ground.lookups.answerRegistry(small, { ranges: [small], abuse: [{ email: mailbox, name: null }] })
    const made = await claimNetwork(ground, pirate.actor, {
      orgId: pirate.orgId,
      what: { cidr: small },
      by: 'registry_mail',
      answered: mailbox,
    })
    expect(made).toMatchObject({ state: 'waiting_desk', networkId: null })
    const name = await claimed(ground, pirate, { domain: host }, 'dns_txt')
    ground.lookups.answerTexts(`_noticeline.${host}`, [name.line])
    await checkProof(ground, pirate.actor, name.claimId)
    expect((await asked(ground)).includes(pirate.orgId)).toBe(false)
  }))

test('who is not admitted is addressed by nothing, whatever was proven; admitted early, a young claim still waits', () =>
  withGround(at, { reactions, config: { networkWaitMs: 7 * day } }, async (ground) => {
    const added = await addOrganisation(ground, { kind: 'provider', name: 'Pirate', country: 'NL', admitted: false })
    const orgId = added.result === 'added' ? added.orgId : ''
    const actor = await person(ground, { orgId })
    registered(ground, '203.0.113.0/24', { mailbox })
    ground.lookups.answer(host, [address])
    await claimed(ground, { orgId, actor }, { cidr: '203.0.113.0/24' }, 'registry_mail', mailbox)
    const desk = await person(ground, { orgKind: 'platform' })
    const early = await decideAdmission(ground, desk, { orgId, decision: 'admit', reason: 'They asked nicely' })
    expect(early.result).not.toBe('admitted')
    expect((await asked(ground)).includes(orgId)).toBe(false)
    await ground.db.read
      .updateTable('organisations')
      .set({ admittedAt: new Date(at) })
      .where('id', '=', orgId)
      .execute()
    expect((await asked(ground)).includes(orgId)).toBe(false)
    ground.clock.set(new Date(new Date(at).getTime() + 7 * day - 1))
    expect((await asked(ground)).includes(orgId)).toBe(false)
  }))
