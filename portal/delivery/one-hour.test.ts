import { expect, test } from 'vitest'
import { markOverdue } from '../notices/mark-overdue.ts'
import { addPerson } from '../people/add-person.ts'
import { pauseEndpoint } from '../providers/pause-endpoint.ts'
import { readStates } from '../removal/read-states.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { fallBack } from './fall-back.ts'

const start = '2026-11-23T10:00:00.000Z'
const minute = 60_000
const hour = { deadline: { within: 'PT1H' } }

/** Who was written to first at each of these minutes after the start. */
async function escalation(ground: TestGround, minutes: readonly number[]): Promise<{ [minute: number]: string[] }> {
  const told: { [minute: number]: string[] } = {}
  for (const now of minutes) {
    const before = ground.caught.mail.length
    ground.clock.set(new Date(Date.parse(start) + now * minute))
    await attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })
    await fallBack(ground)
    await ground.runReactions()
    const mails = ground.caught.mail.slice(before).map(({ to }) => to)
    if (mails.length > 0) told[now] = mails
  }
  return told
}

test.each([
  [
    'a notice of an hour',
    hour,
    [1, 5, 6, 7, 14, 15, 16, 29, 30, 31, 59],
    { 6: ['first@tern.example'], 15: ['next@tern.example'], 30: ['sanne@desk.example'] },
  ],
  [
    'a notice of a day',
    {},
    [5, 6, 9, 10, 11, 30, 359, 360, 361, 719, 720, 721],
    { 10: ['first@tern.example'], 360: ['next@tern.example'], 720: ['sanne@desk.example'] },
  ],
] as const)('%s has steps of its own, counted from its offer', (_, parts, minutes, expected) =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId, 'first@tern.example')
    await build.contact(ground, on.provider.orgId, 'next@tern.example')
    await addPerson(ground, { orgId: on.desk.orgId, name: 'Sanne Vos', email: 'sanne@desk.example', role: 'handler' })
    await build.endpoint(ground, on.provider)
    ground.outbound.answer(build.endpointUrl, 500)
    await build.issuedNotice(ground, on, parts)
    await attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })
    expect(await escalation(ground, minutes)).toEqual(expected)
  }),
)

test('an endpoint that is paused past the deadline stops no clock', () =>
  build.withLine(start, async (ground, on) => {
    await build.contact(ground, on.provider.orgId, 'first@tern.example')
    const { endpointId } = await build.endpoint(ground, on.provider)
    const { noticeId, itemIds } = await build.receivedNotice(ground, on)
    const clock = async () =>
      (await readStates(ground.db.read, [noticeId], ground.clock.now()))[0]?.addressees[0]?.clock
    const { dueAt } = (await clock()) ?? {}
    expect(await pauseEndpoint(ground, on.provider, endpointId)).toEqual({ result: 'paused' })
    ground.clock.advance(24 * 60 * minute + minute)
    expect(await clock()).toMatchObject({ state: 'exceeded', dueAt, lateBy: 'PT1M' })
    await markOverdue(ground)
    const passed = (await ground.facts.kinds(noticeId)).filter((kind) => kind === 'deadline.passed')
    expect(passed).toHaveLength(itemIds.length)
  }))
