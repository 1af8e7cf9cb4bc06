import { describe, expect, test } from 'vitest'
import { issuedNotice, receivedNotice } from '../testing/build/notice.ts'
import { person, program } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import { withGround } from '../testing/with-ground.ts'
import { attributeItem } from './attribute-item.ts'
import { closeItem } from './close-item.ts'
import { closeNotice } from './close-notice.ts'
import { findUnattributed } from './find-unattributed.ts'
import { readAddressees, readItems, readNotice } from './read-notice.ts'
import { releaseDuplicates } from './release-duplicates.ts'
import { withdrawNotice } from './withdraw-notice.ts'

const at = '2026-11-22T09:00:00.000Z'

describe('a notice that is taken back', () => {
  test('is a new revision, of all its items, and nobody is late with it any more', () =>
    withGround(at, async (ground) => {
      const { noticeId, itemIds, notifier, orgId } = await receivedNotice(ground, { items: [{}, {}] })
      ground.clock.set('2026-11-22T10:00:00.000Z')
      expect(await withdrawNotice(ground, notifier, noticeId, 'not_illegal')).toEqual({ result: 'withdrawn' })
      const now = new Date('2026-11-22T10:00:00.000Z')
      expect(await readNotice(ground.db.read, noticeId)).toMatchObject({
        seq: 2,
        withdrawnAt: now,
        withdrawReason: 'not_illegal',
      })
      expect(await readItems(ground.db.read, noticeId)).toMatchObject(itemIds.map(() => ({ withdrawnAt: now })))
      expect(await readAddressees(ground.db.read, { noticeId, orgId })).toMatchObject(
        itemIds.map(() => ({ endedAt: now })),
      )
      expect(await ground.facts.kinds(noticeId)).toEqual([
        'notice.issued',
        'clock.started',
        'notice.withdrawn',
        'clock.stopped',
        'clock.stopped',
      ])
    }))

  test('is taken back once, also when two try at once', () =>
    withGround(at, async (ground) => {
      const { noticeId, notifier } = await issuedNotice(ground)
      const results = await Promise.all([
        withdrawNotice(ground, notifier, noticeId, 'error'),
        withdrawNotice(ground, notifier, noticeId, 'error'),
      ])
      expect(results.map(({ result }) => result).sort()).toEqual(['already-withdrawn', 'withdrawn'])
    }))

  test('is its notifier’s, with a reason of the list', () =>
    withGround(at, async (ground) => {
      const { noticeId, notifier } = await issuedNotice(ground)
      const other = await program(ground)
      expect(await withdrawNotice(ground, other, noticeId, 'error')).toEqual({ result: 'unknown-notice' })
      expect(await withdrawNotice(ground, await person(ground), noticeId, 'error')).toEqual({ result: 'forbidden' })
      expect(await withdrawNotice(ground, notifier, 'ntc_none', 'error')).toEqual({ result: 'unknown-notice' })
      expect(await withdrawNotice(ground, notifier, noticeId, 'because')).toEqual({ result: 'invalid' })
      expect((await readNotice(ground.db.read, noticeId))?.withdrawnAt).toBeNull()
    }))

  test('silences nobody else: the next notice that was linked to it is sent, and the rest to that one', () =>
    withGround(at, { reactions: { 'notice.withdrawn': [releaseDuplicates] } }, async (ground) => {
      const { orgId } = await provider(ground)
      const items = [{ url: 'https://203.0.113.80/same' }]
      const first = await issuedNotice(ground, { items })
      const second = await issuedNotice(ground, { items })
      const third = await issuedNotice(ground, { items })
      await withdrawNotice(ground, first.notifier, first.noticeId, 'error')
      await ground.runReactions()
      expect((await readItems(ground.db.read, second.noticeId))[0]?.duplicateOf).toBeNull()
      expect((await readItems(ground.db.read, third.noticeId))[0]?.duplicateOf).toBe(second.itemIds[0])
      expect(await readAddressees(ground.db.read, { noticeId: second.noticeId })).toMatchObject([{ orgId }])
      expect(await readAddressees(ground.db.read, { noticeId: third.noticeId })).toEqual([])
      expect(await ground.facts.kinds(second.noticeId)).toEqual(['notice.issued', 'item.attributed'])
    }))
})

describe('an item nobody is found for', () => {
  const items = [{ url: 'https://192.0.2.9/a' }]

  test('waits visibly for the platform’s desk, with the reason and without its address', () =>
    withGround(at, async (ground) => {
      const { itemIds } = await issuedNotice(ground, { items })
      const desk = await person(ground, { orgKind: 'platform' })
      const found = await findUnattributed(ground, desk)
      expect(found).toMatchObject({ result: 'found', items: [{ itemId: itemIds[0], code: 'no_network', position: 0 }] })
      expect(JSON.stringify(found)).not.toContain('192.0.2.9')
      expect(await findUnattributed(ground, await person(ground))).toEqual({ result: 'forbidden' })
    }))

  test('gets its addressee from the desk, once, with a snapshot of its own', () =>
    withGround(at, async (ground) => {
      const { noticeId, itemIds } = await issuedNotice(ground, { items })
      const itemId = itemIds[0] ?? ''
      const desk = await person(ground, { orgKind: 'platform' })
      const { orgId, actor } = await provider(ground, { cidr: null })
      expect(await attributeItem(ground, actor, itemId, orgId, 'by hand')).toEqual({ result: 'forbidden' })
      expect(await attributeItem(ground, desk, itemId, orgId, ' ')).toEqual({ result: 'invalid' })
      expect(await attributeItem(ground, desk, 'itm_none', orgId, 'x')).toEqual({ result: 'unknown-item' })
      const notProvider = desk.orgId
      expect(await attributeItem(ground, desk, itemId, notProvider, 'x')).toEqual({ result: 'unknown-provider' })
      expect(await attributeItem(ground, desk, itemId, orgId, 'they told us')).toEqual({ result: 'attributed' })
      expect(await attributeItem(ground, desk, itemId, orgId, 'again')).toEqual({ result: 'already-attributed' })
      expect(await readAddressees(ground.db.read, { noticeId })).toMatchObject([{ itemId, orgId, role: 'hosting' }])
      expect(await findUnattributed(ground, desk)).toEqual({ result: 'found', items: [] })
      const rows = await ground.db.read.selectFrom('attributions').select('chain').orderBy('id').execute()
      expect(rows.map(({ chain }) => chain)).toEqual([
        [],
        [{ org: orgId, role: 'hosting', accountable: true, network: null, evidence: ['desk'] }],
      ])
      expect(await ground.facts.kinds(noticeId)).toEqual(['notice.issued', 'item.unattributed', 'item.attributed'])
    }))

  test('that was taken back waits for nobody', () =>
    withGround(at, async (ground) => {
      const { noticeId, itemIds, notifier } = await issuedNotice(ground, { items })
      await withdrawNotice(ground, notifier, noticeId, 'error')
      const desk = await person(ground, { orgKind: 'platform' })
      const { orgId } = await provider(ground, { cidr: null })
      expect(await findUnattributed(ground, desk)).toEqual({ result: 'found', items: [] })
      expect(await attributeItem(ground, desk, itemIds[0] ?? '', orgId, 'x')).toEqual({ result: 'not-open' })
    }))
})

test('a notice is closed once, with its items and how each ended', () =>
  withGround(at, async (ground) => {
    await provider(ground)
    const { noticeId, itemIds } = await issuedNotice(ground, { items: [{}, {}] })
    const [first = '', second = ''] = itemIds
    const close = () =>
      ground.db.transaction((tx) => closeNotice(tx, noticeId, { [first]: 'removed_verified', [second]: 'excluded' }))
    expect(await ground.db.transaction((tx) => closeItem(tx, first))).toEqual({ result: 'closed' })
    expect(await ground.db.transaction((tx) => closeItem(tx, first))).toEqual({ result: 'already-closed' })
    expect(await ground.db.transaction((tx) => closeItem(tx, 'itm_none'))).toEqual({ result: 'unknown-item' })
    expect(await close()).toEqual({ result: 'closed', seq: 2 })
    expect(await close()).toEqual({ result: 'already-closed' })
    expect(await ground.db.transaction((tx) => closeNotice(tx, 'ntc_none', {}))).toEqual({ result: 'unknown-notice' })
    expect(await readNotice(ground.db.read, noticeId)).toMatchObject({ seq: 2, closedAt: new Date(at) })
    expect((await readItems(ground.db.read, noticeId)).every(({ closedAt }) => closedAt !== null)).toBe(true)
    expect(await ground.facts.kinds(noticeId)).toEqual(['notice.issued', 'notice.closed'])
  }))
