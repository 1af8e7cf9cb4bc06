import { expect, test } from 'vitest'
import { network, provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { delegateNetwork, endDelegation } from './delegate-network.ts'
import { findChain } from './find-chain.ts'
import { findDelegations } from './find-delegations.ts'
import { giveUpNetwork } from './give-up-network.ts'

const at = '2026-11-22T09:00:00.000Z'
const endsAt = new Date('2026-12-22T09:00:00.000Z')

async function chainOf(ground: TestGround, url: string): Promise<string[]> {
  const found = await findChain(ground, { url, ip: null })
  if (found.result !== 'attributed') return [found.code]
  return found.chain.map(({ org, role, accountable }) => `${role} ${org}${accountable ? ' accountable' : ''}`)
}

test('a part that is handed on names its reseller in the chain until its date, and the holder stays accountable', () =>
  withGround(at, async (ground) => {
    const tern = await provider(ground, { cidr: null })
    const networkId = await network(ground, { orgId: tern.orgId, cidr: '203.0.113.0/24' })
    const domainId = await network(ground, { orgId: tern.orgId, domain: 'tern.example' })
    const marsh = await provider(ground, { name: 'Saltmarsh', cidr: null })
    ground.lookups.answer('shop.resold.tern.example', ['203.0.113.200'])
    const host = `hosting ${tern.orgId} accountable`
    const reseller = `reseller ${marsh.orgId}`
    const part = { toOrgId: marsh.orgId, sees: 'items', endsAt }
    const given = await delegateNetwork(ground, tern.actor, { ...part, networkId, part: '203.0.113.80/29' })
    expect(given.result).toBe('delegated')
    await delegateNetwork(ground, tern.actor, { ...part, networkId: domainId, part: 'resold.tern.example' })
    expect(await chainOf(ground, 'https://203.0.113.81/')).toEqual([host, reseller])
    expect(await chainOf(ground, 'https://203.0.113.90/')).toEqual([host])
    expect(await chainOf(ground, 'https://shop.resold.tern.example/')).toEqual([host, reseller])
    expect(await findDelegations(ground, marsh.actor)).toMatchObject({ given: [], taken: [{ sees: 'items' }, {}] })
    ground.clock.set(new Date(endsAt.getTime() - 1))
    expect(await chainOf(ground, 'https://203.0.113.81/')).toEqual([host, reseller])
    ground.clock.set(endsAt)
    expect(await chainOf(ground, 'https://203.0.113.81/')).toEqual([host])
    expect(await findDelegations(ground, tern.actor)).toMatchObject({ given: [{ state: 'over' }, { state: 'over' }] })
  }))

test('it is taken back by its holder alone, and ends with the network', () =>
  withGround(at, async (ground) => {
    const tern = await provider(ground, { cidr: null })
    const networkId = await network(ground, { orgId: tern.orgId, cidr: '203.0.113.0/24' })
    const marsh = await provider(ground, { name: 'Saltmarsh', cidr: null })
    const part = { networkId, toOrgId: marsh.orgId, sees: 'count', endsAt }
    const first = await delegateNetwork(ground, tern.actor, { ...part, part: '203.0.113.80/29' })
    const id = first.result === 'delegated' ? first.delegationId : ''
    expect(await endDelegation(ground, marsh.actor, id)).toEqual({ result: 'unknown-delegation' })
    expect(await endDelegation(ground, tern.actor, id)).toEqual({ result: 'ended' })
    expect(await endDelegation(ground, tern.actor, id)).toEqual({ result: 'unknown-delegation' })
    expect((await delegateNetwork(ground, tern.actor, { ...part, part: '203.0.113.80/29' })).result).toBe('delegated')
    await giveUpNetwork(ground, tern.actor, networkId)
    expect(await findDelegations(ground, tern.actor)).toMatchObject({
      given: [{ state: 'revoked' }, { state: 'revoked' }],
    })
    expect(await ground.facts.kinds(tern.orgId)).toContain('network.delegation-ended')
  }))

test('what cannot be handed on is refused, and nothing is kept', () =>
  withGround(at, async (ground) => {
    const tern = await provider(ground, { cidr: null })
    const networkId = await network(ground, { orgId: tern.orgId, cidr: '203.0.113.0/24' })
    const marsh = await provider(ground, { name: 'Saltmarsh', cidr: null })
    const good = { networkId, toOrgId: marsh.orgId, part: '203.0.113.80/29', sees: 'count', endsAt }
    const code = async (change: Partial<typeof good> | { endsAt: null }) => {
      const done = await delegateNetwork(ground, tern.actor, { ...good, ...change })
      return done.result === 'invalid' ? done.errors[0]?.code : done.result
    }
    expect(await code({ part: '203.0.112.0/23' })).toBe('not_inside')
    expect(await code({ part: '198.51.100.0/29' })).toBe('not_inside')
    expect(await code({ part: 'tern.example' })).toBe('not_inside')
    expect(await code({ sees: 'everything' })).toBe('not_one_of')
    expect(await code({ endsAt: null })).toBe('not_a_date')
    expect(await code({ endsAt: new Date(at) })).toBe('not_a_date')
    expect(await code({ endsAt: new Date('2028-01-01T00:00:00.000Z') })).toBe('not_a_date')
    expect(await code({ toOrgId: tern.orgId })).toBe('unknown-provider')
    expect(await code({ toOrgId: 'org_nobody' })).toBe('unknown-provider')
    expect((await delegateNetwork(ground, marsh.actor, good)).result).toBe('unknown-network')
    expect(await findDelegations(ground, tern.actor)).toEqual({ result: 'found', given: [], taken: [] })
    expect(await code({})).toBe('delegated')
    expect(await code({})).toBe('delegated_already')
  }))
