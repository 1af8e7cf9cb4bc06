import { sql } from 'kysely'
import type { Database, Ground, RecordedFact } from './ground.ts'
import type { Queue } from './queue.server.ts'

/** What follows from facts, by kind. The function's name is the reaction's name: in jobs, in the sweep, in logs. */
export type Reactions = { readonly [kind: string]: readonly Reaction[] }
export type Reaction = (ground: Ground, fact: RecordedFact) => Promise<unknown>

/** Facts this young still have their first job on its way. */
const settlingMs = 60_000
/** As long as a job is tried again. Facts older than this are history, and a reaction added today is not meant for them. */
const horizonMs = 31 * 86_400_000

export function namesOfReactions(reactions: Reactions): (kind: string) => readonly string[] {
  const names = new Map<string, readonly string[]>()
  for (const [kind, list] of Object.entries(reactions)) names.set(kind, list.map(nameOf))
  return (kind) => names.get(kind) ?? []
}

function nameOf(reaction: Reaction): string {
  if (!reaction.name) throw new Error('A reaction needs a name: write it as a function of its own.')
  return reaction.name
}

/** Works on the jobs of every reaction. */
export async function workReactions(queue: Queue, ground: Ground, reactions: Reactions): Promise<void> {
  const names = new Set(Object.values(reactions).flat().map(nameOf))
  for (const name of names) {
    await queue.work(`reaction.${name}`, async (data) => {
      await runReaction(ground, reactions, name, String(data['factId']))
    })
  }
}

/** Runs one reaction to one fact, unless that was done before, and notes that it is done. */
export async function runReaction(
  ground: Ground,
  reactions: Reactions,
  name: string,
  factId: string,
): Promise<'done' | 'done-before' | 'unknown-fact'> {
  const fact = await findFact(ground.db, factId)
  const reaction = fact && reactions[fact.kind]?.find((one) => one.name === name)
  if (!fact || !reaction) return 'unknown-fact'
  const before = await ground.db.read
    .selectFrom('reactionsDone')
    .select('at')
    .where('factId', '=', factId)
    .where('reaction', '=', name)
    .executeTakeFirst()
  if (before) return 'done-before'
  await reaction(ground, fact)
  await ground.db.read
    .insertInto('reactionsDone')
    .values({ factId, reaction: name, at: ground.clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return 'done'
}

async function findFact(db: Database, factId: string): Promise<RecordedFact | null> {
  const row = await db.read.selectFrom('facts').selectAll().where('id', '=', factId).executeTakeFirst()
  if (!row) return null
  const { id, chain, seq, kind, at, payload } = row
  return { id, chain, seq, kind, at, payload: JSON.parse(payload) }
}

/**
 * Queues again what should have followed from a fact and has not been noted as done, whatever became of its job: a
 * database restored from its export has the facts and none of the jobs. A job that is still there is left alone.
 */
export async function sweepReactions(ground: Ground, reactions: Reactions): Promise<number> {
  let queued = 0
  for (const [kind, list] of Object.entries(reactions)) {
    for (const name of list.map(nameOf)) {
      for (let after = ''; ; ) {
        const missing = await findMissing(ground, kind, name, after)
        const last = missing.at(-1)
        if (last === undefined) break
        after = last
        await ground.db.transaction(async (tx) => {
          for (const factId of missing) await tx.enqueue(`reaction.${name}`, { factId })
        })
        queued += missing.length
      }
    }
  }
  return queued
}

/** One page of facts, in the order of their ids, that this reaction is not done for. */
async function findMissing(ground: Ground, kind: string, name: string, after: string): Promise<string[]> {
  const now = ground.clock.now().getTime()
  const rows = await ground.db.read
    .selectFrom('facts')
    .select('facts.id')
    .where('facts.kind', '=', kind)
    .where('facts.at', '<', new Date(now - settlingMs))
    .where('facts.at', '>', new Date(now - horizonMs))
    .where('facts.id', '>', after)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('reactionsDone')
            .select(sql`1`.as('one'))
            .whereRef('reactionsDone.factId', '=', 'facts.id')
            .where('reactionsDone.reaction', '=', name),
        ),
      ),
    )
    .orderBy('facts.id')
    .limit(500)
    .execute()
  return rows.map((row) => row.id)
}
