import { describe, expect, test } from 'vitest'
import { record } from '../facts/record.ts'
import { addPerson } from '../people/add-person.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { confirmReceipt } from './accept-receipt.ts'
import { closeDeskTask, findDeskTasks } from './desk-tasks.ts'
import { fallBack } from './fall-back.ts'

const start = '2026-11-23T10:00:00.000Z'
const minute = 60_000
const hour = 60 * minute
const [first, second] = ['abuse@tern.example', 'night@tern.example']

async function sweep(ground: TestGround, ms: number): Promise<string[]> {
  ground.clock.advance(ms)
  ground.caught.mail.length = 0
  await fallBack(ground)
  await ground.runReactions()
  return ground.caught.mail.map(({ to }) => to)
}

async function contactOf(ground: TestGround, email: string) {
  return ground.db.read.selectFrom('contacts').selectAll().where('email', '=', email).executeTakeFirstOrThrow()
}

/** A mail to the contact comes back, or is answered, as the part that reads mail records it. */
async function mailFate(
  ground: TestGround,
  email: string,
  kind: 'mail.returned' | 'mail.answered' | 'mail.auto-replied',
  more = {},
) {
  const { id: contactId, orgId } = await contactOf(ground, email)
  await ground.db.transaction((tx) =>
    record(tx, orgId, kind, { mailId: `mal_${++mails}`, orgId, contactId, ...more } as never),
  )
  await ground.runReactions()
}
let mails = 0
const permanent = { permanent: true, code: '5.1.1' }
const temporary = { permanent: false, code: '4.2.2' }

async function two(ground: TestGround, on: build.Line) {
  await build.contact(ground, on.provider.orgId, first)
  await build.contact(ground, on.provider.orgId, second)
}

describe('with a day to go and nobody answering', () => {
  test('the next contact and the notifier know after a quarter, a named person on the desk after a half, each once', () =>
    build.withLine(start, async (ground, on) => {
      await two(ground, on)
      await addPerson(ground, { orgId: on.desk.orgId, name: 'Sanne Vos', email: 'sanne@desk.example', role: 'handler' })
      const { noticeId } = await build.issuedNotice(ground, on)
      expect(ground.caught.mail.map(({ to }) => to)).toEqual([first])
      expect(await sweep(ground, 6 * hour - 1)).toEqual([])
      expect(await sweep(ground, 1)).toEqual([second])
      expect(await sweep(ground, minute)).toEqual([])
      expect(await sweep(ground, 6 * hour - minute - 1)).toEqual([])
      expect(await sweep(ground, 1)).toEqual(['sanne@desk.example'])
      expect(await sweep(ground, hour)).toEqual([])
      const steps = (await ground.facts.kinds(noticeId)).filter((kind) => kind === 'delivery.escalated')
      expect(steps).toHaveLength(2)
      const desk = await person(ground, { orgId: on.desk.orgId })
      expect(await findDeskTasks(ground, desk)).toMatchObject({
        tasks: [{ kind: 'undelivered', noticeId, orgName: 'Tern Hosting', personName: 'Sanne Vos' }],
      })
      await confirmReceipt(ground, { orgId: on.provider.orgId, grade: 'form_confirmed' }, noticeId)
      expect(await findDeskTasks(ground, desk)).toMatchObject({ tasks: [] })
    }))

  test('what arrived in time is nobody’s task', () =>
    build.withLine(start, async (ground, on) => {
      await two(ground, on)
      const { noticeId } = await build.issuedNotice(ground, on)
      await confirmReceipt(ground, { orgId: on.provider.orgId, grade: 'form_confirmed' }, noticeId)
      expect(await sweep(ground, 23 * hour)).toEqual([])
      expect(await ground.facts.kinds(noticeId)).not.toContain('delivery.escalated')
    }))

  test('with nobody to write to, the notifier and the desk know all the same', () =>
    build.withLine(start, async (ground, on) => {
      const { noticeId } = await build.issuedNotice(ground, on)
      await sweep(ground, 10 * minute)
      await sweep(ground, 6 * hour)
      await sweep(ground, 6 * hour)
      const steps = (await ground.facts.kinds(noticeId)).filter((kind) => kind === 'delivery.escalated')
      expect(steps).toHaveLength(2)
      const desk = await person(ground, { orgId: on.desk.orgId })
      expect(await findDeskTasks(ground, desk)).toMatchObject({ tasks: [{ personId: null, lastCode: 'no_channel' }] })
    }))
})

describe('mail that comes back', () => {
  test('for good: the pointer goes to the next contact at once, and nothing is sent there any more', () =>
    build.withLine(start, async (ground, on) => {
      await two(ground, on)
      await build.issuedNotice(ground, on)
      ground.caught.mail.length = 0
      await mailFate(ground, first, 'mail.returned', permanent)
      const pointers = ground.caught.mail.filter(({ subject }) => subject.startsWith('Notice '))
      expect(pointers.map(({ to }) => to)).toEqual([second])
      expect(ground.caught.mail.find(({ subject }) => /comes back/.test(subject))?.to).toBe(second)
      ground.caught.mail.length = 0
      await build.issuedNotice(ground, on)
      expect(ground.caught.mail.map(({ to }) => to)).toEqual([second])
    }))

  test('for now: after the third in two days', () =>
    build.withLine(start, async (ground, on) => {
      await two(ground, on)
      const dead = async () => (await contactOf(ground, first)).unreachableAt !== null
      for (const wait of [0, 47 * hour, 2 * hour]) {
        ground.clock.advance(wait)
        await mailFate(ground, first, 'mail.returned', temporary)
        expect(await dead()).toBe(false)
      }
      ground.clock.advance(hour)
      await mailFate(ground, first, 'mail.returned', temporary)
      expect(await dead()).toBe(true)
    }))

  test('the same return twice counts once', () =>
    build.withLine(start, async (ground, on) => {
      await two(ground, on)
      for (let again = 0; again < 4; again += 1)
        await mailFate(ground, first, 'mail.returned', { ...temporary, mailId: 'mal_same' })
      expect((await contactOf(ground, first)).unreachableAt).toBeNull()
    }))
})

describe('silence', () => {
  test('of three notices in a row puts others first; an automatic reply is no person, somebody who follows is', () =>
    build.withLine(start, async (ground, on) => {
      await two(ground, on)
      let last = ''
      for (let notice = 0; notice < 3; notice += 1) {
        last = (await build.issuedNotice(ground, on)).noticeId
        expect(ground.caught.mail.at(-1)?.to).toBe(first)
        await mailFate(ground, first, 'mail.auto-replied')
        await sweep(ground, 7 * hour)
        await sweep(ground, 0)
      }
      expect((await contactOf(ground, first)).silent).toBe(3)
      await build.issuedNotice(ground, on)
      expect(ground.caught.mail.at(-1)?.to).toBe(second)
      await confirmReceipt(ground, { orgId: on.provider.orgId, grade: 'form_confirmed' }, last)
      expect((await contactOf(ground, first)).silent).toBe(0)
      await build.issuedNotice(ground, on)
      expect(ground.caught.mail.at(-1)?.to).toBe(first)
    }))

  test('ends when a person writes back', () =>
    build.withLine(start, async (ground, on) => {
      await two(ground, on)
      await ground.db.read.updateTable('contacts').set({ silent: 2 }).execute()
      await mailFate(ground, first, 'mail.auto-replied')
      expect((await contactOf(ground, first)).silent).toBe(2)
      await mailFate(ground, first, 'mail.answered')
      expect((await contactOf(ground, first)).silent).toBe(0)
    }))
})

test('a contact outside its hours is passed over where one is there round the clock', () =>
  build.withLine(start, async (ground, on) => {
    await two(ground, on)
    const set = (email: string, hours: unknown) =>
      ground.db.read
        .updateTable('contacts')
        .set({ hours: JSON.stringify(hours) })
        .where('email', '=', email)
        .execute()
    await set(first, [{ day: 'mo', from: '09:00', until: '10:30' }])
    await set(second, '24x7')
    await build.issuedNotice(ground, on) // Monday, 11:00 in Amsterdam
    expect(ground.caught.mail.map(({ to }) => to)).toEqual([second])
  }))

describe('said 202 and signed nothing', () => {
  async function received(ground: TestGround, on: build.Line) {
    await build.endpoint(ground, on.provider)
    return build.receivedNotice(ground, on)
  }

  test('is one task for an organisation after fifteen minutes, and recorded for each notice', () =>
    build.withLine(start, async (ground, on) => {
      const notices = [await received(ground, on), await build.receivedNotice(ground, on)]
      await sweep(ground, 15 * minute - 1)
      const desk = await person(ground, { orgId: on.desk.orgId })
      expect(await findDeskTasks(ground, desk)).toMatchObject({ tasks: [] })
      await sweep(ground, 1)
      await sweep(ground, minute)
      const found = await findDeskTasks(ground, desk)
      expect(found).toMatchObject({ tasks: [{ kind: 'unacknowledged', personId: desk.personId }] })
      for (const { noticeId } of notices)
        expect((await ground.facts.kinds(noticeId)).filter((kind) => kind === 'delivery.escalated')).toHaveLength(1)
      const [task] = found.result === 'found' ? found.tasks : []
      expect(await closeDeskTask(ground, desk, task?.id ?? '', ' ')).toEqual({ result: 'invalid' })
      expect(await closeDeskTask(ground, on.desk, task?.id ?? '', 'Called them.')).toEqual({ result: 'forbidden' })
      expect(await closeDeskTask(ground, desk, task?.id ?? '', 'Called them.')).toEqual({ result: 'closed' })
      expect(await closeDeskTask(ground, desk, task?.id ?? '', 'Called them.')).toEqual({ result: 'already-closed' })
      expect(await closeDeskTask(ground, desk, 'tsk_none', 'Called them.')).toEqual({ result: 'unknown-task' })
      expect(await findDeskTasks(ground, desk)).toMatchObject({ tasks: [] })
    }))
})

test('a step is taken once, whoever sweeps at the same time', () =>
  build.withLine(start, async (ground, on) => {
    await two(ground, on)
    const { noticeId } = await build.issuedNotice(ground, on)
    ground.clock.advance(7 * hour)
    await fallBack(ground)
    await Promise.all([fallBack(ground), fallBack(ground)])
    const steps = (await ground.facts.kinds(noticeId)).filter((kind) => kind === 'delivery.escalated')
    expect(steps).toHaveLength(1)
  }))
