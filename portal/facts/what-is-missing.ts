/** What we cannot do without and that was not there, read from an error that nobody expected. Pure. */

export type Missing = 'database_unavailable' | 'storage_full' | 'key_unavailable'

/** After so many seconds a repeated call is worth its while; one that was cut off has lost its Idempotency-Key by then. */
export const repeatAfterSeconds = 15

// Of PostgreSQL (appendix A): class 08 is the connection, 57P0x a server that stops or starts, 57014 a statement that took
// too long, 53300 too many connections, 25006 a copy that only reads, 40001 and 40P01 what was tried often enough.
const noDatabase = /^(08...|57P0.|57014|53300|25006|40001|40P01)$/
// Of the system, on the way there.
const noWay = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
])
// What the driver throws without a code, by the beginning of its words.
const brokenOff =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/
// 53100 is a full disk, 53000 and 53200 other things that ran out there, 58030 a disk that fails.
const noRoom = /^(53100|53000|53200|58030)$/

/** Null: it is none of these, and a fault of ours. */
export function whatIsMissing(error: unknown): Missing | null {
  if (!(error instanceof Error)) return null
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') {
    // Sealed under a wrapping key that is not configured. What was destroyed on purpose, or altered, is another matter.
    if (error.name === 'VaultError') return code === 'key_unknown' ? 'key_unavailable' : null
    if (noRoom.test(code) || code === 'ENOSPC' || code === 'EDQUOT') return 'storage_full'
    if (noDatabase.test(code)) return 'database_unavailable'
    if (noWay.has(code) && 'syscall' in error)
      return code === 'ENOENT' && error.syscall !== 'connect' ? null : 'database_unavailable'
  }
  return brokenOff.test(error.message) ? 'database_unavailable' : null
}
