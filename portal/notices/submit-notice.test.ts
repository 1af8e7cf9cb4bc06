import { describe, expect, test } from 'vitest'
import { issuedNotice, receivedNotice, submission } from '../testing/build/notice.ts'
import { organisation } from '../testing/build/organisation.ts'
import { person, program } from '../testing/build/person.ts'
import { provider } from '../testing/build/provider.ts'
import { withGround } from '../testing/with-ground.ts'
import { openItem, openNotice, readAddressees, readItems, readNotice } from './read-notice.ts'
import { stopClock } from './stop-clock.ts'
import { submitNotice } from './submit-notice.ts'

const at = '2026-11-22T09:00:00.000Z'
const api = { origin: 'api' } as const

describe('a notice', () => {
  test('is kept with its items, their snapshot and their addressee, and said in one fact', () =>
    withGround(at, async (ground) => {
      const { orgId } = await provider(ground)
      const { noticeId, itemIds, notifier } = await issuedNotice(ground, {
        reference: 'MK-2026-000123',
        grounds: { reasons: 'Because', legal_basis: ['240b'], good_faith: true },
        for_provider_only: 'For you',
        may_be_forwarded: 'For all',
        items: [
          { ip: '203.0.113.80', port: 8443, hashes: { sha256: 'AB'.repeat(32) }, seen_at: '2026-11-22T08:00:00Z' },
          {},
        ],
      })
      const notice = await readNotice(ground.db.read, noticeId)
      expect(notice).toMatchObject({
        orgId: notifier.kind === 'nobody' ? '' : notifier.orgId,
        regime: 'ntd_code',
        category: 'csam',
        legalClass: 'baseline',
        reference: 'MK-2026-000123',
        binding: false,
        deadlineWithin: 'PT24H',
        onObstacle: 'pause',
        preservation: { basis: 'none' },
        disclosure: { allowed: true },
        seq: 1,
        withdrawnAt: null,
      })
      expect(notice && openNotice(ground, notice)).toEqual({
        grounds: { reasons: 'Because', legalBasis: ['240b'], goodFaith: true },
        forProviderOnly: 'For you',
        mayBeForwarded: 'For all',
      })
      const [first] = await readItems(ground.db.read, noticeId)
      expect(first && openItem(ground, first)).toMatchObject({
        ip: '203.0.113.80',
        port: 8443,
        hashes: { sha256: 'ab'.repeat(32) },
      })
      expect(await readAddressees(ground.db.read, { noticeId })).toMatchObject(
        itemIds.map((itemId) => ({
          itemId,
          orgId,
          role: 'hosting',
          accountable: true,
          offeredAt: null,
          receivedAt: null,
        })),
      )
      expect(await ground.facts.kinds(noticeId)).toEqual(['notice.issued'])
    }))

  test('leaves no address, host or hash outside what is sealed', () =>
    withGround(at, async (ground) => {
      await provider(ground)
      ground.lookups.answer('planted-host.example', ['203.0.113.80'])
      await issuedNotice(ground, {
        for_provider_only: 'see planted-text',
        items: [{ url: 'https://planted-host.example/planted-path', hashes: { md5: 'c0ffee'.padEnd(32, '0') } }],
      })
      const tables = ['notices', 'items', 'attributions', 'addressees', 'facts'] as const
      const rows = await Promise.all(tables.map((table) => ground.db.read.selectFrom(table).selectAll().execute()))
      const dump = JSON.stringify(rows.flat(), (_, value) =>
        value?.type === 'Buffer' ? Buffer.from(value).toString('latin1') : value,
      )
      for (const planted of ['planted-host', 'planted-path', 'planted-text', 'c0ffee', '203.0.113.80']) {
        expect(dump).not.toContain(planted)
        expect(JSON.stringify([ground.caught, await ground.jobs()])).not.toContain(planted)
      }
    }))

  test('says which items still wait for somebody, and records it of each', () =>
    withGround(at, async (ground) => {
      await provider(ground)
      const body = submission({ items: [{}, { url: 'https://192.0.2.1/a' }, { url: 'https://192.0.2.1/b' }] })
      const submitted = await submitNotice(ground, await program(ground), body, api)
      expect(submitted).toMatchObject({ result: 'submitted', pending: 2 })
      const noticeId = submitted.result === 'submitted' ? submitted.noticeId : ''
      expect((await readItems(ground.db.read, noticeId)).map(({ attribution }) => attribution)).toEqual([
        'attributed',
        'unattributed',
        'unattributed',
      ])
      expect(await ground.facts.kinds(noticeId)).toEqual(['notice.issued', 'item.unattributed', 'item.unattributed'])
    }))

  test('on one host is one look-up, however many items it has', () =>
    withGround(at, async (ground) => {
      let asked = 0
      const resolve = ground.lookups.resolve.bind(ground.lookups)
      const countingResolve: typeof resolve = (host, ms) => {
        asked += 1
        return resolve(host, ms)
      }
      const counting = {
        ...ground,
        lookups: { ...ground.lookups, resolve: countingResolve },
      }
      const items = Array.from({ length: 100 }, (_, index) => ({ url: `https://one.example/${index}` }))
      expect(await submitNotice(counting, await program(ground), submission({ items }), api)).toMatchObject({
        pending: 100,
      })
      expect(asked).toBe(1)
    }))

  test('may set its own time under the voluntary code, and its silence with basis and end', () =>
    withGround(at, async (ground) => {
      const { noticeId } = await issuedNotice(ground, {
        deadline: { within: 'PT6H' },
        preservation: { basis: 'law_enforcement', reference: 'PV-12' },
        disclosure: { allowed: false, basis: 'Art 126nd', until: '2027-01-01T00:00:00Z' },
      })
      expect(await readNotice(ground.db.read, noticeId)).toMatchObject({
        deadlineWithin: 'PT6H',
        preservation: { basis: 'law_enforcement', reference: 'PV-12' },
        disclosure: { allowed: false, basis: 'Art 126nd', until: '2027-01-01T00:00:00.000Z' },
      })
    }))
})

describe('who may submit', () => {
  test('is a notifier that is admitted, with somebody who handles or a token that writes', () =>
    withGround(at, async (ground) => {
      const forbidden = { result: 'forbidden' }
      const orgId = await organisation(ground, { kind: 'notifier' })
      const waiting = await organisation(ground, { kind: 'notifier', admitted: false })
      expect(await submitNotice(ground, { kind: 'nobody' }, submission(), api)).toEqual(forbidden)
      expect(await submitNotice(ground, await person(ground), submission(), api)).toEqual(forbidden)
      expect(await submitNotice(ground, await person(ground, { orgId, role: 'read_only' }), submission(), api)).toEqual(
        forbidden,
      )
      expect(
        await submitNotice(ground, await program(ground, { orgId, scopes: ['notices:read'] }), submission(), api),
      ).toEqual(forbidden)
      expect(await submitNotice(ground, await program(ground, { orgId, live: false }), submission(), api)).toEqual(
        forbidden,
      )
      expect(await submitNotice(ground, await program(ground, { orgId: waiting }), submission(), api)).toEqual(
        forbidden,
      )
      expect(
        (await submitNotice(ground, await person(ground, { orgId, role: 'handler' }), submission(), api)).result,
      ).toBe('submitted')
    }))
})

describe('orders, where they are served,', () => {
  test('are binding, by authorities only, with the time of their norm', () =>
    withGround(at, async (ground) => {
      const { noticeId } = await issuedNotice(ground, { regime: 'tco_removal_order', preservation: { basis: 'tco6' } })
      expect(await readNotice(ground.db.read, noticeId)).toMatchObject({
        binding: true,
        deadlineWithin: 'PT1H',
        onObstacle: 'restart',
        preservation: { basis: 'tco6' },
      })
      const order = submission({ regime: 'tco_removal_order' })
      const served = { ...api, regimes: ['tco_removal_order', 'csam_order'] as const }
      const hotline = await program(ground)
      expect(await submitNotice(ground, hotline, order, served)).toMatchObject({
        errors: [{ pointer: '/regime', code: 'needs_an_authority' }],
      })
      const authority = await program(ground, {
        orgId: await organisation(ground, { kind: 'notifier', notifierKind: 'authority' }),
      })
      const wrong = submission({ regime: 'tco_removal_order', category: 'csam' })
      expect(await submitNotice(ground, authority, wrong, served)).toMatchObject({
        errors: [{ pointer: '/category', code: 'not_with_this_regime' }],
      })
      const other = submission({ regime: 'csam_order', category: 'terrorist_content' })
      expect(await submitNotice(ground, authority, other, served)).toMatchObject({
        errors: [{ pointer: '/category', code: 'not_with_this_regime' }],
      })
    }))
})

describe('a second notice for the same address', () => {
  const items = [{ url: 'https://203.0.113.80/same' }]

  test('is linked, not sent, whoever submits it and however it is spelled', () =>
    withGround(at, async (ground) => {
      await provider(ground)
      const first = await issuedNotice(ground, { items })
      const second = await issuedNotice(ground, { items: [{ url: 'HTTPS://203.0.113.80:443/./same#x' }] })
      const [item] = await readItems(ground.db.read, second.noticeId)
      expect(item).toMatchObject({ duplicateOf: first.itemIds[0], attribution: 'attributed' })
      expect(await readAddressees(ground.db.read, { noticeId: second.noticeId })).toEqual([])
    }))

  test('is linked, not sent, where both come at the same moment', () =>
    withGround(at, async (ground) => {
      await provider(ground)
      for (let round = 0; round < 5; round += 1) {
        const same = [{ url: `https://203.0.113.80/${round}` }, { url: 'https://203.0.113.80/often' }]
        const both = [same, [...same].reverse()]
        const notices = await Promise.all(both.map((one) => issuedNotice(ground, { items: one })))
        const rows = await Promise.all(notices.map(({ noticeId }) => readItems(ground.db.read, noticeId)))
        const sent = rows.flat().filter(({ duplicateOf }) => duplicateOf === null)
        expect(sent).toHaveLength(round === 0 ? 2 : 1)
      }
    }))

  test('waits for the desk like the first, where nobody answers for the address', () =>
    withGround(at, async (ground) => {
      for (let count = 0; count < 2; count += 1) {
        const { noticeId } = await issuedNotice(ground, { items })
        expect(await readItems(ground.db.read, noticeId)).toMatchObject([
          { duplicateOf: null, attribution: 'unattributed' },
        ])
      }
    }))

  test('in one notice is linked to the first of the two', () =>
    withGround(at, async (ground) => {
      const { noticeId, itemIds } = await issuedNotice(ground, { items: [...items, ...items] })
      expect((await readItems(ground.db.read, noticeId)).map(({ duplicateOf }) => duplicateOf)).toEqual([
        null,
        itemIds[0],
      ])
    }))

  test('is sent when it asks for more: another scope or a binding order', () =>
    withGround(at, async (ground) => {
      await provider(ground)
      await issuedNotice(ground, { items, category: 'terrorist_content' })
      const wider = await issuedNotice(ground, {
        items: [{ ...items[0], scope: 'site' }],
        category: 'terrorist_content',
      })
      const order = await issuedNotice(ground, { items, regime: 'tco_removal_order' })
      for (const { noticeId } of [wider, order]) {
        expect((await readItems(ground.db.read, noticeId))[0]?.duplicateOf).toBeNull()
        expect(await readAddressees(ground.db.read, { noticeId })).toHaveLength(1)
      }
    }))

  test('is news, and sent, when the first one had ended: it is there again', () =>
    withGround(at, async (ground) => {
      const first = await receivedNotice(ground, { items })
      const itemId = first.itemIds[0] ?? ''
      await ground.db.transaction((tx) => stopClock(tx, { itemId, orgId: first.orgId, at: tx.now }))
      const second = await issuedNotice(ground, { items })
      expect((await readItems(ground.db.read, second.noticeId))[0]?.duplicateOf).toBeNull()
      expect(second.providers).toEqual([first.orgId])
    }))
})
