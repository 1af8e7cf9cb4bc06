/** Mails as they come back to us. Addresses are invented. */
import { mailIdOf } from '../../ground/mail-noting.server.ts'
import { proofOf } from '../../ground/mail-return.ts'
import type { TestGround } from '../with-ground.ts'

/** The return path of a mail, as its sender calls it: whoever got the mail can make it come back there. */
export function returnPath(ground: TestGround, key: string): string {
  return `bounce+${proofOf(ground.vault, mailIdOf(ground.vault, key))}@noticeline.example`
}

export function messageId(ground: TestGround, key: string): string {
  return `<${proofOf(ground.vault, mailIdOf(ground.vault, key))}@noticeline.example>`
}

/** A bounce as RFC 3464 has it. */
export function bounce(to: string, part: { action?: string; status?: string; recipient?: string } = {}): Buffer {
  const { action = 'failed', status = '5.1.1', recipient = 'abuse@tern.example' } = part
  return letter([
    'Return-Path: <>',
    `To: ${to}`,
    'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'I am sorry to have to inform you.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    '--b--',
  ])
}

/** A feedback report as RFC 5965 has it: somebody marked this mail of ours as spam. */
export function complaint(aboutMessageId: string, part: { subject?: string } = {}): Buffer {
  return letter([
    'Return-Path: <>',
    'To: desk@noticeline.example',
    'From: Feedback <feedback@mx.example>',
    `Subject: ${part.subject ?? 'FW: Notice'}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'This is an abuse report.',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: Feedback/1.0',
    'Version: 1',
    '--b',
    'Content-Type: message/rfc822',
    '',
    `Message-ID: ${aboutMessageId}`,
    'Subject: Notice',
    '',
    'A notice waits.',
    '--b--',
  ])
}

/** What a person or a machine writes back. */
export function reply(headers: readonly string[], text: string): Buffer {
  return letter(['From: Noor Visser <abuse@tern.example>', 'Subject: Re: Notice', ...headers, '', text])
}

function letter(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\r\n'))
}
