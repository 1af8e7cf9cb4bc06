import { v7 } from 'uuid'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

export type IdPrefix =
  | 'org'
  | 'psn'
  | 'sgn'
  | 'ses'
  | 'tok'
  | 'ctc'
  | 'fmb'
  | 'cfm'
  | 'net'
  | 'ncl'
  | 'chk'
  | 'dlg'
  | 'end'
  | 'ntc'
  | 'itm'
  | 'att'
  | 'dlv'
  | 'try'
  | 'rcp'
  | 'rpt'
  | 'out'
  | 'obs'
  | 'fct'
  | 'evt'
  | 'mal'
  | 'rcm'
  | 'ans'
  | 'jng'
  | 'clm'
  | 'dec'
  | 'cns'
  | 'tsk'
  | 'inv'
  | 'psk'
  | 'mbc'
  | 'rhl'
  | 'otg'

/** A sortable id that says what it is: a UUID v7 in 26 characters of Crockford's base 32 behind its prefix. */
export function newId(prefix: IdPrefix): string {
  const bytes = v7(undefined, new Uint8Array(16))
  // 130 bits of text for 128 of the UUID: the first character holds its first three bits alone.
  let text = ''
  let bits = 2
  let rest = 0
  for (const byte of bytes) {
    rest = (rest << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(rest >> bits) & 31]
    }
    rest &= (1 << bits) - 1
  }
  return `${prefix}_${text}`
}
