import { describe, expect, test } from 'vitest'
import { provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { claimNetwork } from './claim-network.ts'
import type { Claimed, ClaimProof } from './network-claim.ts'

const at = '2026-11-22T09:00:00.000Z'

/** Registry and routing table agree that this range is Tern's. */
function agree(ground: TestGround, range: string, mailbox = 'abuse@tern.example', asn = 64_500) {
  ground.lookups.answerRegistry(range, { ranges: [range], abuse: [{ email: mailbox, name: null }] })
  ground.lookups.answerRegistry(`AS${asn}`, { ranges: [], asn, abuse: [{ email: mailbox, name: null }] })
  ground.routing.announce(range, asn, 'Tern Hosting')
}

describe('a claim', () => {
  test('counts for nothing before it is proven', () =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground, { cidr: null })
      agree(ground, '203.0.113.0/24')
      const claimed = await claimNetwork(ground, actor, {
        orgId,
        what: { cidr: '203.0.113.0/24' },
        by: 'registry_mail',
      })
      expect(claimed).toMatchObject({ result: 'claimed', state: 'proving', networkId: null })
      expect(await ground.facts.kinds(orgId)).toContain('network.claimed')
      const again = await claimNetwork(ground, actor, { orgId, what: { cidr: '203.0.113.0/25' }, by: 'registry_mail' })
      expect(again.result).toBe('invalid')
    }))

  test('whose mailbox has answered already is proven, and counts after the time that is set', () =>
    withGround(at, { config: { networkWaitMs: 3_600_000 } }, async (ground) => {
      const { orgId, actor } = await provider(ground, { cidr: null })
      agree(ground, '203.0.113.0/24')
      const claim = { orgId, what: { cidr: '203.0.113.0/24' }, by: 'registry_mail' } as const
      const claimed = await claimNetwork(ground, actor, { ...claim, answered: 'Abuse@Tern.example' })
      expect(claimed).toMatchObject({
        result: 'claimed',
        state: 'waiting_time',
        effectiveAt: new Date('2026-11-22T10:00:00.000Z'),
      })
      expect(await claimNetwork(ground, actor, claim)).toMatchObject({ result: 'already-claimed' })
    }))
})

describe('is refused, and nothing is kept:', () => {
  test.each<[string, Claimed, ClaimProof, string]>([
    ['a range with host bits', { cidr: '203.0.113.1/24' }, 'registry_mail', '/cidr not_a_range'],
    ['no range', { cidr: 'tern.example' }, 'registry_mail', '/cidr not_a_range'],
    ['half the internet', { cidr: '0.0.0.0/1' }, 'registry_mail', '/cidr too_wide'],
    ['a private range', { cidr: '10.1.0.0/16' }, 'registry_mail', '/cidr special_range'],
    ['a range around a private one', { cidr: '172.0.0.0/8' }, 'registry_mail', '/cidr special_range'],
    ['loopback in version six', { cidr: '::1/128' }, 'registry_mail', '/cidr special_range'],
    ['6to4', { cidr: '2002:cb00:7100::/40' }, 'registry_mail', '/cidr special_range'],
    ['a private autonomous system', { asn: 64_512 }, 'registry_mail', '/asn special_asn'],
    ['the number zero', { asn: 0 }, 'registry_mail', '/asn not_an_asn'],
    ['half a number', { asn: 64_500.5 }, 'registry_mail', '/asn not_an_asn'],
    ['a reverse zone', { domain: '113.0.203.in-addr.arpa' }, 'dns_txt', '/domain reverse_zone'],
    ['a reverse zone of version six', { domain: '8.b.d.0.1.0.0.2.ip6.arpa.' }, 'dns_txt', '/domain reverse_zone'],
    ['a top level', { domain: 'example' }, 'dns_txt', '/domain public_suffix'],
    ['a level where names are sold', { domain: 'co.uk' }, 'dns_txt', '/domain public_suffix'],
    ['a name that is let to many', { domain: 'github.io' }, 'file', '/domain public_suffix'],
    ['an address for a name', { domain: '203.0.113.80' }, 'file', '/domain an_address'],
    ['an address in clothes', { domain: '0x7f.1' }, 'file', '/domain an_address'],
    ['a name of no network', { domain: 'printer.local' }, 'file', '/domain special_name'],
    ['a URL for a name', { domain: 'https://tern.example/x' }, 'dns_txt', '/domain not_a_domain'],
    ['a name and a port', { domain: 'tern.example:25' }, 'file', '/domain not_a_domain'],
    ['a name with somebody before it', { domain: 'a@tern.example' }, 'file', '/domain not_a_domain'],
    ['a range by a text record', { cidr: '203.0.113.80/29' }, 'dns_txt', '/proof proof_not_for_cidr'],
    ['a range by a file', { cidr: '203.0.113.80/29' }, 'file', '/proof proof_not_for_cidr'],
    ['a name by the registry', { domain: 'tern.example' }, 'registry_mail', '/proof proof_not_for_domain'],
    ['a range nobody gave to anybody', { cidr: '198.51.100.0/24' }, 'registry_mail', '/cidr not_registered'],
    ['consent where nobody holds it', { cidr: '198.51.100.0/24' }, 'parent_consent', '/proof no_holder'],
  ])('%s', (_, what, by, expected) =>
    withGround(at, async (ground) => {
      const { orgId, actor } = await provider(ground, { cidr: null })
      const claimed = await claimNetwork(ground, actor, { orgId, what, by })
      if (claimed.result !== 'invalid') throw new Error(claimed.result)
      expect(claimed.errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([expected])
      expect(claimed.errors[0]?.message).toMatch(/^[A-Z].{20,}\.$/)
      expect(await ground.facts.kinds(orgId)).not.toContain('network.claimed')
    }),
  )
})
