import { expect, test } from 'vitest'
import { delegateNetwork, endDelegation } from '../attribution/delegate-network.ts'
import type { PersonActor } from '../people/may.ts'
import { suspendOrganisation } from '../people/suspend-organisation.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { findDelegated, revealDelegated } from './find-delegated.ts'
import { findItem } from './find-item.ts'
import { findInbox } from './find-items.ts'
import { revealItem } from './reveal-item.ts'

const at = '2026-11-22T10:00:00.000Z'
const endsAt = new Date('2026-12-22T00:00:00.000Z')
const part = '203.0.113.80/29'
const inside = { ip: '203.0.113.81', url: 'https://cust.marsh.example/canary-inside' }
const outside = { ip: '203.0.113.200', url: 'https://other.tern.example/canary-outside' }

/** Tern hands a /29 on to Saltmarsh; one item lies in it, one does not. */
async function resold(ground: TestGround, on: build.Line, sees: string, parts: build.NoticeParts = {}) {
  const tern = await person(ground, { orgId: on.provider.orgId })
  const marsh = await provider(ground, { name: 'Saltmarsh', cidr: null })
  const { id: networkId } = await ground.db.read
    .selectFrom('networks')
    .select('id')
    .where('orgId', '=', on.provider.orgId)
    .executeTakeFirstOrThrow()
  const given = await delegateNetwork(ground, tern, { networkId, toOrgId: marsh.orgId, part, sees, endsAt })
  if (given.result !== 'delegated') throw new Error(given.result)
  const { itemIds, noticeId } = await build.issuedNotice(ground, on, { items: [inside, outside], ...parts })
  return {
    tern,
    marsh: marsh.actor,
    delegationId: given.delegationId,
    item: itemIds[0] ?? '',
    other: itemIds[1] ?? '',
    noticeId,
  }
}

async function seen(ground: TestGround, who: PersonActor) {
  const found = await findDelegated(ground, who)
  if (found.result !== 'found') return found.result
  return found.parts.map(({ open, items, mayReveal }) => ({
    open,
    items: items?.map(({ itemId }) => itemId),
    mayReveal,
  }))
}

test.each([
  ['count', { open: 1, items: undefined, mayReveal: false }, 'unknown-item'],
  ['items', { open: 1, items: ['inside'], mayReveal: false }, 'unknown-item'],
  ['addresses', { open: 1, items: ['inside'], mayReveal: true }, 'revealed'],
])('whoever was handed a part on to sees %s there, and nothing that lies beside it', (sees, shown, revealed) =>
  build.withLine(at, async (ground, on) => {
    const { marsh, item, other } = await resold(ground, on, sees)
    expect(await seen(ground, marsh)).toEqual([{ ...shown, ...(shown.items && { items: [item] }) }])
    const found = await findDelegated(ground, marsh)
    expect(JSON.stringify(found)).not.toMatch(/canary|marsh\.example|203\.0\.113\.81|Baken/)
    expect((await revealDelegated(ground, marsh, item, 'page')).result).toBe(revealed)
    expect(await revealDelegated(ground, marsh, other, 'page')).toEqual({ result: 'unknown-item' })
    // By no other way either: it is addressed to the holder alone.
    expect(await findItem(ground, marsh, item)).toEqual({ result: 'unknown-item' })
    expect(await revealItem(ground, marsh, item, 'page')).toEqual({ result: 'unknown-item' })
    expect(await findInbox(ground, marsh)).toMatchObject({ items: [] })
  }),
)

test('the holder sees always, and gains nothing of the reseller’s; each look of the reseller is recorded', () =>
  build.withLine(at, async (ground, on) => {
    const { tern, marsh, item, noticeId } = await resold(ground, on, 'addresses', {
      for_provider_only: 'canary-provider-only',
      may_be_forwarded: 'For the customer.',
    })
    expect(await seen(ground, tern)).toEqual([])
    expect(await revealDelegated(ground, tern, item, 'page')).toEqual({ result: 'unknown-item' })
    expect(await findInbox(ground, tern)).toMatchObject({ items: [{}, {}] })
    expect(await revealItem(ground, tern, item, 'page')).toMatchObject({ result: 'revealed' })
    const shown = await revealDelegated(ground, marsh, item, 'page')
    expect(shown).toMatchObject({ item: { url: inside.url, mayBeForwarded: 'For the customer.' } })
    expect(JSON.stringify(shown)).not.toMatch(/canary-provider-only|Seen by an analyst/)
    expect(await revealDelegated(ground, marsh, item, inside.url)).toEqual({ result: 'invalid-purpose' })
    const lines = (await ground.facts.kinds(noticeId)).filter((kind) => kind === 'item.revealed')
    expect(lines).toHaveLength(2)
  }))

test('it ends with its date, when it is taken back, and with the reseller’s part in the line', () =>
  build.withLine(at, async (ground, on) => {
    const { tern, marsh, item, delegationId } = await resold(ground, on, 'addresses')
    ground.clock.set('2026-12-21T23:59:00.000Z')
    expect(await seen(ground, marsh)).toHaveLength(1)
    ground.clock.set('2026-12-22T00:00:00.000Z')
    expect(await seen(ground, marsh)).toEqual([])
    expect(await revealDelegated(ground, marsh, item, 'page')).toEqual({ result: 'unknown-item' })
    ground.clock.set(at)
    await endDelegation(ground, tern, delegationId)
    expect(await seen(ground, marsh)).toEqual([])
    expect(await revealDelegated(ground, marsh, item, 'page')).toEqual({ result: 'unknown-item' })
  }))

test('a reseller that is not admitted sees no address, whatever the holder allows, nor does one who may only read', () =>
  build.withLine(at, async (ground, on) => {
    const { marsh, item } = await resold(ground, on, 'addresses')
    const reader = await person(ground, { orgId: marsh.orgId, role: 'read_only' })
    expect(await seen(ground, reader)).toMatchObject([{ items: [item], mayReveal: false }])
    expect(await revealDelegated(ground, reader, item, 'page')).toEqual({ result: 'forbidden' })
    await ground.db.read.updateTable('organisations').set({ admittedAt: null }).where('id', '=', marsh.orgId).execute()
    expect(await seen(ground, marsh)).toMatchObject([{ items: [item], mayReveal: false }])
    expect(await revealDelegated(ground, marsh, item, 'page')).toEqual({ result: 'unknown-item' })
  }))

test('what must not be told to a customer is not told to a reseller, not even that it is there', () =>
  build.withLine(at, async (ground, on) => {
    const { marsh, noticeId, item } = await resold(ground, on, 'addresses')
    await ground.db.read
      .updateTable('notices')
      .set({ disclosure: JSON.stringify({ allowed: false, basis: 'An investigation.' }) })
      .where('id', '=', noticeId)
      .execute()
    expect(await seen(ground, marsh)).toEqual([{ open: 0, items: [], mayReveal: true }])
    expect(await revealDelegated(ground, marsh, item, 'page')).toEqual({ result: 'unknown-item' })
  }))

test('what is no longer the holder’s is no longer the reseller’s; strangers and the other sides see nothing', () =>
  build.withLine(at, async (ground, on) => {
    const { marsh, item, tern } = await resold(ground, on, 'addresses')
    const stranger = await provider(ground, { name: 'Gullwing', cidr: null })
    const desk = await person(ground, { orgKind: 'platform' })
    expect(await seen(ground, stranger.actor)).toEqual([])
    expect(await revealDelegated(ground, stranger.actor, item, 'page')).toEqual({ result: 'unknown-item' })
    expect(await seen(ground, desk)).toBe('forbidden')
    expect(await findDelegated(ground, on.notifier)).toEqual({ result: 'forbidden' })
    await suspendOrganisation(ground, desk, { orgId: tern.orgId, reason: 'Shelters offenders' })
    await ground.runReactions()
    expect(await seen(ground, marsh)).toEqual([{ open: 0, items: [], mayReveal: true }])
    expect(await revealDelegated(ground, marsh, item, 'page')).toEqual({ result: 'unknown-item' })
  }))

test('what is open there already when it is handed on is among it; what a narrower part holds stays there', () =>
  build.withLine(at, async (ground, on) => {
    const tern = await person(ground, { orgId: on.provider.orgId })
    const marsh = await provider(ground, { name: 'Saltmarsh', cidr: null })
    const heron = await provider(ground, { name: 'Heron', cidr: null })
    const { id: networkId } = await ground.db.read
      .selectFrom('networks')
      .select('id')
      .where('orgId', '=', on.provider.orgId)
      .executeTakeFirstOrThrow()
    const { itemIds } = await build.issuedNotice(ground, on, { items: [inside, outside] })
    const give = async (toOrgId: string, range: string) => {
      await delegateNetwork(ground, tern, { networkId, toOrgId, part: range, sees: 'items', endsAt })
      await ground.runReactions()
    }
    await give(marsh.orgId, part)
    expect(await seen(ground, marsh.actor)).toMatchObject([{ open: 1, items: [itemIds[0]] }])
    await give(heron.orgId, '203.0.113.0/24')
    expect(await seen(ground, heron.actor)).toMatchObject([{ open: 1, items: [itemIds[1]] }])
    expect(await seen(ground, marsh.actor)).toMatchObject([{ open: 1, items: [itemIds[0]] }])
  }))
