import { expect, test } from 'vitest'
import { findSigningKeys, replaceSigningKey } from '../people/signing-keys.ts'
import { recordKey } from '../reactions.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { reissueDeliveries } from './reissue-deliveries.ts'

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

test('what is withdrawn or closed is left as it is', () =>
  keyedLine(async (ground, on) => {
    await build.endpoint(ground, on.provider)
    const { noticeId } = await build.receivedNotice(ground, on)
    await ground.db.read.updateTable('notices').set({ closedAt: ground.clock.now() }).execute()
    await compromised(ground, on)
    await ground.runReactions()
    expect(await tokensOf(ground, noticeId)).toHaveLength(1)
  }))

test('it takes somebody who manages the platform, and the beginning of the key typed', () =>
  keyedLine(async (ground, on) => {
    const { kid } = await ground.keys.current()
    const desk = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform' })
    const handler = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform', role: 'handler' })
    const owner = await person(ground, { orgId: on.provider.orgId })
    for (const typed of ['', kid.slice(0, 7), kid.slice(1, 9), 'replace'])
      expect(await replaceSigningKey(ground, desk, typed)).toEqual({ result: 'not-that-key' })
    for (const nobody of [handler, owner, on.desk])
      expect(await replaceSigningKey(ground, nobody, kid.slice(0, 8))).toEqual({ result: 'forbidden' })
    expect(await findSigningKeys(ground, owner)).toEqual({ result: 'forbidden' })
    expect((await ground.keys.current()).kid).toBe(kid)
  }))
