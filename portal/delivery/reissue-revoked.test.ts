import { expect, test } from 'vitest'
import { findSigningKeys, replaceSigningKey } from '../people/signing-keys.ts'
import { recordKey } from '../reactions.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { reissueDeliveries } from './reissue-deliveries.ts'
import { reissueRevoked } from './reissue-revoked.ts'

const start = '2026-11-21T10:00:00.000Z'
const push = (ground: TestGround) => attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })
const keyedLine = (work: (ground: TestGround, on: build.Line) => Promise<void>) =>
  build.withLine(start, work, {}, { keyChanged: recordKey })

/** Every token of a notice to one organisation, the newest last. */
async function tokensOf(ground: TestGround, noticeId: string) {
  const rows = await ground.db.read
    .selectFrom('tokens')
    .selectAll()
    .where('noticeId', '=', noticeId)
    .orderBy('seq')
    .execute()
  return rows.map((row) => {
    if (!row.dataKey || !row.sealed) throw new Error('erased')
    const raw = ground.vault.open(row.dataKey, `token:${row.jti}`, row.sealed).toString('ascii')
    const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString())
    const [event] = Object.values(claims.events) as { seq: number; reissue_of?: string }[]
    return { jti: row.jti, kid: row.kid, txn: claims.txn, seq: event?.seq, reissueOf: event?.reissue_of }
  })
}

async function compromised(ground: TestGround, on: build.Line) {
  const desk = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform' })
  const { kid } = await ground.keys.current()
  expect(await replaceSigningKey(ground, desk, kid.slice(0, 8))).toEqual({ result: 'replaced' })
  return { kid, desk }
}

const revoked = (kid: string) => ({ payload: { kid } }) as Parameters<typeof reissueRevoked>[1]

/** The same ground, on which something happens each time before a token is signed. */
function beforeItSigns(ground: TestGround, happens: () => void | Promise<void>): TestGround {
  const current = async () => {
    await happens()
    return ground.keys.current()
  }
  return { ...ground, keys: { ...ground.keys, current } }
}

test('a key that others may know is revoked, and every open notice is signed anew: arrived, on its way or waiting', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const arrived = await build.receivedNotice(ground, on)
    ground.outbound.answer(build.endpointUrl, 500)
    const failing = await build.issuedNotice(ground, on)
    await push(ground)
    const waiting = await build.issuedNotice(ground, on)
    ground.clock.advance(60_000)
    const { kid, desk } = await compromised(ground, on)
    await ground.runReactions()
    const { kid: now } = await ground.keys.current()
    expect(now).not.toBe(kid)
    for (const { noticeId } of [arrived, failing, waiting]) {
      const [old, fresh, ...more] = await tokensOf(ground, noticeId)
      expect(more).toEqual([])
      expect(fresh).toEqual({
        jti: expect.any(String),
        kid: now,
        txn: noticeId,
        seq: (old?.seq ?? 0) + 1,
        reissueOf: old?.jti,
      })
    }
    ground.outbound.answer(build.endpointUrl, 202)
    while ((await push(ground)) > 0);
    for (const { noticeId } of [arrived, failing, waiting]) {
      expect((await build.deliveryOf(ground, noticeId, on.provider.orgId)).state).toBe('received')
      expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'clock.started')).toHaveLength(1)
    }
    // What was received before counts from then.
    const first = await ground.db.read
      .selectFrom('deliveries')
      .selectAll()
      .where('noticeId', '=', arrived.noticeId)
      .orderBy('seq')
      .execute()
    expect(first.map(({ state, receivedAt }) => [state, receivedAt?.toISOString()])).toEqual([
      ['received', start],
      ['received', '2026-11-21T10:01:00.000Z'],
    ])
    // Once: the sweep finds nothing more to do, now or later.
    expect(await reissueDeliveries(ground)).toBe(0)
    ground.clock.advance(2 * 3_600_000)
    expect(await reissueDeliveries(ground)).toBe(0)

    const found = await findSigningKeys(ground, desk)
    expect(found).toMatchObject({
      keys: [
        { kid: now, state: 'current', revokedAt: null },
        { kid, state: 'revoked', revokedAt: '2026-11-21T10:01:00.000Z' },
      ],
    })
    expect((await ground.facts.kinds('keys')).slice(-4)).toEqual([
      'key.compromised',
      'key.revoked',
      'key.published',
      'key.activated',
    ])
  }))

test('what another process still signed with it within its ten seconds is found by the sweep', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { kid } = await compromised(ground, on)
    await ground.runReactions()
    const late = await build.receivedNotice(ground, on)
    await ground.db.read.updateTable('tokens').set({ kid }).where('noticeId', '=', late.noticeId).execute()
    expect(await reissueDeliveries(ground)).toBe(1)
    expect(await reissueDeliveries(ground)).toBe(0)
  }))

test('an earlier key is revoked alone: another goes on signing, and only what the earlier one signed is signed anew', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const early = await build.receivedNotice(ground, on)
    const { kid: earlier } = await ground.keys.current()
    await ground.keys.rotate()
    ground.clock.advance(25 * 3_600_000)
    await ground.keys.keepFresh()
    const later = await build.receivedNotice(ground, on)
    const { kid: now } = await ground.keys.current()
    expect(now).not.toBe(earlier)
    const desk = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform' })
    expect(await replaceSigningKey(ground, desk, earlier.slice(0, 8))).toEqual({ result: 'replaced' })
    await ground.runReactions()
    expect((await ground.keys.current()).kid).toBe(now)
    expect((await tokensOf(ground, early.noticeId)).map(({ kid }) => kid)).toEqual([earlier, now])
    expect((await tokensOf(ground, later.noticeId)).map(({ kid }) => kid)).toEqual([now])
    expect((await ground.keys.jwks()).keys.map((key) => (key as { kid?: string }).kid)).toEqual([now])
    expect(await replaceSigningKey(ground, desk, earlier.slice(0, 8))).toEqual({ result: 'not-that-key' })
    const archived = (await ground.keys.archive()).keys as { kid?: string; revoked_at?: string | null }[]
    expect(archived.map(({ kid, revoked_at }) => [kid, revoked_at !== null])).toEqual([
      [earlier, true],
      [now, false],
    ])
  }))

test('killed in the middle it goes on where it was, page by page; one that nobody can open any more holds up no other', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const notices = []
    for (let index = 0; index < 5; index += 1) notices.push(await build.receivedNotice(ground, on))
    for (let index = 0; index < 4; index += 1) notices.push(await build.issuedNotice(ground, on))
    const [broken] = notices
    await ground.db.read
      .updateTable('tokens')
      .set({ dataKey: Buffer.from(ground.vault.newKey()) })
      .where('noticeId', '=', broken?.noticeId ?? '')
      .execute()
    const { kid } = await compromised(ground, on)
    const fact = revoked(kid)
    let signed = 0
    const dying = beforeItSigns(ground, () => {
      signed += 1
      if (signed > 6) throw new Error('killed')
    })
    await expect(reissueRevoked(dying, fact, { atOnce: 2 })).rejects.toThrow('killed')
    await reissueRevoked(ground, fact, { atOnce: 2 })
    await reissueRevoked(ground, fact, { atOnce: 2 })
    const { kid: now } = await ground.keys.current()
    const kidsOf = async ({ noticeId }: { noticeId: string }) => {
      const rows = await ground.db.read
        .selectFrom('tokens')
        .select('kid')
        .where('noticeId', '=', noticeId)
        .orderBy('seq')
        .execute()
      return rows.map((row) => row.kid)
    }
    const found = []
    for (const notice of notices) found.push(await kidsOf(notice))
    expect(found).toEqual([[kid], ...Array(8).fill([kid, now])])
    expect(ground.caught.log.filter(({ event }) => event === 'token not opened').length).toBeGreaterThan(0)
  }))

test('a notice that gets another word while it is being signed anew is signed anew after that', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    const { kid } = await compromised(ground, on)
    let words = 0
    const spokenIn = beforeItSigns(ground, async () => {
      words += 1
      if (words <= 2)
        await ground.db.read
          .updateTable('notices')
          .set({ seq: words + 1 })
          .execute()
    })
    await reissueRevoked(spokenIn, revoked(kid))
    expect((await tokensOf(ground, noticeId)).map(({ seq }) => seq)).toEqual([1, 4])
  }))

test('two who sign it anew at the same moment sign it once', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    const { kid } = await compromised(ground, on)
    const fact = revoked(kid)
    let asked = 0
    const slower = beforeItSigns(ground, async () => {
      asked += 1
      if (asked === 1) await reissueRevoked(ground, fact)
    })
    await reissueRevoked(slower, fact)
    expect(asked).toBe(1)
    expect((await tokensOf(ground, noticeId)).map(({ seq }) => seq)).toEqual([1, 2])
  }))

test('the sweep leaves what was signed long before to the walk', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    ground.clock.advance(11 * 60_000)
    const { kid } = await ground.keys.current()
    await ground.db.read.updateTable('signingKeys').set({ revokedAt: ground.clock.now() }).execute()
    expect(await reissueDeliveries(ground)).toBe(0)
    expect((await tokensOf(ground, noticeId)).map((token) => token.kid)).toEqual([kid])
  }))

test('what is withdrawn or closed is left as it is', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    await ground.db.read.updateTable('notices').set({ closedAt: ground.clock.now() }).execute()
    await compromised(ground, on)
    await ground.runReactions()
    expect(await tokensOf(ground, noticeId)).toHaveLength(1)
  }))

test('it takes somebody who manages the platform and has just shown who they are, and the beginning of the key typed', () =>
  keyedLine(async (ground, on) => {
    const { kid } = await ground.keys.current()
    const desk = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform' })
    const handler = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform', role: 'handler' })
    const owner = await person(ground, { orgId: on.provider.orgId })
    for (const typed of ['', kid.slice(0, 7), kid.slice(1, 9), 'replace'])
      expect(await replaceSigningKey(ground, desk, typed)).toEqual({ result: 'not-that-key' })
    for (const nobody of [handler, owner, on.desk])
      expect(await replaceSigningKey(ground, nobody, kid.slice(0, 8))).toEqual({ result: 'forbidden' })
    ground.clock.advance(11 * 60_000)
    expect(await replaceSigningKey(ground, desk, kid.slice(0, 8))).toEqual({ result: 'not-fresh' })
    expect(await findSigningKeys(ground, owner)).toEqual({ result: 'forbidden' })
    expect((await ground.keys.current()).kid).toBe(kid)
  }))
