import { sql } from 'kysely'
import type { Ground } from './ground.ts'
import { idOfReaction, isReaction, type JobHandler, type Queue, reactionOf } from './queue.server.ts'

type Noted = Pick<Ground, 'db' | 'clock'>

/** Facts this young still have their first job on its way. */
const settlingMs = 60_000
/** As long as a job is tried again. Older facts are history, and a reaction added today is not meant for them. */
const horizonMs = 31 * 86_400_000

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
    .selectFrom('reactionsDone')
    .select('at')
    .where('factId', '=', factId)
    .where('reaction', '=', reaction)
    .executeTakeFirst()
  if (done) return
  await run()
  await db.read
    .insertInto('reactionsDone')
    .values({ factId, reaction, at: clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Queues again what should have followed from a fact, is not noted as done, and has no job any more: a database brought
 * back from its export has the facts and none of the jobs. Answers how many it queued.
 */
export async function sweepReactions(ground: Noted): Promise<number> {
  await bringForward(ground)
  let queued = 0
  for (const kind of await findKinds(ground)) {
    for (const reaction of await ground.db.transaction(async (tx) => tx.reactionsTo(kind))) {
      for (let after = ''; ; ) {
        const page = await findUndone(ground, kind, reaction, after)
        const last = page.at(-1)
        if (last === undefined) break
        after = last
        queued += await queueForgotten(ground, `reaction.${reaction}`, page)
      }
    }
  }
  return queued
}

/** No reaction waits longer than between two tries. One that does was put off by a clock that has been set back since. */
async function bringForward({ db }: Noted): Promise<void> {
  await sql`
    update queue.job set start_after = now()
    where name like 'reaction.%' and state in ('created', 'retry') and start_after > now() + interval '10 minutes'
  `.execute(db.read)
}

async function queueForgotten(ground: Noted, job: string, factIds: readonly string[]): Promise<number> {
  const ids = factIds.map((factId) => idOfReaction(job, factId))
  const { rows } = await sql<{ id: string }>`
    select id from queue.job where name = ${job} and id = any(${ids}::uuid[])
  `.execute(ground.db.read)
  const there = new Set(rows.map((row) => row.id))
  const forgotten = factIds.filter((_, index) => !there.has(ids[index] ?? ''))
  if (forgotten.length > 0) {
    await ground.db.transaction(async (tx) => {
      for (const factId of forgotten) await tx.enqueue(job, { factId })
    })
  }
  return forgotten.length
}

/** Every kind there is, by hopping over the index from one to the next: reading all facts would take long. */
async function findKinds({ db }: Noted): Promise<string[]> {
  const { rows } = await sql<{ kind: string }>`
    with recursive kinds as (
      (select kind from facts order by kind limit 1)
      union all
      select (select facts.kind from facts where facts.kind > kinds.kind order by facts.kind limit 1)
      from kinds where kinds.kind is not null
    )
    select kind from kinds where kind is not null
  `.execute(db.read)
  return rows.map((row) => row.kind)
}

/** One page of facts, in the order of their ids, that this reaction is not noted for. */
async function findUndone({ db, clock }: Noted, kind: string, reaction: string, after: string): Promise<string[]> {
  const now = clock.now().getTime()
  const rows = await db.read
    .selectFrom('facts')
    .select('facts.id')
    .where('facts.kind', '=', kind)
    // A fact from a clock that was set back since is as old as any.
    .where((where) =>
      where.or([
        where('facts.at', '<', new Date(now - settlingMs)),
        where('facts.at', '>', new Date(now + 10 * settlingMs)),
      ]),
    )
    .where('facts.at', '>', new Date(now - horizonMs))
    .where('facts.id', '>', after)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('reactionsDone')
            .select('reactionsDone.at')
            .whereRef('reactionsDone.factId', '=', 'facts.id')
            .where('reactionsDone.reaction', '=', reaction),
        ),
      ),
    )
    .orderBy('facts.id')
    .limit(500)
    .execute()
  return rows.map((row) => row.id)
}
