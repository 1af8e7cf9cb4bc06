import { expect, test } from 'vitest'
import { findFact } from '../facts/history.ts'
import { revealItem } from '../inbox/reveal-item.ts'
import { findUnattributed } from '../notices/find-unattributed.ts'
import { returnToDesk } from '../notices/return-to-desk.ts'
import { suspendOrganisation } from '../people/suspend-organisation.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { attemptDueDeliveries } from './attempt-delivery.ts'
import { pollDeliveries } from './offer-for-poll.ts'

const start = '2026-11-21T10:00:00.000Z'
const reason = 'Sells shelter to offenders'

/** As a company that was found in the registry, was claimed by its mailbox, and was not looked at by the desk. */
async function takeBackAdmission(ground: TestGround, orgId: string, registryMailbox = 'abuse@tern.example') {
  await ground.db.read
    .updateTable('organisations')
    .set({
      admittedAt: null,
      knownFrom: 'registry',
      registryHandle: 'TERN',
      registryMailbox,
      joinedAt: new Date(start),
    })
    .where('id', '=', orgId)
    .execute()
}

const attempt = (ground: TestGround) => attemptDueDeliveries(ground, { workerId: 'w', limit: 10, jitter: () => 0.5 })

test('before its admission a company’s endpoint and poll stream get nothing, and mail goes to its registry’s mailbox alone', () =>
  build.withLine(start, async (ground, on) => {
    const { orgId } = on.provider
    await build.contact(ground, orgId, 'crook@elsewhere.example')
    await build.contact(ground, orgId, 'abuse@tern.example')
    await build.endpoint(ground, on.provider)
    ground.outbound.calls.length = 0
    const { noticeId, itemIds } = await build.submittedNotice(ground, on)
    await takeBackAdmission(ground, orgId)
    await ground.runReactions()
    expect(await attempt(ground)).toBe(0)
    expect(ground.outbound.calls).toEqual([])
    expect(ground.caught.mail.map(({ to }) => to)).toEqual(['abuse@tern.example'])
    expect(await pollDeliveries(ground, on.provider, {})).toMatchObject({ sets: {} })
    expect(await revealItem(ground, on.provider, itemIds[0] ?? '', 'page')).toEqual({ result: 'forbidden' })
    expect(await build.deliveryOf(ground, noticeId, orgId)).toMatchObject({ state: 'offered', receivedAt: null })
  }))

test('a suspended company gets nothing at all, and what is open comes to the desk', () =>
  build.withLine(start, async (ground, on) => {
    const { orgId } = on.provider
    await build.contact(ground, orgId, 'abuse@tern.example')
    await build.endpoint(ground, on.provider)
    const { itemIds } = await build.issuedNotice(ground, on)
    const desk = await person(ground, { orgKind: 'platform' })
    await suspendOrganisation(ground, desk, { orgId, reason })
    ground.caught.mail.length = 0
    ground.outbound.calls.length = 0
    const suspended = await ground.db.read
      .selectFrom('facts')
      .select('id')
      .where('kind', '=', 'organisation.suspended')
      .executeTakeFirstOrThrow()
    const fact = await findFact(ground, suspended.id)
    for (let time = 0; time < 2; time += 1) await returnToDesk(ground, fact as never)
    expect(await findUnattributed(ground, desk)).toMatchObject({ items: [{ itemId: itemIds[0] }] })
    expect(await attempt(ground)).toBe(0)
    expect(ground.outbound.calls).toEqual([])
    expect(ground.caught.mail).toEqual([])
    expect((await ground.facts.kinds()).filter((kind) => kind === 'item.unattributed')).toHaveLength(1)
  }))
