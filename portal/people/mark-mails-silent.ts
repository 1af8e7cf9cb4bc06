import type { Ground, MailPurpose } from '../ground/ground.ts'
import { selectUnanswered } from './mail-store.server.ts'
import { noteSilent } from './note-silent.ts'

/** Mails that ask somebody to do something, and say nothing more once they did. Pointers have receipts of other kinds. */
const asking: readonly MailPurpose[] = [
  'contact_code',
  'contact_challenge',
  'network_proof',
  'sign_in',
  'joining',
  'invitation',
  'mailbox_change',
]
const threeDays = 3 * 86_400_000
const atOnce = 100

/** Mails that asked for something and after which nothing came for three days. Answers how many. */
export async function markMailsSilent(ground: Ground): Promise<number> {
  const before = new Date(ground.clock.now().getTime() - threeDays)
  let marked = 0
  for (const mailId of await selectUnanswered(ground.db.read, { purposes: asking, before, limit: atOnce })) {
    if (await ground.db.transaction((tx) => noteSilent(tx, mailId))) marked += 1
  }
  return marked
}
