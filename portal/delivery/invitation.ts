import type { Tx } from '../ground/ground.ts'
import { lockSameMailbox, setInvited } from './invitation-store.server.ts'

/** One invitation to a mailbox in so long, whatever it is the mailbox of. */
const pauseMs = 86_400_000

/**
 * Whether this mail also invites: it goes to a mailbox that only the registry gave us, for a company that never heard of
 * us, and no other mail invited there within a day. The same mail, put together again, invites again. Inside the caller's
 * transaction.
 */
export async function claimInvitation(tx: Tx, contactId: string, mailId: string): Promise<boolean> {
  const sameMailbox = await lockSameMailbox(tx.db, contactId)
  const contact = sameMailbox.find(({ id }) => id === contactId)
  if (contact?.source !== 'registry' || contact.admittedAt !== null || contact.suspendedAt !== null) return false
  if (contact.invitedWith === mailId) return true
  const since = tx.now.getTime() - pauseMs
  if (sameMailbox.some(({ invitedAt }) => invitedAt !== null && invitedAt.getTime() > since)) return false
  await setInvited(tx.db, contactId, { invitedAt: tx.now, invitedWith: mailId })
  return true
}
