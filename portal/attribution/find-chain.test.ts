import { describe, expect, test } from 'vitest'
import { issuedNotice } from '../testing/build/notice.ts'
import { organisation } from '../testing/build/organisation.ts'
import { person } from '../testing/build/person.ts'
import { network, provider } from '../testing/build/provider.ts'
import { withGround } from '../testing/with-ground.ts'
import { holderOf } from './chain.ts'
import { findChain } from './find-chain.ts'
import { findAttributions } from './keep-attributions.ts'
import { endNetwork, proveNetwork } from './prove-network.ts'

const at = '2026-11-22T09:00:00.000Z'
const item = { url: 'https://cust42.tern.example/g/7f3a.jpg', ip: null }

describe('an address in a proven network', () => {
  test('is its holder’s, by the address in the URL, the one that was given, or one look-up', () =>
    withGround(at, async (ground) => {
      const { orgId } = await provider(ground, { cidr: '203.0.113.0/24' })
      ground.lookups.answer('cust42.tern.example', ['203.0.113.80', '203.0.113.81'])
      const literal = await findChain(ground, { url: 'https://203.0.113.80/g', ip: '198.51.100.1' })
      const given = await findChain(ground, { url: 'https://unknown.example/', ip: '203.0.113.80' })
      const looked = await findChain(ground, item)
      const evidence = [literal, given, looked].map((found) =>
        found.result === 'attributed' ? [found.chain[0]?.org, found.chain[0]?.evidence[0], found.confidence] : found,
      )
      expect(evidence).toEqual([
        [orgId, 'address_in_url', 'high'],
        [orgId, 'address_given', 'medium'],
        [orgId, 'dns', 'high'],
      ])
      expect(looked).toMatchObject({
        chain: [{ role: 'hosting', accountable: true }],
        seenAddresses: ['203.0.113.80', '203.0.113.81'],
      })
    }))

  test('of version six is found by its prefix', () =>
    withGround(at, async (ground) => {
      const { orgId } = await provider(ground, { cidr: '2001:db8:40::/44' })
      const found = await findChain(ground, { url: 'https://[2001:db8:4f::1]/g', ip: null })
      expect(found).toMatchObject({ result: 'attributed', chain: [{ org: orgId }] })
      const outside = await findChain(ground, { url: 'https://[2001:db8:50::1]/g', ip: null })
      expect(outside).toMatchObject({ result: 'unattributed', code: 'no_network' })
    }))
})

describe('nobody is guessed', () => {
  test('when no network, no address or no answer is there, or the addresses do not agree', () =>
    withGround(at, async (ground) => {
      await provider(ground, { cidr: '203.0.113.0/24' })
      await provider(ground, { name: 'Mudlark Servers', cidr: '198.51.100.0/24' })
      ground.lookups.answer('none.example', ['192.0.2.1'])
      ground.lookups.answer('half.example', ['203.0.113.80', '192.0.2.1'])
      ground.lookups.answer('two.example', ['203.0.113.80', '198.51.100.1'])
      ground.lookups.answer('broken.example', 'failed')
      ground.lookups.answer('inside.example', ['10.0.0.1'])
      const codes = []
      for (const name of ['none', 'half', 'two', 'broken', 'missing', 'inside']) {
        const found = await findChain(ground, { url: `https://${name}.example/`, ip: null })
        codes.push(found.result === 'unattributed' ? found.code : found)
      }
      expect(codes).toEqual([
        'no_network',
        'partly_unknown',
        'several_providers',
        'lookup_failed',
        'no_address',
        'no_address',
      ])
    }))

  test('and a provider that is not admitted, suspended, or no provider at all is never addressed', () =>
    withGround(at, async (ground) => {
      const outcome = async () => (await findChain(ground, { url: 'https://203.0.113.80/', ip: null })).result
      const waiting = await organisation(ground, { admitted: false })
      await network(ground, { orgId: waiting, cidr: '203.0.113.0/24' })
      expect(await outcome()).toBe('unattributed')
      const { orgId } = await provider(ground, { cidr: '203.0.113.0/24' })
      expect(await outcome()).toBe('attributed')
      const suspend = { suspendedAt: new Date(at) }
      await ground.db.read.updateTable('organisations').set(suspend).where('id', '=', orgId).execute()
      expect(await outcome()).toBe('unattributed')
      const desk = await person(ground, { orgKind: 'platform' })
      const notifier = await organisation(ground, { kind: 'notifier' })
      const proven = await proveNetwork(ground, desk, { orgId: notifier, cidr: '203.0.113.0/24' })
      expect(proven).toEqual({ result: 'unknown-provider' })
    }))

  test('and a young claim waits, an ended one is over, and what was proven by the desk counts at once', () =>
    withGround(at, { config: { networkWaitMs: 3_600_000 } }, async (ground) => {
      const outcome = async () => (await findChain(ground, { url: 'https://203.0.113.80/', ip: null })).result
      const desk = await person(ground, { orgKind: 'platform' })
      const orgId = await organisation(ground)
      const claim = await proveNetwork(ground, desk, { orgId, cidr: '203.0.113.0/24', proof: 'registry_mail' })
      expect(claim).toMatchObject({ result: 'proven', effectiveAt: new Date('2026-11-22T10:00:00.000Z') })
      ground.clock.set('2026-11-22T09:59:59.999Z')
      expect(await outcome()).toBe('unattributed')
      ground.clock.set('2026-11-22T10:00:00.000Z')
      expect(await outcome()).toBe('attributed')
      const networkId = claim.result === 'proven' ? claim.networkId : ''
      expect(await endNetwork(ground, await person(ground), networkId, 'Sold')).toEqual({ result: 'forbidden' })
      expect(await endNetwork(ground, desk, networkId, ' ')).toEqual({ result: 'invalid-reason' })
      expect(await endNetwork(ground, desk, networkId, 'Sold')).toEqual({ result: 'ended' })
      expect(await endNetwork(ground, desk, networkId, 'Sold')).toEqual({ result: 'already-ended' })
      expect(await endNetwork(ground, desk, 'net_nothing', 'Sold')).toEqual({ result: 'unknown-network' })
      expect(await outcome()).toBe('unattributed')
    }))
})

describe('an offender', () => {
  test('who claims the customer’s domain and a /29 in the host’s network is told nothing: the host is', () =>
    withGround(at, async (ground) => {
      const tern = await provider(ground, { name: 'Tern Hosting', cidr: '203.0.113.0/24' })
      const offender = await provider(ground, { name: 'Pirate', cidr: '203.0.113.80/29' })
      await network(ground, { orgId: offender.orgId, domain: 'cust42.tern.example' })
      ground.lookups.answer('cust42.tern.example', ['203.0.113.80'])
      const notice = await issuedNotice(ground, {
        items: [
          { url: item.url },
          { url: 'https://203.0.113.81/x' },
          { url: item.url.replace('7f', '8f'), ip: '203.0.113.82' },
        ],
      })
      expect(notice.providers).toEqual([tern.orgId, tern.orgId, tern.orgId])
      const addressed = await ground.db.read.selectFrom('addressees').select('orgId').distinct().execute()
      expect(addressed).toEqual([{ orgId: tern.orgId }])
      const snapshots = await findAttributions(ground.db.read, notice.itemIds)
      expect(
        snapshots.get(notice.itemIds[0] ?? '')?.chain.map(({ org, role, accountable }) => [org, role, accountable]),
      ).toEqual([
        [tern.orgId, 'hosting', true],
        [offender.orgId, 'site_operator', false],
      ])
    }))

  test('who claims only the domain, where no network is proven, is not taken for the host', () =>
    withGround(at, async (ground) => {
      const offender = await provider(ground, { name: 'Pirate', cidr: null })
      await network(ground, { orgId: offender.orgId, domain: 'tern.example' })
      ground.lookups.answer('cust42.tern.example', ['203.0.113.80'])
      const notice = await issuedNotice(ground, { items: [{ url: item.url }] })
      expect(notice.providers).toEqual([null])
    }))

  test('who names somebody else’s consent, not the holder’s, gets nothing', () =>
    withGround(at, async (ground) => {
      const tern = await provider(ground, { cidr: '203.0.113.0/24' })
      const friend = await provider(ground, { name: 'Friend', cidr: null })
      const offender = await provider(ground, { name: 'Pirate', cidr: null })
      await network(ground, { orgId: offender.orgId, cidr: '203.0.113.80/29', consentBy: friend.orgId })
      const found = await findChain(ground, { url: 'https://203.0.113.80/', ip: null })
      expect(found).toMatchObject({ chain: [{ org: tern.orgId }] })
    }))
})

test('a smaller network counts from its holder’s consent on, and for the next smaller one the new holder consents', () => {
  const of = (orgId: string, prefixLength: number, consentBy: string | null = null) => ({
    id: `net_${orgId}_${prefixLength}`,
    orgId,
    prefixLength,
    consentBy,
  })
  expect(holderOf([])).toBeNull()
  expect(holderOf([of('reseller', 28, 'host'), of('host', 24)])?.orgId).toBe('reseller')
  expect(holderOf([of('host', 24), of('reseller', 28)])?.orgId).toBe('host')
  expect(holderOf([of('host', 24), of('host', 28)])?.prefixLength).toBe(28)
  expect(holderOf([of('host', 24), of('reseller', 26, 'host'), of('tenant', 28, 'reseller')])?.orgId).toBe('tenant')
  expect(holderOf([of('host', 24), of('reseller', 26, 'host'), of('tenant', 28, 'host')])?.orgId).toBe('reseller')
})

test('networks are read strictly, and proven by the platform’s desk only', () =>
  withGround(at, async (ground) => {
    const { orgId, actor } = await provider(ground, { cidr: null })
    const desk = await person(ground, { orgKind: 'platform' })
    expect(await proveNetwork(ground, actor, { orgId, cidr: '203.0.113.0/24' })).toEqual({ result: 'forbidden' })
    for (const cidr of ['203.0.113.1/24', '0.0.0.0/0', '96.0.0.0/6', '2000::/3', '203.0.113.0', 'tern.example']) {
      expect(await proveNetwork(ground, desk, { orgId, cidr })).toEqual({ result: 'invalid' })
    }
    for (const domain of ['example', 'a.example/b', 'a@b.example', 'a.example:80', '', 'a b.example']) {
      expect(await proveNetwork(ground, desk, { orgId, domain })).toEqual({ result: 'invalid' })
    }
    expect((await proveNetwork(ground, desk, { orgId, domain: 'Bücher.example' })).result).toBe('proven')
    expect(await ground.facts.kinds(orgId)).toContain('network.proven')
  }))
