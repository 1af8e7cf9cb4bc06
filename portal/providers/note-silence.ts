import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { silentAfter } from './contact.ts'
import { addSilence, endSilence } from './contact-store.server.ts'

/** Nobody followed a pointer to these contacts; the third in a row puts others before them. In the caller's transaction. */
export async function noteSilence(tx: Tx, contactIds: readonly string[]): Promise<void> {
  for (const { id: contactId, orgId, silent } of await addSilence(tx.db, contactIds)) {
    if (silent === silentAfter) {
      await record(tx, orgId, 'contact.failed', { orgId, contactId, reason: 'silent', code: null })
    }
  }
}

/** Somebody followed a pointer to one of these. */
export async function noteFollowed(tx: Tx, contactIds: readonly string[]): Promise<void> {
  await endSilence(tx.db, contactIds)
}
