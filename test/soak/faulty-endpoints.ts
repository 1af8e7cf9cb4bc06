/** Notices to a hundred companies, twenty of whose endpoints misbehave, while portal and worker are killed. */
import { setTimeout as wait } from 'node:timers/promises'
import { eventTypes } from '@noticeline/sdk/protocol'
import { until } from '../running/portal.ts'
import { auditField, endings } from './audit-field.ts'
import { Field, Names } from './field.ts'
import type { Asked, Result } from './parts.ts'
import { World } from './world.ts'

/** Healthy companies beside the twenty, and notices a kill: 10,000 to a hundred in 200. A few kills are played on fewer. */
const fieldFor = (kills: number) => (kills >= 20 ? { healthy: 80, notices: 50 } : { healthy: 5, notices: 30 })
/** Notifiers that submit at once. */
const submitting = 12
/** A little more than half of the time that providers have, in seconds: by then a person has a task. */
const halfADay = 12.4 * 3600
/** Those that are only tried after such a step have a half of their own; just back from an outage, nobody is told for a minute. */
const mostSteps = 30
/** Answers of a gigabyte and bombs of gzip come all the time. One that was read would be more than this. */
const mostMemoryMiB = 700

export async function playFaultyEndpoints(asked: Asked): Promise<Result> {
  const { database, rounds, seed, tell } = asked
  const began = performance.now()
  const names = await Names.open()
  const world = await World.open({ database, seed, apart: database === 'debian', env: names.env })
  let field: Field | undefined
  try {
    field = await Field.open(world, fieldFor(rounds).healthy)
    tell(`${field.places.length} companies`)
    await killUnderLoad(world, field, asked)
    await drain(world, field)
    tell('the healthy ones have signed for everything')
    await letTimePass(world, field)
    tell('those that wait were escalated, and those that come round have everything')
    const memory = [world.portal, world.worker].flatMap((program) => program?.mostMemoryMiB() ?? [])
    await Promise.all([world.portal.stop(), world.worker?.stop()])
    const { losses, doubles, chains, problems, told } = await auditField(world, field, rounds)
    for (const line of told) tell(line)
    tell(`most memory of portal and worker: ${memory.join(' and ')} MiB`)
    if (Math.max(...memory) > mostMemoryMiB)
      problems.push(`${memory.join(' and ')} MiB were held under endless answers`)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    return {
      part: 'faulty-endpoints',
      database,
      strokes: rounds,
      notices: field.acknowledged,
      losses,
      doubles,
      chains,
      problems,
      seconds,
    }
  } finally {
    await field?.close()
    await world.close()
    await names.close()
  }
}

/** Notices to everybody in turn, as fast as the portal takes them; a kill each time some of them were taken. */
async function killUnderLoad(world: World, field: Field, { rounds, tell }: Asked): Promise<void> {
  const { notices } = fieldFor(rounds)
  const count = rounds * notices
  const { chance } = world
  let sent = 0
  let allowed = 0
  const submit = async () => {
    while (sent < count) {
      const place = sent < allowed ? field.places[sent++ % field.places.length] : undefined
      await (place?.stream.submit(1) ?? wait(20))
    }
  }
  const submitters = Promise.all(Array.from({ length: submitting }, submit))
  for (let round = 1; round <= rounds; round += 1) {
    allowed = Math.min(count, (round + 1) * notices)
    const enough = (round - 1) * notices + chance.between(1, notices)
    const moment = chance.between(0, 500)
    await until(() => field.acknowledged >= enough, 8_000).catch(() => {})
    await wait(moment)
    const struck = world.worker ? chance.pick(['portal', 'worker', 'both'] as const) : 'portal'
    await Promise.all([struck !== 'worker' && world.portal.kill(), struck !== 'portal' && world.worker?.kill()])
    await world.recover()
    if (round % 10 === 0 || rounds <= 10) tell(`${round} kills, ${field.acknowledged} notices taken`)
  }
  allowed = count
  await submitters
}

/** Until everybody who keeps to the protocol has signed for all there is, and everything that follows has followed. */
async function drain(world: World, field: Field): Promise<void> {
  const healthy = field.places.filter(({ behaviour }) => behaviour === 'good')
  const submitted = healthy.reduce((sum, { stream }) => sum + stream.acknowledged.length, 0)
  await untilNone(world, 120_000, [
    `select $2 - count(*)::int as n from deliveries where org_id = any($1) and state = 'acknowledged'`,
    [healthy.map(({ orgId }) => orgId), submitted],
  ])
}

/**
 * Time passes by steps until those that fail for good are at the end of their escalation, counted from when each was
 * first offered, and those that come round have everything.
 */
async function letTimePass(world: World, field: Field): Promise<void> {
  const held = field.orgIds((behaviour) => endings[behaviour].ends === 'held')
  const comesRound = field.orgIds((behaviour) => endings[behaviour].ends === 'arrives')
  for (let step = 0; step < mostSteps; step += 1) {
    await age(world)
    const open = await untilNone(world, 6000, [
      `select (select count(*)::int from deliveries where org_id = any($1) and escalated < 3)
            + (select count(*)::int from deliveries where org_id = any($2) and event = $3 and received_at is null)
            + (select count(*)::int from pointers where mailed_at is null)
            + (select count(*)::int from queue.job where state in ('created', 'retry', 'active') and name like 'reaction.%') as n`,
      [held, comesRound, eventTypes.issued],
    ])
    if (open === 0) return
  }
}

/** What waits becomes older, and nothing else: to a clock that goes on by itself it would look like an outage of ours. */
async function age(world: World): Promise<void> {
  const older = (...columns: string[]) =>
    columns.map((column) => `${column} = ${column} - interval '${halfADay} s'`).join()
  const sql = `
    update deliveries set ${older('created_at', 'first_queued_at', 'offered_at', 'deadline_at', 'next_attempt_at')}
      where next_attempt_at is not null;
    update endpoints set ${older('rests_until')} where rests_until is not null;
    update pointers set ${older('queued_at', 'mailed_at')}`
  // Who works on the same rows may be waited for in a circle.
  const aged = () => world.look((client) => client.query(sql)).then(() => true)
  await until(() => aged().catch(() => false), 30_000)
}

type Question = readonly [sql: string, values: unknown[]]

function countOf(world: World, [sql, values]: Question): Promise<number> {
  return world.look(async (client) => (await client.query<{ n: number }>(sql, values)).rows[0]?.n ?? 0)
}

/** Until there is none, or it has not become less for so long. Answers how many are left: they are for the audit to find. */
async function untilNone(world: World, patienceMs: number, question: Question): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  let moved = performance.now()
  while (least > 0 && performance.now() - moved < patienceMs) {
    const open = await countOf(world, question)
    if (open < least) moved = performance.now()
    least = Math.min(least, open)
    if (least > 0) await wait(300)
  }
  return least
}
