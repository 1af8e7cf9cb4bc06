import { isIP } from 'node:net'

const longest = 600

/** Anything that could be an address: a reason travels by mail and stands on pages, where no address may. */
const addressLike = [/:\/\//, /\bwww\./i, /\bhxxps?\b/i, /\[\.\]|\(dot\)|\[dot\]/i, /\d{1,3}(?:\.\d{1,3}){3}/]

/** Why somebody decided, in a sentence or a few; null where it says nothing, too much, or an address. */
export function readReason(input: string): string | null {
  const reason = input.trim().replace(/\s+/g, ' ')
  if (reason.length < 3 || reason.length > longest || /\p{Cc}/u.test(reason)) return null
  return holdsAddress(reason) ? null : reason
}

/** Whether a text that is mailed or shown names an address. */
export function holdsAddress(text: string): boolean {
  if (addressLike.some((pattern) => pattern.test(text))) return true
  return (text.match(/[0-9a-f:]*:[0-9a-f:.]+/gi) ?? []).some((found) => isIP(found.replace(/\.$/, '')) === 6)
}
