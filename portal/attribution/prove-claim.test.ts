import { describe, expect, test } from 'vitest'
import { reactions } from '../reactions.ts'
import { claimed, registered } from '../testing/build/claim.ts'
import { person } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { findClaim, findNetworks } from './find-networks.ts'
import { answerProofMail, checkProof, openProofMail, typeProofCode } from './prove-claim.ts'

const at = '2026-11-22T09:00:00.000Z'
const record = '_noticeline.tern.example'

async function domainClaim(ground: TestGround) {
  const tern = await provider(ground, { cidr: null })
  return { tern, ...(await claimed(ground, tern, { domain: 'tern.example' }, 'dns_txt')) }
}

describe('a domain', () => {
  test('is proven by its record when two name servers agree, and makes a site operator after the time that is set', () =>
    withGround(at, { config: { networkWaitMs: 3_600_000 } }, async (ground) => {
      const { tern, claimId, line } = await domainClaim(ground)
      expect(line).toMatch(/^noticeline-proof=[\w-]{43}$/)
      expect(await checkProof(ground, tern.actor, claimId)).toMatchObject({ check: 'missing', state: 'proving' })
      ground.lookups.answerTexts(record, ['v=spf1 -all', `x ${line} y`])
      expect(await checkProof(ground, tern.actor, claimId)).toEqual({ result: 'too-soon' })
      ground.clock.set('2026-11-22T09:01:00.000Z')
      expect(await checkProof(ground, tern.actor, claimId)).toMatchObject({ check: 'found', state: 'waiting_time' })
      ground.clock.set('2026-11-22T10:01:00.000Z')
      const found = await findClaim(ground, tern.actor, claimId)
      expect(found).toMatchObject({
        claim: {
          state: 'in_force',
          instructions: { line, where: record },
          checks: [{ result: 'found' }, { result: 'missing' }],
        },
      })
    }))

  test.each<[string, (line: string) => (readonly string[] | 'failed')[], string, string]>([
    ['one server does not have it', (line) => [[line], []], 'disagree', '192.0.2.53: found, 192.0.2.54: missing'],
    ['one server does not answer', (line) => [[line], 'failed'], 'failed', '192.0.2.53: found, 192.0.2.54: failed'],
    ['none answers', () => ['failed', 'failed'], 'failed', '192.0.2.53: failed, 192.0.2.54: failed'],
    ['it is cut short', (line) => [[line.slice(0, -1)]], 'missing', '192.0.2.53: missing, 192.0.2.54: missing'],
    ['it goes on', (line) => [[`${line}x`]], 'missing', '192.0.2.53: missing, 192.0.2.54: missing'],
  ])('is not proven when %s', (_, said, check, detail) =>
    withGround(at, async (ground) => {
      const { tern, claimId, line } = await domainClaim(ground)
      ground.lookups.answerTexts(record, ...said(line))
      expect(await checkProof(ground, tern.actor, claimId)).toMatchObject({ check, state: 'proving' })
      expect(await findClaim(ground, tern.actor, claimId)).toMatchObject({
        claim: { checks: [{ result: check, detail }] },
      })
    }),
  )

  test('waits and says so when only one name server can be asked', () =>
    withGround(at, async (ground) => {
      const { tern, claimId, line } = await domainClaim(ground)
      const alone = async () => [{ resolver: 'system', result: 'found' as const, texts: [line] }]
      const one = { ...ground, lookups: { ...ground.lookups, texts: alone } }
      expect(await checkProof(one, tern.actor, claimId)).toMatchObject({ check: 'one_resolver', state: 'proving' })
    }))

  test('is proven by its file as well', () =>
    withGround(at, async (ground) => {
      const tern = await provider(ground, { cidr: null })
      const { claimId, line } = await claimed(ground, tern, { domain: 'tern.example' }, 'file')
      ground.lookups.answerFile('tern.example', 'failed')
      expect(await checkProof(ground, tern.actor, claimId)).toMatchObject({ check: 'failed' })
      ground.clock.set('2026-11-22T09:01:00.000Z')
      ground.lookups.answerFile('tern.example', `${line}\r\n`)
      expect(await checkProof(ground, tern.actor, claimId)).toMatchObject({ check: 'found' })
    }))

  test('is not proven by the token of a second organisation, which is told so and gains nothing', () =>
    withGround(at, async (ground) => {
      const { tern, claimId, line } = await domainClaim(ground)
      const pirate = await provider(ground, { name: 'Pirate', cidr: null })
      const second = await claimed(ground, pirate, { domain: 'tern.example' }, 'dns_txt')
      expect(second.line).not.toBe(line)
      ground.lookups.answerTexts(record, [line])
      expect(await checkProof(ground, pirate.actor, second.claimId)).toMatchObject({ check: 'of_another' })
      expect(await findClaim(ground, pirate.actor, second.claimId)).toMatchObject({
        claim: { state: 'proving', checks: [{ detail: 'the token of another organisation' }] },
      })
      expect(await checkProof(ground, tern.actor, claimId)).toMatchObject({ check: 'found' })
    }))

  test('is looked at and seen by its own organisation and the desk alone', () =>
    withGround(at, async (ground) => {
      const { tern, claimId, line } = await domainClaim(ground)
      const stranger = await provider(ground, { name: 'Heron', cidr: null })
      const reader = await person(ground, { orgId: tern.orgId, role: 'read_only' })
      const desk = await person(ground, { orgKind: 'platform' })
      const notifier = await person(ground, { orgKind: 'notifier' })
      expect(await checkProof(ground, stranger.actor, claimId)).toEqual({ result: 'unknown-claim' })
      expect(await findClaim(ground, stranger.actor, claimId)).toEqual({ result: 'unknown-claim' })
      expect(await checkProof(ground, reader, claimId)).toEqual({ result: 'forbidden' })
      expect(await findClaim(ground, notifier, claimId)).toEqual({ result: 'forbidden' })
      expect(await findNetworks(ground, stranger.actor, { orgId: tern.orgId })).toEqual({ result: 'forbidden' })
      for (const who of [reader, desk]) {
        const seen = await findClaim(ground, who, claimId)
        expect(JSON.stringify(seen)).toContain('tern.example')
        expect(JSON.stringify(seen)).not.toContain(line)
      }
    }))
})

describe('the registry’s mailbox', () => {
  const range = '203.0.113.0/24'

  async function mailed(ground: TestGround) {
    const tern = await provider(ground, { cidr: null })
    registered(ground, range)
    const { claimId } = await claimed(ground, tern, { cidr: range }, 'registry_mail')
    await ground.runReactions()
    const [mail] = ground.caught.mail
    const token = /network-proof\/([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
    const code = /code: (\S+)/.exec(mail?.text ?? '')?.[1] ?? ''
    return { tern, claimId, mail, token, code }
  }

  test('is asked, and no other; opening the link is no answer, pressing it is one, and it says nothing more after', () =>
    withGround(at, { reactions }, async (ground) => {
      const { tern, claimId, mail, token } = await mailed(ground)
      expect(ground.caught.mail.map(({ to }) => to)).toEqual(['abuse@tern.example'])
      expect(mail?.text).toContain(range)
      for (let opened = 0; opened < 10; opened += 1) {
        expect(await openProofMail(ground, token)).toMatchObject({ result: 'valid', network: range })
      }
      expect(await findClaim(ground, tern.actor, claimId)).toMatchObject({ claim: { state: 'proving' } })
      expect(await answerProofMail(ground, token, 'agree')).toEqual({ result: 'proven' })
      expect(await answerProofMail(ground, token, 'agree')).toEqual({ result: 'used' })
      expect(await answerProofMail(ground, token, 'refuse')).toEqual({ result: 'used' })
      expect(await openProofMail(ground, token)).toEqual({ result: 'used' })
      expect(await findClaim(ground, tern.actor, claimId)).toMatchObject({ claim: { state: 'waiting_time' } })
    }))

  test('that says no ends the claim', () =>
    withGround(at, { reactions }, async (ground) => {
      const { tern, claimId, token } = await mailed(ground)
      expect(await answerProofMail(ground, token, 'refuse')).toEqual({ result: 'refused' })
      expect(await answerProofMail(ground, token, 'agree')).toEqual({ result: 'used' })
      expect(await findClaim(ground, tern.actor, claimId)).toMatchObject({
        claim: { state: 'ended', endedCode: 'mailbox_refused' },
      })
    }))

  test('gives a code too; a wrong one proves nothing, after ten only the link is left, and it is bound to its claim', () =>
    withGround(at, { reactions }, async (ground) => {
      const { tern, claimId, code } = await mailed(ground)
      const pirate = await provider(ground, { name: 'Pirate', cidr: null })
      registered(ground, '198.51.100.0/24', { mailbox: 'abuse@mudlark.example', asn: 64_501 })
      const other = await claimed(ground, pirate, { cidr: '198.51.100.0/24' }, 'registry_mail')
      expect(await typeProofCode(ground, pirate.actor, claimId, code)).toEqual({ result: 'unknown-claim' })
      for (let tried = 0; tried < 10; tried += 1) {
        expect(await typeProofCode(ground, pirate.actor, other.claimId, code)).toEqual({ result: 'wrong-code' })
      }
      expect(await typeProofCode(ground, pirate.actor, other.claimId, code)).toEqual({ result: 'too-many-tries' })
      expect(await typeProofCode(ground, tern.actor, claimId, ` ${code.toLowerCase()} `)).toEqual({ result: 'proven' })
      expect(await typeProofCode(ground, tern.actor, claimId, code)).toEqual({ result: 'used' })
    }))

  test('has a fortnight; after that, and for a link that is none, nothing is said about whose it was', () =>
    withGround(at, { reactions }, async (ground) => {
      const { tern, claimId, token, code } = await mailed(ground)
      for (const wrong of ['', 'x', `${token}x`, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`]) {
        expect(await openProofMail(ground, wrong)).toEqual({ result: 'unknown' })
        expect(await answerProofMail(ground, wrong, 'agree')).toEqual({ result: 'unknown' })
      }
      ground.clock.set('2026-12-06T09:00:00.000Z')
      expect(await answerProofMail(ground, token, 'agree')).toEqual({ result: 'expired' })
      expect(await typeProofCode(ground, tern.actor, claimId, code)).toEqual({ result: 'expired' })
    }))
})

describe('a token in the registry object', () => {
  test('proves a range, and an autonomous system', () =>
    withGround(at, async (ground) => {
      const tern = await provider(ground, { cidr: null })
      registered(ground, '203.0.113.0/24')
      const range = await claimed(ground, tern, { cidr: '203.0.113.0/24' }, 'registry_object')
      const system = await claimed(ground, tern, { asn: 64_500 }, 'registry_object')
      registered(ground, '203.0.113.0/24', { remarks: ['Abuse goes to', range.line] })
      expect(await checkProof(ground, tern.actor, range.claimId)).toMatchObject({ check: 'found' })
      // The other claim's token stands there: each is for one thing.
      expect(await checkProof(ground, tern.actor, system.claimId)).toMatchObject({ check: 'of_another' })
      ground.clock.set('2026-11-22T09:01:00.000Z')
      registered(ground, '203.0.113.0/24', { remarks: [range.line, system.line] })
      expect(await checkProof(ground, tern.actor, system.claimId)).toMatchObject({ check: 'found' })
    }))

  test('that cannot be read now is not gone', () =>
    withGround(at, async (ground) => {
      const tern = await provider(ground, { cidr: null })
      registered(ground, '203.0.113.0/24')
      const { claimId } = await claimed(ground, tern, { cidr: '203.0.113.0/24' }, 'registry_object')
      ground.lookups.answerRegistry('203.0.113.0/24', 'limited')
      expect(await checkProof(ground, tern.actor, claimId)).toMatchObject({ check: 'failed', state: 'proving' })
    }))
})
