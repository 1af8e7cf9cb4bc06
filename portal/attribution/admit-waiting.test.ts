import { describe, expect, test } from 'vitest'
import { askToJoin } from '../people/ask-to-join.ts'
import { consumeJoining } from '../people/consume-joining.ts'
import { decideAdmission } from '../people/decide-admission.ts'
import { mailJoining } from '../people/mail-joining.ts'
import type { PersonActor } from '../people/may.ts'
import { suspendOrganisation } from '../people/suspend-organisation.ts'
import { currentTerms } from '../people/terms.ts'
import { person } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { admitWaiting } from './admit-waiting.ts'
import { findChain } from './find-chain.ts'
import { findOwnNetworks } from './find-own-networks.ts'

const at = '2026-11-01T09:00:00.000Z'
const options = { reactions: { 'joining.asked': [mailJoining] } }
const days = (count: number) => new Date(new Date(at).getTime() + count * 86_400_000)
const locator = { url: 'https://203.0.113.80/g/1.jpg', ip: null }

/** A company that came in by itself, with the mailbox that has answered. */
async function joined(ground: TestGround, email = 'abuse@wigeon.example'): Promise<PersonActor> {
  await askToJoin(ground, { email, personName: 'Joost Hop', companyName: 'Wigeon', country: 'NL', locale: 'en' })
  await ground.runReactions()
  const token = /\/join\/(\S+)/.exec(ground.caught.mail.at(-1)?.text ?? '')?.[1] ?? ''
  const consumed = await consumeJoining(ground, token, { terms: currentTerms.provider })
  if (consumed.result !== 'joined') throw new Error(consumed.result)
  return consumed.actor
}

function registered(ground: TestGround, mailbox: string, range = '203.0.113.0/24', asn = 64_500) {
  const abuse = [{ email: mailbox, name: null }]
  for (const about of [range, '203.0.113.80']) ground.lookups.answerRegistry(about, { ranges: [range], abuse })
  ground.lookups.answerRegistry(`AS${asn}`, { ranges: [], asn, abuse })
  ground.routing.announce(range, asn, 'Wigeon')
}

async function admittedAt(ground: TestGround, orgId: string) {
  const row = await ground.db.read
    .selectFrom('organisations')
    .select('admittedAt')
    .where('id', '=', orgId)
    .executeTakeFirst()
  return row?.admittedAt ?? null
}

describe('the network is found', () => {
  test('by any address in it, where the registry names the mailbox that has answered', () =>
    withGround(at, options, async (ground) => {
      const owner = await joined(ground)
      registered(ground, 'Abuse@Wigeon.example')
      expect(await findOwnNetworks(ground, owner, ' 203.0.113.80 ')).toEqual({
        result: 'found',
        claimed: 1,
        waiting: 0,
      })
      expect(await findOwnNetworks(ground, owner, '203.0.113.80')).toEqual({ result: 'found', claimed: 1, waiting: 0 })
      expect(await findOwnNetworks(ground, owner, 'as64500')).toMatchObject({ result: 'found' })
    }))

  test('and by nobody else’s: what the registry, the reader or the network does not allow is said, and nothing is claimed', () =>
    withGround(at, options, async (ground) => {
      const owner = await joined(ground)
      registered(ground, 'abuse@tern.example')
      expect(await findOwnNetworks(ground, owner, '203.0.113.80')).toEqual({ result: 'other-mailbox' })
      expect(await findOwnNetworks(ground, owner, '198.51.100.1')).toEqual({ result: 'none' })
      ground.lookups.answerRegistry('198.51.100.2', 'unreachable')
      expect(await findOwnNetworks(ground, owner, '198.51.100.2')).toMatchObject({ result: 'lookup-failed' })
      for (const wrong of ['', 'wigeon.example', '10.0.0.1', '203.0.113.0/24', 'AS0', 'AS99999999999', '127.1'])
        expect(await findOwnNetworks(ground, owner, wrong)).toEqual({ result: 'invalid' })
      const handler = await person(ground, { orgId: owner.orgId, role: 'handler' })
      expect(await findOwnNetworks(ground, handler, '203.0.113.80')).toEqual({ result: 'forbidden' })
      expect(await ground.db.read.selectFrom('networkClaims').selectAll().execute()).toEqual([])
    }))
})

describe('without the desk a company is admitted', () => {
  test('only after the set time, where the registry’s own mailbox has answered; once', () =>
    withGround(at, options, async (ground) => {
      const owner = await joined(ground)
      registered(ground, 'abuse@wigeon.example')
      await findOwnNetworks(ground, owner, '203.0.113.80')
      ground.clock.set(new Date(days(7).getTime() - 1))
      expect(await admitWaiting(ground)).toBe(0)
      expect(await findChain(ground, locator)).toMatchObject({ result: 'unattributed' })
      ground.clock.set(days(7))
      expect(await admitWaiting(ground)).toBe(1)
      expect(await admitWaiting(ground)).toBe(0)
      expect(await admittedAt(ground, owner.orgId)).toEqual(days(7))
      expect(await findChain(ground, locator)).toMatchObject({ chain: [{ org: owner.orgId, role: 'hosting' }] })
    }))

  test('never where it only registered itself, was refused, suspended, or where something speaks against its network', () =>
    withGround(at, options, async (ground) => {
      const desk = await person(ground, { orgKind: 'platform' })
      const alone = await joined(ground, 'abuse@alone.example')
      const refused = await joined(ground, 'abuse@refused.example')
      registered(ground, 'abuse@refused.example')
      await findOwnNetworks(ground, refused, '203.0.113.80')
      await decideAdmission(ground, desk, { orgId: refused.orgId, decision: 'refuse', reason: 'Nobody knows them' })
      const contradicted = await joined(ground, 'abuse@contradicted.example')
      ground.lookups.answerRegistry('198.51.100.7', {
        ranges: ['198.51.100.0/24'],
        abuse: [{ email: 'abuse@contradicted.example', name: null }],
      })
      ground.lookups.answerRegistry('198.51.100.0/24', {
        ranges: ['198.51.100.0/24'],
        abuse: [{ email: 'abuse@contradicted.example', name: null }],
      })
      expect(await findOwnNetworks(ground, contradicted, '198.51.100.7')).toMatchObject({ waiting: 1 })
      ground.clock.set(days(60))
      expect(await admitWaiting(ground)).toBe(0)
      for (const { orgId } of [alone, refused, contradicted]) expect(await admittedAt(ground, orgId)).toBeNull()
    }))
})

test('what a suspended provider holds is asked of nobody but the desk, not even by the registry’s mailbox', () =>
  withGround(at, async (ground) => {
    const { orgId } = await provider(ground)
    expect(await findChain(ground, locator)).toMatchObject({ chain: [{ org: orgId }] })
    const desk = await person(ground, { orgKind: 'platform' })
    await suspendOrganisation(ground, desk, { orgId, reason: 'Sells shelter to offenders' })
    registered(ground, 'abuse@tern.example')
    expect(await findChain(ground, locator)).toMatchObject({ result: 'unattributed', code: 'provider_suspended' })
    expect(ground.lookups.registryCalls).toEqual([])
  }))
