import { describe, expect, test } from 'vitest'
import { addContact } from '../providers/add-contact.ts'
import { reactions } from '../reactions.ts'
import { claimed, registered } from '../testing/build/claim.ts'
import { provider } from '../testing/build/provider.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { checkProofs } from './check-proofs.ts'
import { findChain } from './find-chain.ts'
import { findClaim } from './find-networks.ts'
import { checkProof } from './prove-claim.ts'

const at = '2026-11-22T09:00:00.000Z'
const start = new Date(at).getTime()
const day = 86_400_000
const record = '_noticeline.tern.example'
const now = { config: { networkWaitMs: 0 }, reactions }

/** Turns the clock to so many days after the start, and lets it look. */
async function onDay(ground: TestGround, days: number): Promise<void> {
  ground.clock.set(new Date(start + days * day))
  await checkProofs(ground)
  await ground.runReactions()
}

async function proven(ground: TestGround) {
  const tern = await provider(ground, { cidr: null })
  await addContact(ground, {
    orgId: tern.orgId,
    kind: 'abuse',
    email: 'abuse@tern.example',
    languages: ['en'],
    verified: true,
  })
  const { claimId, line } = await claimed(ground, tern, { domain: 'tern.example' }, 'dns_txt')
  ground.lookups.answerTexts(record, [line])
  await checkProof(ground, tern.actor, claimId)
  const state = async () => {
    const found = await findClaim(ground, tern.actor, claimId)
    return found.result === 'found' ? found.claim : null
  }
  return { tern, claimId, line, state }
}

describe('a proof is looked at again', () => {
  test('weekly, and while it is there nothing else happens', () =>
    withGround(at, now, async (ground) => {
      const { state } = await proven(ground)
      expect(await state()).toMatchObject({ state: 'in_force', nextCheckAt: new Date(start + 7 * day) })
      ground.clock.set(new Date(start + 7 * day - 1))
      expect(await checkProofs(ground)).toBe(0)
      for (const days of [7, 14, 21]) await onDay(ground, days)
      const claim = await state()
      expect(claim).toMatchObject({ state: 'in_force', graceEndsAt: null })
      expect(claim?.checks.map(({ result }) => result)).toEqual(['found', 'found', 'found', 'found'])
      expect(ground.caught.mail).toEqual([])
    }))

  test('when it is gone, its owner has 14 days and three reminders; then it ends, and its history stays', () =>
    withGround(at, now, async (ground) => {
      const { tern, state } = await proven(ground)
      ground.lookups.answerTexts(record, [])
      await onDay(ground, 7)
      expect(await state()).toMatchObject({ state: 'lapsing', graceEndsAt: new Date(start + 21 * day) })
      for (let days = 8; days <= 20; days += 1) await onDay(ground, days)
      expect(await state()).toMatchObject({ state: 'lapsing' })
      const reminders = ground.caught.mail.filter(({ subject }) => subject.includes('missing'))
      expect(reminders.map(({ to }) => to)).toEqual(Array.from({ length: 3 }, () => 'abuse@tern.example'))
      ground.lookups.answer('www.tern.example', ['203.0.113.80'])
      await onDay(ground, 21)
      expect(await state()).toMatchObject({ state: 'ended', endedCode: 'lapsed' })
      expect((await state())?.checks.length).toBeGreaterThan(14)
      const kinds = await ground.facts.kinds(tern.orgId)
      expect(kinds.filter((kind) => kind === 'network.proof-missed')).toHaveLength(3)
      expect(kinds.filter((kind) => /^network\..*ended$/.test(kind))).toEqual(['network.ended', 'network.claim-ended'])
    }))

  test('what is back on the last day goes on, and the next loss has its own 14 days', () =>
    withGround(at, now, async (ground) => {
      const { line, state } = await proven(ground)
      ground.lookups.answerTexts(record, [])
      for (let days = 7; days <= 20; days += 1) await onDay(ground, days)
      ground.lookups.answerTexts(record, [line])
      await onDay(ground, 21)
      expect(await state()).toMatchObject({ state: 'in_force', graceEndsAt: null })
      ground.lookups.answerTexts(record, [])
      await onDay(ground, 28)
      expect(await state()).toMatchObject({ state: 'lapsing', graceEndsAt: new Date(start + 42 * day) })
    }))

  test('name servers that fail or do not agree take nothing from anybody before four weeks are over', () =>
    withGround(at, now, async (ground) => {
      const { line, state } = await proven(ground)
      ground.lookups.answerTexts(record, 'failed', 'failed')
      for (let days = 7; days <= 20; days += 1) await onDay(ground, days)
      ground.lookups.answerTexts(record, [line], [])
      for (let days = 21; days <= 27; days += 1) await onDay(ground, days)
      expect(await state()).toMatchObject({ state: 'in_force' })
      await onDay(ground, 28)
      expect(await state()).toMatchObject({ state: 'lapsing' })
      for (let days = 29; days <= 42; days += 1) await onDay(ground, days)
      expect(await state()).toMatchObject({ state: 'ended', endedCode: 'lapsed' })
    }))

  test('a registry that names another mailbox than the one that answered has begun the 14 days', () =>
    withGround(at, now, async (ground) => {
      const tern = await provider(ground, { cidr: null })
      registered(ground, '203.0.113.0/24')
      await claimed(ground, tern, { cidr: '203.0.113.0/24' }, 'registry_mail', 'abuse@tern.example')
      const outcome = async () => (await findChain(ground, { url: 'https://203.0.113.80/', ip: null })).result
      expect(await outcome()).toBe('attributed')
      await onDay(ground, 7)
      expect(await outcome()).toBe('attributed')
      registered(ground, '203.0.113.0/24', { mailbox: 'abuse@heron.example' })
      for (let days = 14; days <= 27; days += 1) await onDay(ground, days)
      expect(await outcome()).toBe('attributed')
      await onDay(ground, 28)
      expect(await outcome()).toBe('unattributed')
    }))
})

test('what stands in its place is found without anybody asking; what never does ends after a fortnight', () =>
  withGround(at, now, async (ground) => {
    const tern = await provider(ground, { cidr: null })
    const first = await claimed(ground, tern, { domain: 'tern.example' }, 'dns_txt')
    const second = await claimed(ground, tern, { domain: 'heron.example' }, 'file')
    const states = async () =>
      Promise.all(
        [first, second].map(async ({ claimId }) => {
          const found = await findClaim(ground, tern.actor, claimId)
          return found.result === 'found' ? (found.claim.endedCode ?? found.claim.state) : null
        }),
      )
    await onDay(ground, 0.1)
    expect(await states()).toEqual(['proving', 'proving'])
    ground.lookups.answerTexts(record, [first.line])
    await onDay(ground, 1)
    expect(await states()).toEqual(['in_force', 'proving'])
    for (let days = 2; days <= 14; days += 1) await onDay(ground, days)
    expect(await states()).toEqual(['in_force', 'not_proven'])
  }))
