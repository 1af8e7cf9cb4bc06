import type { Ground } from '../ground/ground.ts'
import { closeNotice } from '../notices/close-notice.ts'
import { isEnded } from './headline.ts'
import type { ItemState } from './item-state.ts'
import { readStates } from './read-states.ts'
import { selectEndedNotices, selectLastMove } from './removal-store.server.ts'

const atOnce = 100

/**
 * Closes notices all of whose items ended longer ago than is set, and answers how many. Whoever was sent one is told how
 * each item ended, and may destroy what was set aside.
 */
export async function closeNotices(ground: Ground): Promise<number> {
  const quietSince = new Date(ground.clock.now().getTime() - ground.config.closeAfterMs)
  let closed = 0
  for (const noticeId of await selectEndedNotices(ground.db.read, quietSince, atOnce)) {
    const done = await ground.db.transaction(async (tx) => {
      const lastMove = await selectLastMove(tx.db, noticeId)
      if (!lastMove || lastMove > quietSince) return false
      const states = await readStates(tx.db, [noticeId], tx.now)
      if (!states.every(isOver)) return false
      const headlines = Object.fromEntries(states.map(({ item, headline }) => [item.id, headline]))
      return (await closeNotice(tx, noticeId, headlines)).result === 'closed'
    })
    if (done) closed += 1
  }
  return closed
}

/** What was taken back before anybody said that it was removed leaves nothing to put back, and nothing to wait for. */
function isOver({ headline, wasRemoved, observation }: ItemState): boolean {
  if (headline === 'withdrawn') return !wasRemoved && observation.state !== 'confirmed_offline'
  return isEnded(headline)
}
