import { describe, expect, test } from 'vitest'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { askHolder } from './ask-holder.ts'
import { coverOf, standingOf } from './registry-object.ts'

const at = '2026-11-22T09:00:00.000Z'
const ip = '203.0.113.80'
const registry = { block: '203.0.0.0/8', registry: 'rdap.registry.example' }
const abuse = (email: string) => [{ email, name: 'Abuse desk', handle: `ABUSE-${email}` }]

/** Bittern holds a /24 that the registry gave it, and announces it itself. */
function bittern(ground: TestGround) {
  const object = {
    ...registry,
    handle: '203.0.113.0 - 203.0.113.255',
    type: 'ALLOCATED PA',
    country: 'NL',
    ranges: ['203.0.113.0/24'],
    holder: { handle: 'ORG-BN1', name: 'Bittern Networks' },
    abuse: abuse('abuse@bittern.example'),
  }
  for (const about of [ip, '203.0.113.80/28', '203.0.113.80/27', '203.0.113.64/27', '203.0.113.0/24']) {
    ground.lookups.answerRegistry(about, object)
  }
  ground.routing.announce('203.0.113.0/24', 64500, 'BITTERN')
  ground.lookups.answerRegistry('AS64500', {
    ...registry,
    asn: 64500,
    holder: { handle: 'ORG-BN1', name: 'Bittern Networks' },
    abuse: abuse('noc@bittern.example'),
  })
  return object
}

/** What the holder, or its customer, wrote about a part of the holder's network. */
function customer(change: object = {}) {
  return {
    ...registry,
    handle: '203.0.113.80 - 203.0.113.87',
    type: 'ASSIGNED PA',
    ranges: ['203.0.113.80/29'],
    holder: { handle: 'ORG-PIRATE', name: 'Pirate' },
    abuse: abuse('abuse@pirate.example'),
    ...change,
  }
}

describe('who holds a network', () => {
  test('is whom the registry gave it to, with medium confidence where whoever announces it is the same company', () =>
    withGround(at, async (ground) => {
      bittern(ground)
      expect(await askHolder(ground, ip)).toMatchObject({
        result: 'found',
        confidence: 'medium',
        evidence: ['registry', 'routing'],
        company: {
          name: 'Bittern Networks',
          country: 'NL',
          mailbox: 'abuse@bittern.example',
          registryHandle: 'ORG-BN1@rdap.registry.example',
        },
      })
    }))

  test('is taken from the registry alone, or from who announces it alone, with low confidence', () =>
    withGround(at, async (ground) => {
      const object = bittern(ground)
      ground.lookups.answerRegistry('203.0.114.1', { ...object, ranges: ['203.0.114.0/24'] })
      expect(await askHolder(ground, '203.0.114.1')).toMatchObject({
        result: 'found',
        confidence: 'low',
        evidence: ['registry'],
      })
      ground.lookups.answerRegistry(ip, 'none')
      expect(await askHolder(ground, ip)).toMatchObject({
        result: 'found',
        confidence: 'low',
        evidence: ['routing', 'registry'],
        company: { mailbox: 'noc@bittern.example' },
      })
    }))

  test('is nobody’s guess: two companies, a holder without a mailbox, and nothing at all are left to a person', () =>
    withGround(at, async (ground) => {
      const object = bittern(ground)
      const other = { ...registry, asn: 64501, holder: { handle: 'ORG-X', name: 'X' }, abuse: abuse('abuse@x.example') }
      ground.routing.announce('203.0.113.64/27', 64501, 'X')
      ground.lookups.answerRegistry('AS64501', other)
      expect(await askHolder(ground, ip)).toMatchObject({
        result: 'unknown',
        code: 'registry_contradicted',
        findings: { network: { mailbox: 'abuse@bittern.example' }, system: { mailbox: 'abuse@x.example', asn: 64501 } },
      })
      ground.lookups.answerRegistry('AS64501', 'none')
      ground.lookups.answerRegistry(ip, { ...object, abuse: [] })
      expect(await askHolder(ground, ip)).toMatchObject({ code: 'registry_no_mailbox' })
      expect(await askHolder(ground, '192.0.2.1')).toMatchObject({ code: 'registry_unknown' })
    }))

  test('mailboxes where anybody may have one do not make two companies one', () =>
    withGround(at, async (ground) => {
      const object = bittern(ground)
      ground.lookups.answerRegistry(ip, { ...object, holder: null, abuse: abuse('bittern@gmail.com') })
      ground.lookups.answerRegistry('AS64500', { ...registry, asn: 64500, abuse: abuse('somebody.else@gmail.com') })
      expect(await askHolder(ground, ip)).toMatchObject({ code: 'registry_contradicted' })
    }))

  test.each(['limited', 'unreachable', 'malformed', 'timeout'] as const)(
    'is asked again where the registry is %s, about the network, around it, or about the system',
    (code) =>
      withGround(at, async (ground) => {
        const object = bittern(ground)
        const failing = { result: 'failed', code, detail: '', retryAfterMs: 5000 } as const
        ground.lookups.answerRegistry('AS64500', failing)
        expect(await askHolder(ground, ip)).toEqual({ result: 'again', code, retryAfterMs: 5000 })
        ground.lookups.answerRegistry(ip, { ...object, type: null })
        ground.lookups.answerRegistry('203.0.112.0/23', failing)
        expect(await askHolder(ground, ip)).toMatchObject({ result: 'again' })
        ground.lookups.answerRegistry(ip, failing)
        expect(await askHolder(ground, ip)).toMatchObject({ result: 'again' })
      }),
  )
})

describe('an offender', () => {
  test.each([
    'ASSIGNED PA',
    'SUB-ALLOCATED PA',
    'REASSIGNMENT',
    'reallocated',
    'ASSIGNED NON-PORTABLE',
    'AGGREGATED-BY-LIR',
  ])(
    'whose /29 the registry lists as %s with a mailbox of its own is noted, and the holder around it is written to',
    (type) =>
      withGround(at, async (ground) => {
        bittern(ground)
        ground.lookups.answerRegistry(ip, customer({ type }))
        const found = await askHolder(ground, ip)
        expect(found).toMatchObject({ confidence: 'medium', company: { mailbox: 'abuse@bittern.example' } })
        expect(found.result === 'found' && found.seen.map(({ standing, object }) => [standing, object.handle])).toEqual(
          [
            ['inner', '203.0.113.80 - 203.0.113.87'],
            ['direct', '203.0.113.0 - 203.0.113.255'],
            ['direct', 'AS64500'],
          ],
        )
      }),
  )

  test('within within is noted as well: only what the registry itself gave out counts', () =>
    withGround(at, async (ground) => {
      const object = bittern(ground)
      ground.lookups.answerRegistry(ip, customer())
      const reseller = { ranges: ['203.0.113.64/27'], handle: 'RESELLER', type: 'SUB-ALLOCATED PA' }
      ground.lookups.answerRegistry(
        '203.0.113.80/28',
        customer({ ...reseller, abuse: abuse('abuse@reseller.example') }),
      )
      ground.lookups.answerRegistry('203.0.113.64/26', object)
      expect(await askHolder(ground, ip)).toMatchObject({ company: { mailbox: 'abuse@bittern.example' } })
      expect(ground.lookups.registryCalls).toEqual([ip, '203.0.113.80/28', '203.0.113.64/26', 'AS64500'])
    }))

  test('gets nothing where the registry knows only its own object, or has no word for it: the announcing system does', () =>
    withGround(at, async (ground) => {
      bittern(ground)
      ground.lookups.answerRegistry('203.0.113.80/28', 'none')
      for (const type of ['ASSIGNED PA', null, 'LEGACY', 'a new word']) {
        ground.lookups.answerRegistry(ip, customer({ type }))
        expect(await askHolder(ground, ip), String(type)).toMatchObject({
          confidence: 'low',
          company: { mailbox: 'noc@bittern.example' },
        })
      }
      ground.lookups.answerRegistry('AS64500', 'none')
      expect(await askHolder(ground, ip)).toMatchObject({ result: 'unknown', code: 'registry_no_mailbox' })
    }))

  test('who announces its part by a system of its own makes a contradiction, and is not written to', () =>
    withGround(at, async (ground) => {
      bittern(ground)
      ground.lookups.answerRegistry(ip, customer())
      ground.routing.announce('203.0.113.80/29', 64666, 'PIRATE')
      ground.lookups.answerRegistry('AS64666', {
        ...registry,
        asn: 64666,
        holder: { handle: 'ORG-PIRATE', name: 'Pirate' },
        abuse: abuse('abuse@pirate.example'),
      })
      expect(await askHolder(ground, ip)).toMatchObject({ result: 'unknown', code: 'registry_contradicted' })
    }))

  test('is a holder like any other only where the registry itself gave it a network', () =>
    withGround(at, async (ground) => {
      ground.lookups.answerRegistry(ip, customer({ type: 'ASSIGNED PI' }))
      expect(await askHolder(ground, ip)).toMatchObject({
        confidence: 'low',
        company: { mailbox: 'abuse@pirate.example' },
      })
    }))
})

describe('an object', () => {
  test('that lies directly in what IANA gave to the registry was given out by it, whatever it is called', () =>
    withGround(at, async (ground) => {
      const object = bittern(ground)
      ground.lookups.answerRegistry(ip, { ...object, type: 'LEGACY' })
      ground.lookups.answerRegistry('203.0.112.0/23', { ...registry, handle: 'IANA-203', ranges: ['203.0.0.0/8'] })
      ground.lookups.answerRegistry('AS64500', 'none')
      expect(await askHolder(ground, ip)).toMatchObject({
        confidence: 'low',
        company: { mailbox: 'abuse@bittern.example' },
      })
    }))

  test('of several ranges is covered by the narrowest that holds them all', () => {
    const cover = (ranges: string[]) => {
      const found = coverOf({ ranges })
      return found && `${[...found.network].join('.')}/${found.length}`
    }
    expect(cover(['203.0.113.0/25', '203.0.113.128/26'])).toBe('203.0.113.0/24')
    expect(cover(['203.0.113.0/24'])).toBe('203.0.113.0/24')
    expect(cover([])).toBeNull()
    expect(standingOf({ type: 'Allocated_PA', ranges: [], block: null })).toBe('direct')
    expect(standingOf({ type: null, ranges: ['203.0.0.0/8'], block: '203.0.0.0/8' })).toBe('registry')
    expect(standingOf({ type: 'ASSIGNED', ranges: ['203.0.113.0/24'], block: '203.0.0.0/8' })).toBe('unsaid')
  })
})
