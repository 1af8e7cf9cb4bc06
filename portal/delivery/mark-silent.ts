import type { Ground } from '../ground/ground.ts'
import { noteSilent } from '../people/note-silent.ts'
import { selectUnanswered } from './answer-link-store.server.ts'

const threeDays = 3 * 86_400_000
const atOnce = 100

/** Pointer mails after which nothing came for three days: no return, no answer, and no receipt by any way. Answers how many. */
export async function markSilent(ground: Ground): Promise<number> {
  const before = new Date(ground.clock.now().getTime() - threeDays)
  const mailIds = await selectUnanswered(ground.db.read, before, atOnce)
  let marked = 0
  for (const mailId of mailIds) {
    if (await ground.db.transaction((tx) => noteSilent(tx, mailId))) marked += 1
  }
  return marked
}
