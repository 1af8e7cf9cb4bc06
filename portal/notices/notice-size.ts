import { maxBodyBytes } from '@noticeline/sdk/protocol'
import type { NoticeSubmission } from './notice.ts'

/**
 * The most bytes a notice's JSON may have for one addressee. Base64 of the token, and base64 again of the envelope around
 * it, make 16 bytes out of 9; headers, claims, signature and the sender's description are allowed for with 4 KiB.
 */
export const mostMessageBytes = Math.floor(((maxBodyBytes - 4096) * 9) / 16)

/** Ids, member names and separators that the wire adds to an item. */
const bytesPerItem = 120

/** Whether what one addressee would get fits into one body. Errs on the side of too large. */
export function fitsOneBody(notice: NoticeSubmission, urls: readonly string[], itemsOf: readonly number[]): boolean {
  const { items, ...rest } = notice
  const size = itemsOf.reduce(
    (sum, index) => sum + bytesOf({ ...items[index], url: urls[index] }) + bytesPerItem,
    bytesOf(rest) + 1024,
  )
  return size <= mostMessageBytes
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8')
}
