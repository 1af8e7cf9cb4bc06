import { describe, expect, test } from 'vitest'
import { findAttributions, openAttribution } from '../attribution/keep-attributions.ts'
import { fallBack } from '../delivery/fall-back.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { findUnattributed } from './find-unattributed.ts'
import { readItems } from './read-notice.ts'
import { seekDueHolders } from './seek-holders.ts'
import { withdrawNotice } from './withdraw-notice.ts'

const at = '2026-11-22T09:00:00.000Z'
const asking = { rdapBootstrap: 'https://list.registry.example/' }
const ip = '192.0.2.80'
const items = [{ url: `https://${ip}/g/1.jpg`, ip }]

function bittern(ground: TestGround, about = ip) {
  ground.lookups.answerRegistry(about, {
    type: 'ALLOCATED PA',
    country: 'NL',
    ranges: ['192.0.2.0/24'],
    holder: { handle: 'ORG-BN1', name: 'Bittern Networks' },
    abuse: [{ email: 'abuse@bittern.example', name: 'Bittern' }],
    raw: JSON.stringify({ secret: 'answer as it came' }),
  })
}

const stateOf = async (ground: TestGround, noticeId: string) =>
  (await readItems(ground.db.read, noticeId)).map(({ attribution }) => attribution)
const providersOf = (ground: TestGround, noticeId: string) =>
  ground.db.read
    .selectFrom('addressees')
    .innerJoin('organisations', 'organisations.id', 'addressees.orgId')
    .select(['organisations.name', 'organisations.knownFrom'])
    .where('noticeId', '=', noticeId)
    .execute()

describe('an item in nobody’s proven network', () => {
  test('waits, and its holder is found in the registry and written to: numbers, and nothing about where or what', () =>
    build.withLine(
      at,
      async (ground, on) => {
        bittern(ground)
        const { noticeId, itemIds } = await build.submittedNotice(ground, on, {
          items: [...items, { url: `https://${ip}/g/2.jpg`, ip }],
        })
        expect(await stateOf(ground, noticeId)).toEqual(['waiting', 'waiting'])
        await ground.runReactions()
        expect(await stateOf(ground, noticeId)).toEqual(['attributed', 'attributed'])
        expect(await providersOf(ground, noticeId)).toEqual([
          { name: 'Bittern Networks', knownFrom: 'registry' },
          { name: 'Bittern Networks', knownFrom: 'registry' },
        ])
        expect(ground.lookups.registryCalls).toEqual([ip])
        const [mail, ...more] = ground.caught.mail
        expect(more).toEqual([])
        expect(mail).toMatchObject({ to: 'abuse@bittern.example' })
        for (const said of [noticeId, '2', 'ntd_code', '24']) expect(mail?.text).toContain(said)
        expect(JSON.stringify(mail)).not.toMatch(/192\.0\.2|jpg|\/g\/|csam/)
        const snapshots = await findAttributions(ground.db.read, itemIds)
        expect(snapshots.get(itemIds[0] ?? '')).toMatchObject({
          confidence: 'low',
          chain: [{ role: 'hosting', accountable: true, network: null, evidence: ['address_in_url', 'registry'] }],
        })
        expect(await ground.facts.kinds(noticeId)).toEqual(
          expect.arrayContaining(['holder.sought', 'item.attributed', 'delivery.queued', 'delivery.pointed']),
        )
        expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'delivery.queued')).toHaveLength(1)
      },
      asking,
    ))

  test('keeps what the registry answered, sealed with the item: nowhere else, and gone with its key', () =>
    build.withLine(
      at,
      async (ground, on) => {
        bittern(ground)
        const { noticeId, itemIds } = await build.issuedNotice(ground, on, { items })
        const [itemId = ''] = itemIds
        const [item] = await readItems(ground.db.read, noticeId)
        const snapshot = (await findAttributions(ground.db.read, itemIds)).get(itemId)
        if (!snapshot || !item) throw new Error('There is no snapshot')
        const notes = openAttribution(ground, snapshot, item.dataKey)
        expect(notes?.search).toMatchObject({
          findings: [{ network: { mailbox: 'abuse@bittern.example' }, system: null }],
          answers: [{ about: 'network', standing: 'direct', registry: 'rdap.registry.example' }],
        })
        expect(openAttribution(ground, snapshot, null)).toBeNull()
        const rows = await Promise.all([
          ground.db.read.selectFrom('attributions').selectAll().execute(),
          ground.db.read.selectFrom('facts').selectAll().execute(),
        ])
        const dump = JSON.stringify(rows.flat(), (_, value) =>
          value?.type === 'Buffer' ? Buffer.from(value).toString('latin1') : value,
        )
        for (const planted of ['answer as it came', ip, 'bittern.example']) {
          expect(dump).not.toContain(planted)
          expect(JSON.stringify([ground.caught.log, await ground.jobs()])).not.toContain(planted)
        }
      },
      asking,
    ))

  test('is answered for by the same company the next time, which gets a pointer for every notice', () =>
    build.withLine(
      at,
      async (ground, on) => {
        bittern(ground)
        const first = await build.issuedNotice(ground, on, { items })
        const second = await build.issuedNotice(ground, on, { items: [{ url: `https://${ip}/other`, ip }] })
        expect(ground.caught.mail.map(({ to }) => to)).toEqual(['abuse@bittern.example', 'abuse@bittern.example'])
        const orgs = await ground.db.read.selectFrom('addressees').select('orgId').distinct().execute()
        expect(orgs).toHaveLength(1)
        expect(
          [first, second].map(({ noticeId }) => ground.caught.mail.some(({ text }) => text.includes(noticeId))),
        ).toEqual([true, true])
      },
      asking,
    ))

  test('is the provider’s whose network is proven, whatever the registry says, and the registry is not asked', () =>
    build.withLine(
      at,
      async (ground, on) => {
        bittern(ground, build.hostAddress)
        const { noticeId } = await build.issuedNotice(ground, on)
        expect(await providersOf(ground, noticeId)).toEqual([{ name: 'Tern Hosting', knownFrom: null }])
        expect(ground.lookups.registryCalls).toEqual([])
      },
      asking,
    ))

  test('is not an admitted provider’s because the mailbox is the same: the company of the registry is another one', () =>
    build.withLine(
      at,
      async (ground, on) => {
        await build.contact(ground, on.provider.orgId, 'abuse@bittern.example')
        bittern(ground)
        const { noticeId } = await build.issuedNotice(ground, on, { items })
        expect(await providersOf(ground, noticeId)).toEqual([{ name: 'Bittern Networks', knownFrom: 'registry' }])
      },
      asking,
    ))

  test('of a rehearsal, or where no registry is asked, goes to the desk at once and is mailed to nobody', async () => {
    await build.withLine(
      at,
      async (ground, on) => {
        bittern(ground)
        const rehearsal = await build.issuedNotice(ground, on, { items, regime: 'test' })
        expect(await stateOf(ground, rehearsal.noticeId)).toEqual(['unattributed'])
        expect([ground.lookups.registryCalls, ground.caught.mail]).toEqual([[], []])
      },
      asking,
    )
    await build.withLine(at, async (ground, on) => {
      bittern(ground)
      const { noticeId } = await build.issuedNotice(ground, on, { items })
      expect(await stateOf(ground, noticeId)).toEqual(['unattributed'])
    })
  })
})

describe('what stays open', () => {
  const desk = async (ground: TestGround, on: build.Line) => {
    const person = { ...on.desk, kind: 'person', personId: 'psn_d', role: 'owner', assurance: 2, sessionId: 'ses_d' }
    const found = await findUnattributed(ground, person as never)
    return found.result === 'found' ? found.items.map(({ code, itemId }) => [itemId, code]) : found
  }
  const named = async (ground: TestGround, on: build.Line) => {
    const person = { ...on.desk, kind: 'person', personId: 'psn_d', role: 'owner', assurance: 2, sessionId: 'ses_d' }
    const found = await findUnattributed(ground, person as never)
    return found.result === 'found' ? found.items.flatMap(({ findings }) => findings) : found
  }

  test('is the desk’s, with the reason, and both names where they contradict each other', () =>
    build.withLine(
      at,
      async (ground, on) => {
        bittern(ground)
        ground.routing.announce('192.0.2.0/24', 64501, 'OTHER')
        ground.lookups.answerRegistry('AS64501', {
          asn: 64501,
          holder: { handle: 'ORG-O', name: 'Other' },
          abuse: [{ email: 'abuse@other.example', name: null }],
        })
        const { noticeId, itemIds } = await build.issuedNotice(ground, on, { items })
        expect(await stateOf(ground, noticeId)).toEqual(['unattributed'])
        expect(await desk(ground, on)).toEqual([[itemIds[0], 'registry_contradicted']])
        expect(await named(ground, on)).toEqual([
          { by: 'registry', name: 'Bittern Networks', mailbox: 'abuse@bittern.example', asn: null },
          { by: 'routing', name: 'Other', mailbox: 'abuse@other.example', asn: 64501 },
        ])
        expect(ground.caught.mail).toEqual([])
      },
      asking,
    ))

  test('is asked again after a pause, as long as the registry wants, and for an hour at most', () =>
    build.withLine(
      at,
      async (ground, on) => {
        const limited = { result: 'failed', code: 'limited', detail: '', retryAfterMs: 120_000 } as const
        ground.lookups.answerRegistry(ip, limited)
        const { noticeId, itemIds } = await build.issuedNotice(ground, on, { items })
        expect(await stateOf(ground, noticeId)).toEqual(['waiting'])
        ground.clock.advance(119_000)
        expect(await seekDueHolders(ground)).toBe(0)
        ground.clock.advance(1000)
        expect(await seekDueHolders(ground)).toBe(1)
        expect(ground.lookups.registryCalls).toHaveLength(2)
        expect(await desk(ground, on)).toEqual([])
        for (let turn = 0; turn < 60; turn += 1) {
          ground.clock.advance(60_000)
          await seekDueHolders(ground)
        }
        expect(await stateOf(ground, noticeId)).toEqual(['unattributed'])
        expect(await desk(ground, on)).toEqual([[itemIds[0], 'registry_silent']])
        const asked = ground.lookups.registryCalls.length
        expect(asked).toBeLessThan(20)
        ground.clock.advance(86_400_000)
        expect(await seekDueHolders(ground)).toBe(0)
        expect(ground.lookups.registryCalls).toHaveLength(asked)
      },
      asking,
    ))

  test('is found the moment the registry answers again, also where the worker stopped before it asked', () =>
    build.withLine(
      at,
      async (ground, on) => {
        bittern(ground)
        const { noticeId } = await build.submittedNotice(ground, on, { items })
        ground.clock.advance(61_000)
        expect(await seekDueHolders(ground)).toBe(1)
        expect(await stateOf(ground, noticeId)).toEqual(['attributed'])
        await ground.runReactions()
        await seekDueHolders(ground)
        expect(ground.caught.mail).toHaveLength(1)
        expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'item.attributed')).toHaveLength(1)
      },
      asking,
    ))

  test('and was taken back meanwhile is asked about no longer', () =>
    build.withLine(
      at,
      async (ground, on) => {
        ground.lookups.answerRegistry(ip, 'unreachable')
        const { noticeId } = await build.issuedNotice(ground, on, { items })
        await withdrawNotice(ground, on.notifier, noticeId, 'error')
        bittern(ground)
        ground.clock.advance(60_000)
        await seekDueHolders(ground)
        expect(await seekDueHolders(ground)).toBe(0)
        expect(ground.lookups.registryCalls).toHaveLength(1)
        expect(await providersOf(ground, noticeId)).toEqual([])
      },
      asking,
    ))

  test('is proven meanwhile, and then the proof counts', () =>
    build.withLine(
      at,
      async (ground, on) => {
        ground.lookups.answerRegistry(ip, 'timeout')
        const { noticeId } = await build.issuedNotice(ground, on, { items })
        await build.anotherProvider(ground, on, 'Mudlark Servers', '192.0.2.0/24')
        ground.clock.advance(60_000)
        await seekDueHolders(ground)
        expect(await providersOf(ground, noticeId)).toEqual([{ name: 'Mudlark Servers', knownFrom: null }])
      },
      asking,
    ))

  test('of a name whose addresses are two companies’ is the desk’s, and of one company’s is that company’s', () =>
    build.withLine(
      at,
      async (ground, on) => {
        bittern(ground)
        bittern(ground, '192.0.2.81')
        ground.lookups.answer('one.example', [ip, '192.0.2.81'])
        ground.lookups.answer('two.example', [ip, '198.51.100.9'])
        ground.lookups.answerRegistry('198.51.100.9', {
          type: 'ALLOCATED PA',
          holder: { handle: 'ORG-O', name: 'Other' },
          abuse: [{ email: 'abuse@other.example', name: null }],
        })
        const asked = [{ url: 'https://one.example/a' }, { url: 'https://two.example/a' }]
        const { noticeId, itemIds } = await build.issuedNotice(ground, on, {
          items: asked.map((item) => ({ ...item, ip: undefined }) as never),
        })
        expect(await stateOf(ground, noticeId)).toEqual(['attributed', 'unattributed'])
        expect(await desk(ground, on)).toEqual([[itemIds[1], 'several_providers']])
      },
      asking,
    ))
})

test('a pointer that is not answered goes to nobody else, since there is nobody else', () =>
  build.withLine(
    at,
    async (ground, on) => {
      bittern(ground)
      await build.issuedNotice(ground, on, { items })
      ground.clock.advance(3_600_000)
      await fallBack(ground)
      expect(ground.caught.mail.map(({ to }) => to)).toEqual(['abuse@bittern.example'])
    },
    asking,
  ))
