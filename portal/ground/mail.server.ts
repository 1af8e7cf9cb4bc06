import { createTransport } from 'nodemailer'
import type { Config } from './config.server.ts'
import type { Clock, Database, Mail, OutgoingMail, Vault } from './ground.ts'
import { checkMail, MailError } from './mail-check.ts'
import { returnedMail } from './mail-incoming.server.ts'
import { type NotingOptions, notingMail } from './mail-noting.server.ts'
import { proofOf, returnPathOf } from './mail-return.ts'
import { keepMail } from './mail-store.server.ts'

export interface MailOptions {
  config: Pick<Config, 'mode' | 'origin' | 'smtpUrl' | 'mailFrom' | 'mailReturn' | 'mailIncoming' | 'dkim'>
  db: Pick<Database, 'read' | 'transaction'>
  vault: Pick<Vault, 'mac'>
  clock: Clock
  /** Records that a mail was taken, in the transaction that says so. */
  sent?: NotingOptions['sent']
}

/** By SMTP where configuration names a server; otherwise into the mailbox, where it waits to be read. */
export function createMail(options: MailOptions): Mail & { close(): void } {
  const { config, db, vault, clock, sent } = options
  const smtp = config.smtpUrl === null ? null : createSmtp(config.smtpUrl, config)
  const send = notingMail({ db, vault, clock, ...(sent ? { sent } : {}) }, async (mail, mailId) => {
    if (!smtp) return keepMail(db.read, mail, clock.now())
    const returnPath = config.mailReturn ? returnPathOf(vault, config.mailReturn, mailId) : null
    await smtp.send(mail, clock.now(), { returnPath, messageId: proofOf(vault, mailId) })
  })
  return {
    async send(mail) {
      checkMail(mail, config.origin)
      await send(mail)
    },
    ...returnedMail(vault, config.mailIncoming),
    close: () => smtp?.close(),
  }
}

/** A mail's own names, by which what comes back is known. */
interface MailNames {
  returnPath: string | null
  messageId: string
}

function createSmtp(smtpUrl: string, config: MailOptions['config']) {
  const onThisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(smtpUrl).hostname)
  const transport = createTransport({
    url: smtpUrl,
    // One-time links travel in it, so in production never in the clear, except to a server on the same machine.
    requireTLS: config.mode === 'production' && !onThisMachine,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(config.dkim && {
      dkim: {
        domainName: config.dkim.domain,
        keySelector: config.dkim.selector,
        privateKey: config.dkim.privateKey,
      },
    }),
  })
  const host = new URL(config.origin).hostname
  return {
    async send(mail: OutgoingMail, at: Date, { returnPath, messageId }: MailNames): Promise<void> {
      try {
        await transport.sendMail({
          from: config.mailFrom,
          ...(returnPath !== null && { envelope: { from: returnPath, to: mail.to } }),
          to: mail.to,
          subject: mail.subject,
          text: mail.text,
          date: at,
          messageId: `<${messageId}@${host}>`,
          // Answering machines stay silent (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
          xMailer: false,
        } as Parameters<typeof transport.sendMail>[0])
      } catch (error) {
        // What the server said may quote the recipient, so only the kind of failure is kept.
        const cause = Object.assign(new Error('The mail server did not take it.'), { code: codeOf(error) })
        throw new MailError('not_sent', 'The mail was not taken by the mail server.', { cause })
      }
    },
    close: () => transport.close(),
  }
}

function codeOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  return typeof responseCode === 'number' ? `SMTP_${responseCode}` : String(code ?? 'UNKNOWN')
}
