import { record } from '../facts/record.ts'
import type { Tx } from '../ground/ground.ts'
import { mailedOf } from './accept-mail.ts'
import { chainOfMail } from './mail.ts'
import { lockMail, updateMail } from './mail-store.server.ts'

/** Nothing came after a mail for days. Whatever comes later still counts. False where something had come meanwhile. */
export async function noteSilent(tx: Tx, mailId: string): Promise<boolean> {
  const mail = await lockMail(tx.db, mailId)
  if (mail?.state !== 'sent' && mail?.state !== 'delayed') return false
  await updateMail(tx.db, mailId, { state: 'silent', changedAt: tx.now })
  const about = mailedOf(mail)
  await record(tx, chainOfMail(about), 'mail.silent', about)
  return true
}
