import type { Ground } from '../ground/ground.ts'
import { digestOfSecret } from '../people/secret.ts'

type Vault = Pick<Ground, 'vault'>

/** Where the TXT record of a domain stands. */
export function recordName(domain: string): string {
  return `_noticeline.${domain}`
}

/** The line that has to be seen. It is derived from the claim, so it is one organisation's, and for this one thing. */
export function proofLine({ vault }: Vault, claimId: string): string {
  return `noticeline-proof=${vault.derive('network-proof', claimId)}`
}

export function proofHash({ vault }: Vault, claimId: string): Buffer {
  return digestOfSecret(vault.derive('network-proof', claimId))
}

/** Every proof that stands in a text, by its hash; the same twice counts once. */
export function proofHashesIn(texts: readonly string[]): Buffer[] {
  const found = texts.flatMap((text) => [...text.matchAll(/noticeline-proof=([\w-]{43})(?![\w-])/g)])
  return [...new Set(found.map((match) => match[1] ?? ''))].slice(0, 50).map(digestOfSecret)
}

/** What stands in the address of the page that is mailed to the registry's contact: the claim and its secret. */
export function mailToken({ vault }: Vault, claimId: string): string {
  return `${claimId.slice(4)}${vault.derive('network-mail', claimId)}`
}

/** The claim a mailed address is about, or null when the secret is not its own. */
export function claimOfMailToken(ground: Vault, token: string): string | null {
  const claimId = `ncl_${token.slice(0, 26)}`
  if (!/^[0-9a-z]{26}[\w-]{43}$/.test(token)) return null
  return digestOfSecret(mailToken(ground, claimId)).equals(digestOfSecret(token)) ? claimId : null
}

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** The code in the same mail, for whoever reads it and types: twelve characters of thirty-two, 60 bits. */
export function mailCode({ vault }: Vault, claimId: string): string {
  const bytes = Buffer.from(vault.derive('network-code', claimId), 'base64url')
  const code = Array.from(bytes.subarray(0, 12), (byte) => letters[byte & 31]).join('')
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`
}

export function isMailCode(ground: Vault, claimId: string, typed: string): boolean {
  const plain = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '')
  return digestOfSecret(plain(mailCode(ground, claimId))).equals(digestOfSecret(plain(typed)))
}
