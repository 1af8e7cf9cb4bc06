/** The return path of each mail: who sends a bounce to it proves that it was sent to them, and nobody else can. */
import type { Vault } from './ground.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** So many characters of a keyed HMAC, in base 32 without capitals: mail servers change the case of what they bring back. */
export function returnMac(vault: Pick<Vault, 'mac'>, value: string, length: number): string {
  const bytes = vault.mac('mail', value)
  return [...bytes.subarray(0, length)].map((byte) => alphabet[byte & 31]).join('')
}

/** `bounce@mail.example` and `mal_…` come to `bounce+mal_….<mac>@mail.example`. */
export function returnPathOf(vault: Pick<Vault, 'mac'>, returnAddress: string, mailId: string): string {
  const at = returnAddress.lastIndexOf('@')
  const mac = returnMac(vault, `return:${mailId}`, 16)
  return `${returnAddress.slice(0, at)}+${mailId}.${mac}${returnAddress.slice(at)}`
}

/** Which mail a return path belongs to; `forged` where it looks like one of ours and is none. */
export function readReturnPath(
  vault: Pick<Vault, 'mac'>,
  returnAddress: string,
  address: string,
): { mailId: string } | 'forged' | null {
  const at = returnAddress.lastIndexOf('@')
  const [local, domain] = [returnAddress.slice(0, at), returnAddress.slice(at)].map((part) => part.toLowerCase())
  const given = address.trim().toLowerCase()
  if (!given.startsWith(`${local}+`) || !given.endsWith(domain ?? '')) return null
  const detail = given.slice((local ?? '').length + 1, given.length - (domain ?? '').length)
  const found = /^(mal_[0-9a-z]{26})\.([0-9a-z]{16})$/.exec(detail)
  if (!found?.[1]) return 'forged'
  return returnMac(vault, `return:${found[1]}`, 16) === found[2] ? { mailId: found[1] } : 'forged'
}
