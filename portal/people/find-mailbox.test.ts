import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { findMailbox } from './find-mailbox.ts'

const at = '2026-11-22T09:00:00.000Z'
const mail = (id: string, minute: number) => ({
  id,
  sentAt: new Date(Date.parse(at) + minute * 60_000),
  recipient: 'desk@teal.example',
  subject: `Mail ${id}`,
  body: 'A pointer.',
})

test('the mailbox is read newest first, and no further than asked', () =>
  withGround(at, { config: { mode: 'demo' } }, async (ground) => {
    const written = [mail('mal_1', 0), mail('mal_2', 5), mail('mal_3', 2)]
    await ground.db.read.insertInto('mailbox').values(written).execute()
    const found = await findMailbox(ground, 2)
    if (found.result !== 'found') throw new Error(found.result)
    expect(found.mails.map((one) => one.id)).toEqual(['mal_2', 'mal_3'])
    expect(found.mails[0]).toMatchObject({ sentAt: '2026-11-22T09:05:00.000Z', recipient: 'desk@teal.example' })
  }))

test('in production there is no mailbox, whatever its table holds', () =>
  withGround(at, { config: { mode: 'production' } }, async (ground) => {
    await ground.db.read.insertInto('mailbox').values(mail('mal_1', 0)).execute()
    expect(await findMailbox(ground)).toEqual({ result: 'no-mailbox' })
  }))
