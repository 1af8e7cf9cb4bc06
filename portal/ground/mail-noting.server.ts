import type { Database, Mail, MailAbout, OutgoingMail, SentMail, Tx, Vault } from './ground.ts'
import { returnMac } from './mail-return.ts'
import { markMailSent, prepareMail } from './mail-store.server.ts'

export interface NotingOptions {
  db: Pick<Database, 'read' | 'transaction'>
  vault: Pick<Vault, 'mac'>
  clock: { now(): Date }
  /** Records that a mail was taken, in the transaction that says so. */
  sent?: (tx: Tx, mail: SentMail) => Promise<void>
}

/** A sent mail's id: always the same for what its sender calls it, so that sending again finds the row. */
export function mailIdOf(vault: Pick<Vault, 'mac'>, key: string): string {
  return `mal_${returnMac(vault, `id:${key}`, 26)}`
}

/**
 * Notes a mail before it is given to `deliver`, and that it was taken after. Killed in between, it is sent again under the
 * same Message-ID; noted as taken, it is never sent again.
 */
export function notingMail(
  options: NotingOptions,
  deliver: (mail: OutgoingMail, mailId: string) => Promise<void>,
): Mail['send'] {
  return async (mail) => {
    const mailId = mailIdOf(options.vault, mail.id)
    if (await prepareMail(options.db.read, mailId, mail, options.clock.now())) return
    await deliver(mail, mailId)
    await options.db.transaction(async (tx) => {
      if (await markMailSent(tx.db, mailId, tx.now)) await options.sent?.(tx, sentMail(mailId, mail.about))
    })
  }
}

function sentMail(mailId: string, { orgId, contactId, recipientId, noticeId, of }: MailAbout): SentMail {
  return {
    mailId,
    orgId: orgId ?? null,
    contactId: contactId ?? null,
    ...(recipientId === undefined ? {} : { recipientId }),
    ...(noticeId === undefined ? {} : { noticeId }),
    // What is about an organisation is found by it; else this is all there is.
    ...(orgId === undefined ? { of } : {}),
  }
}
