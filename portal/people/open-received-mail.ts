import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { lockReceived, setReceivedSeen } from './mail-store.server.ts'
import { type Actor, may } from './may.ts'

/** Shows the desk what a person wrote back, and leaves one line for each time: it may name what it should not. */
export function openReceivedMail(
  ground: Ground,
  actor: Actor,
  receivedMailId: string,
): Promise<{ result: 'opened'; text: string } | { result: 'unknown-mail' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'mails.read')) return { result: 'forbidden' }
    const found = await lockReceived(tx.db, receivedMailId)
    if (!found?.dataKey || !found.sealed) return { result: 'unknown-mail' }
    if (found.seenAt === null) await setReceivedSeen(tx.db, found.id, tx.now)
    const { personId, orgId } = actor
    await record(tx, found.orgId ?? found.mailId, 'mail.opened', { receivedMailId, orgId, personId })
    const text = ground.vault.open(found.dataKey, `received:${found.id}`, found.sealed).toString('utf8')
    return { result: 'opened', text }
  })
}
