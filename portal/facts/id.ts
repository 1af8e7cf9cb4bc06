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
  let rest = BigInt(`0x${v7().replaceAll('-', '')}`)
  let text = ''
  for (let index = 0; index < 26; index += 1) {
    text = alphabet[Number(rest & 31n)] + text
    rest >>= 5n
  }
  return `${prefix}_${text}`
}
