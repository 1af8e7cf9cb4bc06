import { createHash } from 'node:crypto'

/** What is stored of a secret, and what is compared: both sides have the same length, whatever was sent. */
export function digestOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}
