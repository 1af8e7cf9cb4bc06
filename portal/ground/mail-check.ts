import { isIP } from 'node:net'
import type { OutgoingMail } from './ground.ts'

/** `foreign_address`: the mail holds an address that is not one of the portal's own pages. */
export type MailErrorCode =
  | 'invalid_id'
  | 'invalid_recipient'
  | 'invalid_subject'
  | 'invalid_text'
  | 'foreign_address'
  | 'not_sent'

/** Says which part is wrong and never what stood in it. */
export class MailError extends Error {
  override readonly name = 'MailError'
  readonly code: MailErrorCode
  constructor(code: MailErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * The last look at a mail before it leaves. Mail is a pointer: the only addresses in it are links into the portal, and the
 * network where the mail is about a claim on one. Whoever writes one takes care of that; here it is made sure of.
 */
export function checkMail(mail: OutgoingMail, origin: string): void {
  if (!/^[\w.-]{1,100}$/.test(mail.id))
    throw new MailError('invalid_id', 'The id of a mail holds letters, digits and - _ . alone.')
  if (mail.to.length > 254 || !/^[^\s\p{Cc}<>()[\]@,;:"\\]+@[^\s\p{Cc}<>()[\]@,;:"\\]+$/u.test(mail.to))
    throw new MailError('invalid_recipient', 'A mail goes to exactly one plain address.')
  if (mail.subject === '' || mail.subject.length > 200 || /[\p{Cc}\u2028\u2029]/u.test(mail.subject))
    throw new MailError('invalid_subject', 'A subject is one line of at most 200 characters.')
  if (mail.text.length > 20_000 || /[^\P{Cc}\t\n]/u.test(mail.text))
    throw new MailError('invalid_text', 'The text of a mail is plain, at most 20,000 characters.')
  if (mail.network !== undefined && !isNetwork(mail.network))
    throw new MailError('foreign_address', 'The network of a mail is a range, a number or a name, and nothing in it.')
  for (const part of [mail.subject, mail.text]) {
    if (holdsForeignAddress(mail.network === undefined ? part : part.replaceAll(mail.network, ' '), origin))
      throw new MailError('foreign_address', 'A mail points into the portal and names no other address.')
  }
}

/** `203.0.113.0/24`, `2001:db8::/32`, `AS64500`, `tern.example`: no page, no single address without its length. */
function isNetwork(written: string): boolean {
  const [address = '', length, ...more] = written.split('/')
  if (length !== undefined) return more.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(length)
  return isIP(address) === 0 && /^[\w.-]{1,253}$/.test(written)
}

/** Whether anything in the text is a URL, or an IP address, that does not lead to one of our own pages. */
export function holdsForeignAddress(text: string, origin: string): boolean {
  const without = text.replace(/\bhttps?:\/\/[^\s<>"']+/gi, (found) => (isOwn(found, origin) ? ' ' : found))
  return namesAddress(without)
}

function isOwn(found: string, origin: string): boolean {
  // A full stop behind a link belongs to the sentence.
  const link = found.replace(/[.,;:!?)\]]+$/, '')
  if (!URL.canParse(link)) return false
  const url = new URL(link)
  if (url.origin !== origin || url.username !== '' || url.password !== '') return false
  // Nothing about where or what rides in a query string or behind the #.
  const path = decoded(url.pathname)
  return url.search === '' && url.hash === '' && path !== null && !namesAddress(path)
}

function namesAddress(text: string): boolean {
  if (foreign.some((pattern) => pattern.test(text))) return true
  return (text.match(/[0-9a-f:]*:[0-9a-f:.]+/gi) ?? []).some((found) => isIP(found.replace(/\.$/, '')) === 6)
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

const foreign = [
  /[a-z][a-z0-9+.-]*:\/\//i,
  /\b(?:data|javascript|mailto|magnet):\S/i,
  /\bh(?:xx|tt)ps?\b\s*[[(]?:/i,
  /\bwww\./i,
  /\[\.\]|\(dot\)|\[dot\]/i,
  /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/,
]
