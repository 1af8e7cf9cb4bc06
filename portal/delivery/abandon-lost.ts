import type { Ground } from '../ground/ground.ts'
import { abandonOutside } from './attempt-store.server.ts'
import { leaseMs, slackMs } from './begin-attempts.ts'
import { findByIndex } from './claim-store.server.ts'

/**
 * Attempts without a result whose lease has run out: whoever began them is gone. Until then they are in flight, whatever
 * became of their deliveries by other ways: a receipt may be here before the 202 is written down, and what else waits for that
 * endpoint is known only then. Answers how many.
 */
export function abandonLost(ground: Ground): Promise<number> {
  return ground.db.transaction(async (tx) => {
    const at = (ms: number) => new Date(tx.now.getTime() + ms)
    await findByIndex(tx.db)
    return abandonOutside(tx.db, { after: at(-leaseMs - slackMs), until: at(slackMs), now: tx.now })
  })
}
