import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { collectMail } from '../people/collect-mail.ts'
import * as build from '../testing/build/delivery.ts'
import { bounce, returnPath } from '../testing/build/returned-mail.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function maildir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'noticeline-maildir-'))
  folders.push(folder)
  for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(folder, name))
  return folder
}

test('what waits in the Maildir is read once and moved to where read mail is', () => {
  const mailIncoming = maildir()
  return build.withLine(
    '2026-11-21T10:00:00.000Z',
    async (ground, on) => {
      await build.contact(ground, on.provider.orgId)
      await build.issuedNotice(ground, on)
      const path = returnPath(ground, ground.caught.mail.at(-1)?.id ?? '')
      writeFileSync(join(mailIncoming, 'new', '1.bounce.mx'), bounce(path))
      writeFileSync(join(mailIncoming, 'new', '2.newsletter.mx'), 'Subject: Offers\n\nBuy.')
      writeFileSync(join(mailIncoming, 'new', '.hidden'), 'x')
      mkdirSync(join(mailIncoming, 'new', 'folder'))
      writeFileSync(join(mailIncoming, 'tmp', '3.half.mx'), bounce(path))
      expect(await collectMail(ground)).toBe(2)
      expect(await collectMail(ground)).toBe(0)
      expect(readdirSync(join(mailIncoming, 'cur')).sort()).toEqual(['1.bounce.mx:2,S', '2.newsletter.mx:2,S'])
      expect(await ground.db.read.selectFrom('mails').select(['state', 'code']).execute()).toEqual([
        { state: 'returned', code: '5.1.1' },
      ])
      expect(readdirSync(join(mailIncoming, 'tmp'))).toEqual(['3.half.mx'])
    },
    { mailIncoming },
  )
})

test('a folder that is not there holds nothing', () =>
  build.withLine('2026-11-21T10:00:00.000Z', async (ground) => expect(await collectMail(ground)).toBe(0), {
    mailIncoming: join(tmpdir(), 'noticeline-no-such-folder'),
  }))
