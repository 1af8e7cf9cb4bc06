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
  return `${returnAddress.slice(0, at)}+${proofOf(vault, mailId)}${returnAddress.slice(at)}`
}

/** A mail's id with the proof that we gave it: half of its return path, and half of its Message-ID. */
export function proofOf(vault: Pick<Vault, 'mac'>, mailId: string): string {
  return `${mailId}.${returnMac(vault, `return:${mailId}`, 16)}`
}

/**
 * Which mail is named, in whatever case it came back: by the address it was delivered to, else by a Message-ID. One proof
 * that is none makes the whole thing forged, whatever else it names.
 */
export function findOurs(vault: Pick<Vault, 'mac'>, named: readonly string[]): { mailId: string } | 'forged' | 'none' {
  let found: { mailId: string } | null = null
  for (const text of named) {
    const claimed = /(?:^|\+)(mal_[0-9a-z]{26})\.([0-9a-z]{16})@/i.exec(text.toLowerCase())
    if (!claimed?.[1]) {
      if (/(?:^|\+)mal_[0-9a-z.]*@/i.test(text)) return 'forged'
      continue
    }
    if (proofOf(vault, claimed[1]) !== `${claimed[1]}.${claimed[2]}`) return 'forged'
    found ??= { mailId: claimed[1] }
  }
  return found ?? 'none'
}
