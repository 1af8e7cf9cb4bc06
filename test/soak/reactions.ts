/** What follows from a fact follows, however long it fails first; and what was given up is in sight until it is done. */
import { setTimeout as wait } from 'node:timers/promises'
import type { SettableClock } from '../../portal/ground/clock.ts'
import { createFrozenClock } from '../../portal/ground/clock.ts'
import { sweepReactions } from '../../portal/ground/queue-reactions.server.ts'
import { prepareSignIn } from '../../portal/people/prepare-sign-in.ts'
import { until } from '../running/portal.ts'
import { signIn } from '../running/session.ts'
import type { World } from './world.ts'

/** No token can be written: whatever wants to send one fails. */
const plant = `
  create or replace function soak_cause() returns trigger language plpgsql as $$
  begin raise exception 'planted' using errcode = '53100'; end $$;
  create or replace trigger soak_cause before insert on tokens for each statement execute function soak_cause()`
const remove = 'drop trigger if exists soak_cause on tokens; drop function if exists soak_cause'

/** Fails for `ms`, as on a full disk, and is done when the cause is gone. */
export async function failForAWhile(world: World, ms: number): Promise<string[]> {
  await world.look((client) => client.query(plant))
  const notice = await world.stream.submit()
  await wait(ms)
  const tries = await triesOf(world)
  const early = await deliveriesOf(world, notice?.id)
  await world.look((client) => client.query(remove))
  // Six hours between two tries is the most there is; nobody waits for that here.
  await world.look((client) =>
    client.query("update queue.job set start_after = now() where state = 'retry' and name = 'reaction.queueDelivery'"),
  )
  await until(async () => (await deliveriesOf(world, notice?.id)) === 1, 60_000).catch(() => {})
  const problems: string[] = []
  if (early !== 0) problems.push('it was delivered while nothing could be written')
  if (tries < 1) problems.push('it was not tried again')
  if ((await deliveriesOf(world, notice?.id)) !== 1) problems.push('it was not done when the cause was gone')
  return problems
}

/** Between two tries lie five minutes at most, and the worker looks every two seconds. */
const mostBetweenMs = 300_000 + 30_000

/** Fails for `ms` with nobody lending a hand: done by itself when the cause is gone, within the time between two tries. */
export async function failForLong(world: World, ms: number): Promise<string[]> {
  await world.look((client) => client.query(plant))
  const notice = await world.stream.submit()
  await wait(ms)
  const tries = await triesOf(world)
  await world.look((client) => client.query(remove))
  const problems: string[] = []
  const gone = performance.now()
  // After so many tries the time between two is what has passed so far, or less.
  await until(
    async () => (await deliveriesOf(world, notice?.id)) === 1,
    Math.min(mostBetweenMs, 2 * ms + 10_000),
  ).catch(() =>
    problems.push(`it was not done ${Math.round((performance.now() - gone) / 1000)} s after the cause was gone`),
  )
  if (tries < 2) problems.push(`it was tried again ${tries} times`)
  return problems
}

/** Given up, it is counted in `/readyz` and stands on the operator's page, until it is put back and done. */
export async function seeDeadLetter(world: World): Promise<string[]> {
  await world.look((client) => client.query(plant))
  const notice = await world.stream.submit()
  const giveUp = `update queue.job set retry_limit = 0, start_after = now()
    where name = 'reaction.queueDelivery' and state in ('created', 'retry', 'active')`
  const problems: string[] = []
  await until(async () => {
    await world.look((client) => client.query(giveUp))
    return (await deadLetters(world)) === 1
  }, 60_000).catch(() => problems.push('/readyz counts no dead letter'))
  if (!(await world.ready())) problems.push('a dead letter takes the portal out of service')
  const page = await operatorPage(world)
  if (!page.includes('queueDelivery')) problems.push("the operator's page does not show the dead letter")
  await world.look((client) => client.query(remove))
  await world.inGround(({ queue }) => queue.redrive())
  await until(async () => (await deliveriesOf(world, notice?.id)) === 1, 60_000).catch(() =>
    problems.push('what was put back was not done'),
  )
  await until(async () => (await deadLetters(world)) === 0, 10_000).catch(() =>
    problems.push('the dead letter is still counted'),
  )
  return problems
}

/** A fact whose job is gone, as after an import without jobs: the sweep queues it again. */
export async function sweepPlanted(world: World): Promise<string[]> {
  await world.working.kill()
  if (world.worker === null) await world.portal.start()
  await world.look((client) => client.query(plant))
  const notice = await world.stream.submit()
  const taken = await world.look(async (client) => {
    // A try that fails puts the job back as another row: between the two there is none to take.
    let count = 0
    await until(async () => {
      const { rowCount } = await client.query(
        "delete from queue.job where name = 'reaction.queueDelivery' and data ->> 'factId' in (select id from facts where chain = $1)",
        [notice?.id],
      )
      count += rowCount ?? 0
      return count > 0
    }, 10_000).catch(() => {})
    // Whoever tries it just now fails as before, and has lost it; only then does the cause go.
    await wait(1000)
    await client.query(remove)
    return count
  })
  const problems: string[] = []
  if (taken !== 1) problems.push(`${taken} jobs were taken away instead of one`)
  await world.recover()
  // A minute later, for the sweep: before that a fact's first job may still be on its way.
  const swept = await world.inGround(({ ground }) =>
    sweepReactions({ db: ground.db, clock: later(ground.clock.now(), 61_000) }),
  )
  if (swept < 1) problems.push('the sweep found nothing')
  await until(async () => (await deliveriesOf(world, notice?.id)) === 1, 60_000).catch(() =>
    problems.push('what the sweep queued was not done'),
  )
  return problems
}

function later(now: Date, ms: number): SettableClock {
  return createFrozenClock(new Date(now.getTime() + ms))
}

async function deadLetters(world: World): Promise<number> {
  const answer = await fetch(`${world.direct}/readyz`)
  return ((await answer.json()) as { dead_letters: number }).dead_letters
}

async function operatorPage(world: World): Promise<string> {
  const link = await world.inGround(({ ground }) =>
    prepareSignIn(ground, { email: 'sanne@noticeline.example', livesMs: 60_000 }),
  )
  if (link.result !== 'prepared') throw new Error('The desk has nobody')
  const session = await signIn(`${world.origin}/sign-in/${link.token}`)
  return (await session.get('/operator')).text
}

function triesOf(world: World): Promise<number> {
  return world.look(async (client) => {
    const { rows } = await client.query(
      "select coalesce(max(retry_count), 0)::int as n from queue.job where name = 'reaction.queueDelivery' and state <> 'completed'",
    )
    return rows[0].n
  })
}

function deliveriesOf(world: World, noticeId: string | undefined): Promise<number> {
  return world.look(async (client) => {
    const { rows } = await client.query('select count(*)::int as n from deliveries where notice_id = $1', [noticeId])
    return rows[0].n
  })
}
