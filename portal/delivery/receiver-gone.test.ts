import { describe, expect, test } from 'vitest'
import { beat } from '../deadlines/outages.ts'
import { addPerson } from '../people/add-person.ts'
import { pauseEndpoint } from '../providers/pause-endpoint.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import { failed } from '../testing/fakes.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { findDeskTasks } from './desk-tasks.ts'
import { fallBack } from './fall-back.ts'
import { reissueDeliveries } from './reissue-deliveries.ts'

const start = '2026-11-23T10:00:00.000Z'
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
const [first, next, desk] = ['first@tern.example', 'next@tern.example', 'sanne@desk.example']
const gone = failed('refused')

async function staffed(ground: TestGround, on: build.Line) {
  await build.contact(ground, on.provider.orgId, first)
  await build.contact(ground, on.provider.orgId, next)
  await addPerson(ground, { orgId: on.desk.orgId, name: 'Sanne Vos', email: desk, role: 'handler' })
  await build.endpoint(ground, on.provider)
  ground.outbound.answer(build.endpointUrl, failed('timeout'))
}

const push = (ground: TestGround) => attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })

/** Everything that runs by the clock about deliveries, until it finds nothing more, at so long after the start. */
async function runAt(ground: TestGround, ms: number): Promise<void> {
  ground.clock.set(new Date(Date.parse(start) + ms))
  while ((await reissueDeliveries(ground)) > 0);
  await ground.runReactions()
  while ((await push(ground)) > 0);
  while ((await fallBack(ground)) > 0);
  await ground.runReactions()
}

/** The steps that were taken about a notice, with how long after the start. */
async function steps(ground: TestGround, noticeId: string): Promise<[string, number][]> {
  const rows = await ground.db.read
    .selectFrom('facts')
    .select(['kind', 'at', 'payload'])
    .where('chain', '=', noticeId)
    .where('kind', 'in', ['delivery.pointed', 'delivery.escalated'])
    .orderBy('seq')
    .execute()
  return rows.map(({ kind, at, payload }) => [
    (JSON.parse(String(payload)) as { step?: string }).step ?? kind,
    at.getTime() - Date.parse(start),
  ])
}

/** The revisions of a notice, and what was posted of it. */
async function tokens(ground: TestGround, noticeId: string) {
  const rows = await ground.db.read
    .selectFrom('tokens')
    .select(['jti', 'seq', 'dataKey', 'sealed'])
    .where('noticeId', '=', noticeId)
    .orderBy('seq')
    .execute()
  return rows.map(({ jti, seq, dataKey, sealed }) => {
    const raw = ground.vault.open(dataKey as Buffer, `token:${jti}`, sealed as Buffer).toString('ascii')
    const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString())
    const [event] = Object.values(claims.events) as { reissue_of?: string }[]
    return { jti, seq, raw, txn: claims.txn as string, reissueOf: event?.reissue_of }
  })
}

describe('a receiver that is gone', () => {
  test(
    'for 120 days: each step once, at its instant; signed again; oldest deadline first on return',
    () =>
      build.withLine(start, async (ground, on) => {
        await staffed(ground, on)
        const week = await build.issuedNotice(ground, on, { deadline: { within: 'P7D' } })
        const single = await build.issuedNotice(ground, on, { deadline: { within: 'PT1H' } })
        const minutes = [0, 6, 10, 15, 30, 42 * 60, 84 * 60]
        for (const ms of [...minutes.map((number) => number * minute), 30 * day + 1, 92 * day]) await runAt(ground, ms)
        // Younger than all of them, and with less time than any: its deadline is still the last.
        const late = await build.issuedNotice(ground, on, { deadline: { within: 'PT1H' } })
        await runAt(ground, 100 * day)

        const taken = async ({ noticeId }: build.BuiltNotice) =>
          (await steps(ground, noticeId)).filter(([, ms]) => ms < 10 * day)
        expect(await taken(single)).toEqual([
          ['delivery.pointed', 6 * minute],
          ['next_contact', 15 * minute],
          ['delivery.pointed', 15 * minute],
          ['desk', 30 * minute],
        ])
        expect(await taken(week)).toEqual([
          ['delivery.pointed', 10 * minute],
          ['next_contact', 42 * hour],
          ['delivery.pointed', 42 * hour],
          ['desk', 84 * hour],
        ])
        for (const { noticeId } of [single, week]) {
          // Later the first contact gets a link that works again, once for each revision, and nobody else hears of it.
          expect((await steps(ground, noticeId)).filter(([, ms]) => ms >= 10 * day).map(([step]) => step)).toEqual(
            Array(2).fill('delivery.pointed'),
          )
          const said = await tokens(ground, noticeId)
          expect(said.map(({ seq, txn, reissueOf }) => [seq, txn, reissueOf])).toEqual([
            [1, noticeId, undefined],
            [2, noticeId, said[0]?.jti],
            [3, noticeId, said[1]?.jti],
          ])
        }
        const actor = await person(ground, { orgId: on.desk.orgId, orgKind: 'platform' })
        const found = await findDeskTasks(ground, actor)
        expect(found.result === 'found' && found.tasks.map(({ noticeId }) => noticeId)).toEqual(
          [single, week, late].map(({ noticeId }) => noticeId),
        )

        const before = ground.caught.mail.length
        ground.outbound.calls.length = 0
        ground.outbound.answer(build.endpointUrl, 202)
        await ground.db.read
          .updateTable('deliveries')
          .set({ nextAttemptAt: ground.clock.now() })
          .where('nextAttemptAt', 'is not', null)
          .execute()
        await ground.db.read.updateTable('endpoints').set({ restsUntil: null }).execute()
        ground.clock.set(new Date(Date.parse(start) + 120 * day - hour))
        while ((await push(ground)) > 0);
        const newest = await Promise.all(
          [single, week, late].map(async ({ noticeId }) => (await tokens(ground, noticeId)).at(-1)?.raw),
        )
        expect(ground.outbound.calls.map(({ message }) => message?.body)).toEqual(newest)
        for (const { noticeId } of [single, week, late])
          expect(await build.deliveryOf(ground, noticeId, on.provider.orgId)).toMatchObject({ state: 'received' })
        await runAt(ground, 120 * day)
        // It said 202 and signed nothing, which is one task; nobody else hears of its return.
        expect(ground.caught.mail.slice(before).map(({ subject }) => subject)).toEqual(['A delivery needs you'])
      }),
    90_000,
  )

  test(
    'is no storm of mails: what is late at once is named in one of them for each who is told',
    () =>
      build.withLine(start, async (ground, on) => {
        await staffed(ground, on)
        const built: build.BuiltNotice[] = []
        for (let count = 0; count < 6; count += 1) built.push(await build.submittedNotice(ground, on))
        await ground.runReactions()
        // Nothing but the time goes by: the platform was away itself.
        for (const ms of [7 * day, 7 * day + 5 * minute, 7 * day + hour]) {
          ground.clock.set(new Date(Date.parse(start) + ms))
          while ((await fallBack(ground)) > 0);
          await ground.runReactions()
        }
        const count = (email: string) => ground.caught.mail.filter(({ to }) => to === email).length
        expect({ first: count(first), next: count(next), desk: count(desk) }).toEqual({ first: 1, next: 1, desk: 1 })
        const text = ground.caught.mail.map((mail) => mail.text).join('\n')
        for (const { noticeId } of built) expect(text.split(`Number: ${noticeId}`)).toHaveLength(3)
      }),
    90_000,
  )
})

describe('a silence of our own', () => {
  test('is no silence of theirs: what waited for us alone is delivered before anybody is mailed', () =>
    build.withLine(start, async (ground, on) => {
      await staffed(ground, on)
      await beat(ground, 'worker')
      const { noticeId } = await build.issuedNotice(ground, on)
      ground.outbound.answer(build.endpointUrl, 202)
      ground.clock.advance(7 * day)
      await beat(ground, 'worker')
      ground.clock.advance(minute - 1)
      expect(await fallBack(ground)).toBe(0)
      await push(ground)
      ground.clock.advance(1)
      expect(await fallBack(ground)).toBe(0)
      expect(ground.caught.mail).toEqual([])
      expect(await ground.facts.kinds(noticeId)).not.toContain('delivery.escalated')
    }))

  test('hides nobody who is gone for longer than a minute after it', () =>
    build.withLine(start, async (ground, on) => {
      await staffed(ground, on)
      ground.outbound.answer(build.endpointUrl, gone)
      await beat(ground, 'worker')
      await build.issuedNotice(ground, on)
      await push(ground)
      ground.clock.advance(7 * day)
      await beat(ground, 'worker')
      await push(ground)
      ground.clock.advance(minute / 2)
      await beat(ground, 'worker')
      ground.clock.advance(minute / 2)
      expect(await fallBack(ground)).toBe(3)
    }))
})

test('a pause past the deadline holds up no step: the contact is written to at once, and the rest follows in time', () =>
  build.withLine(start, async (ground, on) => {
    await staffed(ground, on)
    const endpoints = await ground.db.read.selectFrom('endpoints').select('id').execute()
    expect(await pauseEndpoint(ground, on.provider, endpoints[0]?.id ?? '')).toEqual({ result: 'paused' })
    const { noticeId } = await build.issuedNotice(ground, on)
    for (const ms of [0, 10 * minute, 6 * hour, 12 * hour, 25 * hour]) await runAt(ground, ms)
    expect(await steps(ground, noticeId)).toEqual([
      ['delivery.pointed', 0],
      ['next_contact', 6 * hour],
      ['delivery.pointed', 6 * hour],
      ['desk', 12 * hour],
    ])
    expect(await ground.db.read.selectFrom('attempts').select('id').execute()).toEqual([])
  }))
