import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { lookBy } from './removal-store.server.ts'

/** Somebody says that something was done: it is looked at now, not when its turn comes. */
export async function lookAgain(ground: Ground, fact: Fact<'outcome.reported'>): Promise<void> {
  const itemIds = fact.payload.outcomes.map((outcome) => outcome.itemId)
  await ground.db.transaction((tx) => lookBy(tx.db, itemIds, tx.now))
}
