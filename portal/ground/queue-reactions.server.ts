import { sql } from 'kysely'
import type { Ground } from './ground.ts'
import { idOfReaction, isReaction, type JobHandler, type Queue, reactionOf } from './queue.server.ts'

type Noted = Pick<Ground, 'db' | 'clock'>

/** Facts this young still have their first job on its way. */
const settlingMs = 60_000

/** The same queue, except that a reaction which was done for a fact is noted, and not done for it again. */
export function notingReactions(queue: Queue, ground: Noted): Queue {
  const noting =
    (job: string, handler: JobHandler): JobHandler =>
    (data, info) =>
      reactOnce(ground, reactionOf(job), String(data['factId']), () => handler(data, info))
  return { ...queue, work: (job, handler) => queue.work(job, isReaction(job) ? noting(job, handler) : handler) }
}

/** Runs a reaction to a fact, unless it was noted as done, and notes it. What throws is not noted. */
export async function reactOnce(
  { db, clock }: Noted,
  reaction: string,
  factId: string,
  run: () => Promise<unknown>,
): Promise<void> {
  const done = await db.read
    .selectFrom('reactions')
    .select('doneAt')
    .where('factId', '=', factId)
    .where('reaction', '=', reaction)
    .where('doneAt', 'is not', null)
    .executeTakeFirst()
  if (done) return
  await run()
  await db.read
    .insertInto('reactions')
    .values({ factId, reaction, doneAt: clock.now() })
    .onConflict((conflict) => conflict.columns(['factId', 'reaction']).doUpdateSet({ doneAt: clock.now() }))
    .execute()
}

/**
 * Queues again what is owed after a fact and has no job any more: a database brought back from an export of another
 * version has the facts and none of the jobs. Answers how many it queued.
 */
export async function sweepReactions(ground: Noted): Promise<number> {
  await bringForward(ground)
  let queued = 0
  for (let after: Owed = { factId: '', reaction: '' }; ; ) {
    const page = await findOwed(ground, after)
    const last = page.at(-1)
    if (last === undefined) return queued
    after = last
    queued += await queueForgotten(ground, page)
  }
}

interface Owed {
  readonly factId: string
  readonly reaction: string
}

/**
 * No reaction waits longer than between two tries, and none is in hand in times to come: where one says so, a clock has
 * been set back since.
 */
async function bringForward({ db }: Noted): Promise<void> {
  await sql`
    update queue.job set start_after = now(), state = (case when state = 'active' then 'retry' else state::text end)::queue.job_state
    where name like 'reaction.%' and (
      (state in ('created', 'retry') and start_after > now() + interval '10 minutes')
      or (state = 'active' and coalesce(heartbeat_on, started_on) > now() + interval '10 minutes'))
  `.execute(db.read)
}

async function queueForgotten(ground: Noted, page: readonly Owed[]): Promise<number> {
  const jobs = page.map(({ factId, reaction }) => {
    const job = `reaction.${reaction}`
    return { job, factId, id: idOfReaction(job, factId) }
  })
  const { rows } = await sql<{ id: string }>`
    select id from queue.job where name = any(${jobs.map(({ job }) => job)}) and id = any(${jobs.map(({ id }) => id)}::uuid[])
  `.execute(ground.db.read)
  const there = new Set(rows.map((row) => row.id))
  const forgotten = jobs.filter(({ id }) => !there.has(id))
  if (forgotten.length > 0) {
    await ground.db.transaction(async (tx) => {
      for (const { job, factId } of forgotten) await tx.enqueue(job, { factId })
    })
  }
  return forgotten.length
}

/** One page of what is owed, oldest facts first as far as their ids tell. */
function findOwed({ db, clock }: Noted, after: Owed): Promise<Owed[]> {
  const now = clock.now().getTime()
  return (
    db.read
      .selectFrom('reactions')
      .innerJoin('facts', 'facts.id', 'reactions.factId')
      .select(['reactions.factId', 'reactions.reaction'])
      .where('reactions.doneAt', 'is', null)
      // A fact from a clock that was set back since is as old as any.
      .where((where) =>
        where.or([
          where('facts.at', '<', new Date(now - settlingMs)),
          where('facts.at', '>', new Date(now + 10 * settlingMs)),
        ]),
      )
      .where(
        ({ refTuple, tuple }) =>
          sql<boolean>`${refTuple('reactions.factId', 'reactions.reaction')} > ${tuple(after.factId, after.reaction)}`,
      )
      .orderBy('reactions.factId')
      .orderBy('reactions.reaction')
      .limit(500)
      .execute()
  )
}
