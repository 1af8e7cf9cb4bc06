import { expect, test } from 'vitest'
import { acceptOutcomes } from '../removal/accept-outcome.ts'
import * as build from '../testing/build/delivery.ts'
import { report, reportedOutcome, signedBy } from '../testing/build/outcome.ts'
import { findItem } from './find-item.ts'
import { findInbox } from './find-items.ts'
import { findNotice } from './find-notice.ts'
import { findNotices } from './find-notices.ts'
import { defang, revealItem } from './reveal-item.ts'

const start = '2026-11-21T10:00:00.000Z'
const address = /tern\.example|elsewhere|203\.0\.113|198\.51\.100|\.jpg|planted/

test('a notifier finds its own notices, newest first, by page', () =>
  build.withLine(start, async (ground, on) => {
    const made = []
    for (let index = 0; index < 5; index += 1) made.unshift((await build.issuedNotice(ground, on)).noticeId)
    const first = await findNotices(ground, on.notifier, { limit: 2 })
    if (first.result !== 'found') throw new Error(first.result)
    expect(first.notices.map((notice) => notice.id)).toEqual(made.slice(0, 2))
    const rest = await findNotices(ground, on.notifier, { limit: 200, cursor: first.nextCursor ?? '' })
    expect(rest).toMatchObject({ notices: made.slice(2).map((id) => ({ id })), nextCursor: null })
    expect(await findNotices(ground, { ...on.notifier, orgId: 'org_other' })).toMatchObject({ notices: [] })
    expect(await findNotices(ground, on.desk)).toMatchObject({ notices: made.map((id) => ({ id })) })
    expect(await findNotices(ground, on.provider)).toEqual({ result: 'forbidden' })
    expect(await findNotices(ground, { kind: 'nobody' })).toEqual({ result: 'forbidden' })
  }))

test('filters ask for notices with at least one such item', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    const removed = await build.receivedNotice(ground, on)
    await reportedOutcome(ground, on.provider.orgId, removed)
    ground.clock.advance(60_000)
    const elsewhere = await build.issuedNotice(ground, on, {
      regime: 'dsa_notice',
      items: [{ url: 'https://elsewhere.example/x', ip: '198.51.100.7' }],
    })
    const ids = async (filter: object) => {
      const found = await findNotices(ground, on.notifier, filter)
      return found.result === 'found' ? found.notices.map((notice) => notice.id) : found.result
    }
    expect(await ids({ headline: 'removed_claimed' })).toEqual([removed.noticeId])
    expect(await ids({ regime: 'dsa_notice' })).toEqual([elsewhere.noticeId])
    expect(await ids({ provider: other.orgId })).toEqual([elsewhere.noticeId])
    expect(await ids({ updatedSince: new Date('2026-11-21T10:01:00.000Z') })).toEqual([elsewhere.noticeId])
    expect(await ids({})).toHaveLength(2)
  }))

test('a notice shows its notifier all four axes, who answers for it, and what happened, and no address', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on, {
      items: [{ url: 'https://planted.tern.example/planted.jpg' }],
      for_provider_only: 'planted text',
    })
    await reportedOutcome(ground, on.provider.orgId, notice, { note: 'planted note' })
    const found = await findNotice(ground, on.notifier, notice.noticeId)
    expect(found).toMatchObject({
      result: 'found',
      notice: {
        id: notice.noticeId,
        regime: 'ntd_code',
        binding: false,
        notifier: { name: 'Stichting Baken', kind: 'hotline' },
        deadline: { within: 'PT24H' },
        items: [
          {
            headline: 'removed_claimed',
            axes: {
              delivery: 'received',
              handling: 'content_removed',
              observation: { state: 'unverified', contradicted: false },
              clock: { state: 'met', startedAt: start, dueAt: '2026-11-22T10:00:00.000Z', lateBy: null },
            },
            attribution: {
              state: 'attributed',
              providers: [{ name: 'Tern Hosting', role: 'hosting', accountable: true }],
            },
            addressees: [{ name: 'Tern Hosting', receivedAt: start, receivedHow: 'push', grade: 'signed' }],
            outcomes: [{ code: 'content_removed', by: 'auto', grade: 'signed' }],
          },
        ],
      },
    })
    if (found.result !== 'found') return
    const kinds = found.notice.timeline.map((entry) => entry.kind)
    for (const kind of ['notice.issued', 'delivery.queued', 'delivery.received', 'clock.started', 'outcome.reported']) {
      expect(kinds).toContain(kind)
    }
    expect(JSON.stringify(found)).not.toMatch(address)
  }))

test('a provider sees of a shared notice its own items and its own doings, and nothing of the others', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    await build.endpoint(ground, on.provider)
    const notice = await build.receivedNotice(ground, on, {
      items: [{}, { url: 'https://elsewhere.example/x', ip: '198.51.100.7' }],
    })
    const [own = '', others = ''] = notice.itemIds
    await acceptOutcomes(ground, signedBy(other.orgId), report(ground, notice, {}, [others]))
    const found = await findNotice(ground, on.provider, notice.noticeId)
    if (found.result !== 'found') throw new Error(found.result)
    expect(found.notice.items.map((item) => item.id)).toEqual([own])
    const text = JSON.stringify(found)
    for (const hidden of [others, other.orgId, 'Gullwing']) expect(text).not.toContain(hidden)
    expect(text).not.toMatch(address)
    expect(await findItem(ground, on.provider, others)).toEqual({ result: 'unknown-item' })
    expect(await findItem(ground, on.provider, own)).toMatchObject({
      item: { id: own },
      notice: { id: notice.noticeId },
    })
    expect(await findItem(ground, other, others)).toMatchObject({ item: { headline: 'removed_claimed' } })
  }))

test('what belongs to somebody else is unknown, as is what is not there', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    const { noticeId, itemIds } = await build.issuedNotice(ground, on)
    for (const actor of [other, { ...on.notifier, orgId: 'org_other' }, { kind: 'nobody' } as const]) {
      expect(await findNotice(ground, actor, noticeId)).toEqual({ result: 'unknown-notice' })
      expect(await findItem(ground, actor, itemIds[0] ?? '')).toEqual({ result: 'unknown-item' })
    }
    expect(await findNotice(ground, on.notifier, 'ntc_nobody')).toEqual({ result: 'unknown-notice' })
    expect(await findItem(ground, on.notifier, 'itm_nobody')).toEqual({ result: 'unknown-item' })
  }))

test('an inbox is ordered by deadline: what is due first on top, what has ended below', () =>
  build.withLine(start, async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const ended = await build.receivedNotice(ground, on, { deadline: { within: 'PT1H' } })
    const later = await build.receivedNotice(ground, on)
    const sooner = await build.receivedNotice(ground, on, { deadline: { within: 'PT2H' } })
    ground.outbound.answer(build.endpointUrl, 500)
    const waiting = await build.issuedNotice(ground, on)
    await reportedOutcome(ground, on.provider.orgId, ended)
    const order = [sooner, later, waiting, ended].map((notice) => notice.noticeId)
    const found = await findInbox(ground, on.provider)
    if (found.result !== 'found') throw new Error(found.result)
    expect(found.items.map((item) => item.noticeId)).toEqual(order)
    expect(found.items[0]).toMatchObject({ headline: 'open', clock: 'running', notifier: { name: 'Stichting Baken' } })

    const paged: string[] = []
    for (let cursor: string | undefined, go = true; go; ) {
      const page = await findInbox(ground, on.provider, { limit: 1, cursor })
      if (page.result !== 'found') throw new Error(page.result)
      paged.push(...page.items.map((item) => item.noticeId))
      cursor = page.nextCursor ?? undefined
      go = page.nextCursor !== null
    }
    expect(paged).toEqual(order)

    const open = await findInbox(ground, on.provider, { open: true })
    expect(open).toMatchObject({ items: order.slice(0, 3).map((noticeId) => ({ noticeId })) })
    expect(await findInbox(ground, on.provider, { headline: 'removed_claimed' })).toMatchObject({
      items: [{ noticeId: ended.noticeId, handling: 'content_removed' }],
    })
    expect(await findInbox(ground, on.provider, { cursor: "x' or 1=1" })).toEqual({ result: 'invalid-cursor' })
    expect(await findInbox(ground, on.notifier)).toEqual({ result: 'forbidden' })
    expect(JSON.stringify(found)).not.toMatch(address)
  }))

test('an address is revealed to whom it concerns, defanged, and every time leaves one line', () =>
  build.withLine(start, async (ground, on) => {
    const other = await build.anotherProvider(ground, on, 'Gullwing', '198.51.100.0/24')
    const { noticeId, itemIds } = await build.issuedNotice(ground, on, {
      items: [{ url: 'https://planted.tern.example/g/planted.jpg' }],
      for_provider_only: 'For you alone.',
    })
    const [itemId = ''] = itemIds
    const revealed = await revealItem(ground, on.provider, itemId, 'removing it')
    expect(revealed).toMatchObject({
      result: 'revealed',
      item: {
        url: 'https://planted.tern.example/g/planted.jpg',
        defanged: 'hxxps://planted[.]tern[.]example/g/planted.jpg',
        ip: '203.0.113.80',
        reasons: 'Seen by an analyst.',
        forProviderOnly: 'For you alone.',
      },
    })
    await revealItem(ground, on.notifier, itemId, 'checking')
    const lines = (kinds: string[]) => kinds.filter((kind) => kind === 'item.revealed').length
    expect(lines(await ground.facts.kinds(noticeId))).toBe(2)

    expect(await revealItem(ground, other, itemId, 'curious')).toEqual({ result: 'unknown-item' })
    expect(await revealItem(ground, { ...on.provider, scopes: [] }, itemId, 'x')).toEqual({ result: 'forbidden' })
    expect(await revealItem(ground, on.provider, itemId, 'https://x.example/')).toEqual({ result: 'invalid-purpose' })
    expect(lines(await ground.facts.kinds(noticeId))).toBe(2)
    const payloads = await ground.db.read.selectFrom('facts').select('payload').execute()
    expect(JSON.stringify(payloads)).not.toMatch(address)
  }))

test('a defanged address keeps its path and is a link nowhere', () => {
  expect(defang('http://127.0.0.1:4681/a.b/c')).toBe('hxxp://127[.]0[.]0[.]1:4681/a.b/c')
  expect(defang('https://a.example')).toBe('hxxps://a[.]example')
})
