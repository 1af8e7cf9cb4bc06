/** Mails that nobody here wrote, each read by a person once: what it is, and whom it did not reach. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readMail } from '../../portal/ground/mail-reading.ts'
import { root } from '../architecture/tree.ts'

const folder = join(root, '../shared/data/mail')
const present = existsSync(folder)
const suite = present ? describe : describe.skip

/**
 * The hand count. Permanent or temporary as the report says itself: an action `failed` with a status of class 4 was given
 * up, but might pass another time (RFC 3463, 3.1). The recipient as the sender addressed it, where the report tells.
 */
const byHand: Record<string, string> = {
  'arf-01': 'feedback',
  'arf-11': 'feedback',
  'arf-15': 'feedback',
  'arf-17': 'feedback',
  'arf-19': 'feedback',
  'arf-21': 'feedback',
  'arf-23': 'feedback',
  'arf-25': 'feedback',
  'is-not-bounce-01': 'person',
  'lhost-exim-01': 'permanent kijitora@example.ed.jp',
  // Its text names another domain than its header; the header is written for machines, and agrees with the envelope.
  'lhost-exim-03': 'permanent kijitora@example.jp',
  'lhost-exim-05': 'permanent kijitora@neko.example.co.jp',
  'lhost-exim-07': 'permanent shiba@example.com',
  'lhost-gmail-01': 'permanent userunknown@example.jp',
  'lhost-gmail-03': 'permanent kijitora@example.co.jp',
  'lhost-gmail-05': 'permanent shironeko@example.jp',
  'lhost-gmail-07': 'permanent kijitora@example.ed.jp',
  'lhost-gmail-09': 'temporary kijitora@9jo.example.jp',
  'lhost-gmail-11': 'permanent kijitora@example.com',
  'lhost-gmail-15': 'permanent mikeneko@libsisimai.org',
  'lhost-gmail-17': 'temporary mikeneko@libsisimai.org',
  'lhost-gmail-19': 'permanent neko-nyaan@google.example.com',
  'lhost-office365-01': 'permanent kijitora@example.com',
  'lhost-office365-03': 'permanent kijitora@example.com',
  'lhost-office365-05': 'permanent kijitora@example.jp',
  'lhost-office365-07': 'permanent otsu-sakaba-hunter-neko-nyaaaaaaan@ezweb.ne.jp',
  'lhost-office365-09': 'permanent azumakuniyuki@example.ne.jp',
  'lhost-office365-11': 'permanent kijitora@cr3.neko.nyaan.jp',
  'lhost-office365-13': 'permanent kijitora-nyaan@neko.kyoto.example.jp',
  'lhost-postfix-01': 'permanent kijitora@example.org',
  'lhost-postfix-03': 'permanent kijitora@example.net',
  'lhost-postfix-05': 'temporary kijitora@example.org',
  'lhost-postfix-07': 'permanent kijitora@user.example.or.jp',
  'lhost-postfix-09': 'temporary kijitora@example.ne.jp',
  'lhost-postfix-11': 'permanent kijitora@example.jp noraneko@example.jp',
  'lhost-sendmail-01': 'permanent userunknown@bouncehammer.jp',
  'lhost-sendmail-03': 'permanent bounce0@example.org',
  'lhost-sendmail-05': 'permanent kijitora@example.org',
  'lhost-sendmail-07': 'permanent kijitora@example.org',
  'lhost-sendmail-09': 'permanent kijitora@example.co.jp',
  'lhost-sendmail-11': 'temporary kijitora@example.co.jp',
  'rfc3464-01': 'permanent userunknown@bouncehammer.jp',
  'rfc3464-03': 'permanent kijitora@example.com',
  'rfc3464-07': 'temporary kijitora@example.net',
  'rfc3464-09': 'temporary kijitora-nyaaaaaan@example.co.jp',
  'rfc3464-29': 'permanent kijitora@example.com',
  'rfc3464-35': 'permanent kijitora@nyaan.example.com mikeneko@neko.example.or.jp',
  'rfc3464-37': 'permanent kijitora@neko.nyaan.example.com',
  'rfc3464-39': 'permanent kijitora@nyaan.example.net',
  'rfc3464-43': 'temporary jp1rb6cm3@mozmail.com',
  'rfc3464-51': 'permanent kijitora@example.de',
  // Its status says nothing (4.0.0), its text that the name does not exist.
  'rfc3464-53': 'permanent sironeko@example.jp',
  'rfc3464-55': 'temporary sotoneko@nora.nyaan.jp',
  'rfc3464-57': 'permanent otsu-sakaba-hunter-neko-nyaaaaaaan@ezweb.ne.jp',
  // The same, for a domain that says that it takes no mail.
  'rfc3464-59': 'permanent neko@libsisimai.org',
  'rfc3464-61': 'permanent kijitora@example.com',
  'rfc3464-63': 'permanent libsisimai-2@googlegroups.com',
  'rfc3464-65': 'permanent kijitora@example.it',
  'rfc3834-01': 'auto_reply',
  'rfc3834-03': 'auto_reply',
  'rfc3834-05': 'auto_reply',
  'rhost-google-01': 'permanent shironeko@example.ne.jp',
  'rhost-google-03': 'permanent neko@example.co.jp',
  'rhost-google-05': 'permanent kijitora@google.example.com',
  'rhost-google-07': 'permanent kijitora-cat@google.example.com',
}

suite(`real mails${present ? '' : ' (skipped: needs ../shared/data/mail)'}`, () => {
  test('each of them was read by hand', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.eml'))
    expect(files.map((name) => name.replace(/\.eml$/, '')).sort()).toEqual(Object.keys(byHand).sort())
  })

  test.each(Object.entries(byHand))('%s is %s', async (name, expected) => {
    const { class: found, recipients } = await readMail(readFileSync(join(folder, `${name}.eml`)))
    expect([found, ...recipients].join(' ')).toBe(expected)
  })
})
