import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, ReturnedMail, SentMail, Tx } from '../ground/ground.ts'
import { type CameBack, chainOfMail, type MailState, stateAfter } from './mail.ts'
import { hasComplained, insertReceived, lockMail, type MailRow, updateMail } from './mail-store.server.ts'

export type AcceptedMail =
  | { result: 'recorded' | 'already-recorded'; mailId: string }
  /** It is about no mail of ours. */
  | { result: 'not-ours' }
  /** It names a mail of ours without the proof that it was sent to whoever brings it back. */
  | { result: 'forged' }

/**
 * Something came back: a bounce, a machine's answer, a complaint, or what a person wrote. It says what became of one mail
 * and nothing else: what a person wrote is no outcome, and is kept sealed for the desk. The same bytes count once, and so does the complaint about one mail.
 */
export async function acceptMail(ground: Ground, raw: Uint8Array): Promise<AcceptedMail> {
  const mail = await ground.mail.read(raw)
  if (mail.ours === 'none') return { result: 'not-ours' }
  if (mail.ours === 'forged') {
    ground.log.warn('mail.forged', { kind: mail.class })
    return { result: 'forged' }
  }
  const { mailId } = mail.ours
  return ground.db.transaction(async (tx): Promise<AcceptedMail> => {
    // The row is there before the mail leaves, so one that is not is of another database.
    const sent = await lockMail(tx.db, mailId)
    if (!sent) return { result: 'not-ours' }
    const complained = mail.class === 'feedback' && !(await hasComplained(tx.db, mailId))
    if (!(await keepReceived(ground, tx, sent, mail))) return { result: 'already-recorded', mailId }
    await moveMail(tx, sent, mail, mail.code)
    if (complained) await record(tx, chainOfMail(mailedOf(sent)), 'mail.complained', mailedOf(sent))
    return { result: 'recorded', mailId }
  })
}

/** Whatever became known of a mail: its state, and the fact where that is news. The mail's row is locked. */
export async function moveMail(tx: Tx, sent: MailRow, cameBack: CameBack, code: string | null): Promise<void> {
  const state = stateAfter(sent.state as MailState, cameBack)
  if (state === sent.state) return
  const permanent = state === 'returned' ? cameBack.class === 'permanent' : null
  await updateMail(tx.db, sent.id, { state, code: code ?? sent.code, permanent, changedAt: tx.now })
  const about = mailedOf(sent)
  const chain = chainOfMail(about)
  if (state === 'returned') {
    const returned = { ...about, permanent: permanent === true, code: code ?? (permanent ? '5.0.0' : '4.0.0') }
    await record(tx, chain, 'mail.returned', returned)
  }
  if (state === 'auto_replied') await record(tx, chain, 'mail.auto-replied', about)
  if (state === 'answered') await record(tx, chain, 'mail.answered', about)
}

/** A mail as facts name it. */
export function mailedOf({ id: mailId, orgId, contactId, recipientId, noticeId, aboutId }: MailRow): SentMail {
  return {
    mailId,
    orgId,
    contactId,
    ...(recipientId === null ? {} : { recipientId }),
    ...(noticeId === null ? {} : { noticeId }),
    ...(orgId === null && aboutId !== null ? { of: aboutId } : {}),
  }
}

function keepReceived(ground: Ground, tx: Tx, sent: MailRow, mail: ReturnedMail): Promise<boolean> {
  const id = newId('rcm')
  // Only a person's words are kept, and they may name what they should not.
  const dataKey = mail.class === 'person' && mail.text !== '' ? Buffer.from(ground.vault.newKey()) : null
  return insertReceived(tx.db, {
    id,
    mailId: sent.id,
    orgId: sent.orgId,
    digest: mail.digest,
    class: mail.class,
    code: mail.code,
    dataKey,
    sealed: dataKey && Buffer.from(ground.vault.seal(dataKey, `received:${id}`, mail.text)),
    receivedAt: tx.now,
  })
}
