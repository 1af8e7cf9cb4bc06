import { expect, test } from 'vitest'
import { acceptMail } from '../people/accept-mail.ts'
import { mailedNotice } from '../testing/build/answer.ts'
import * as build from '../testing/build/delivery.ts'
import { bounce, returnPath } from '../testing/build/returned-mail.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { confirmByLink } from './confirm-by-link.ts'
import { markSilent } from './mark-silent.ts'

const start = '2026-11-21T10:00:00.000Z'
const stateOf = async (ground: TestGround) =>
  (await ground.db.read.selectFrom('mails').select('state').executeTakeFirstOrThrow()).state

test('a pointer after which nothing came is silent after three days, once, and an answer still counts', () =>
  build.withLine(start, async (ground, on) => {
    const { noticeId, token } = await mailedNotice(ground, on)
    ground.clock.set('2026-11-24T09:59:00.000Z')
    expect([await markSilent(ground), await stateOf(ground)]).toEqual([0, 'sent'])
    ground.clock.set('2026-11-24T10:00:00.000Z')
    expect([await markSilent(ground), await markSilent(ground), await stateOf(ground)]).toEqual([1, 0, 'silent'])
    expect(await ground.facts.kinds(noticeId)).toContain('mail.silent')
    await confirmByLink(ground, token, noticeId)
    expect(await stateOf(ground)).toBe('answered')
  }))

test('what came back, or was received another way, is not silent', () =>
  build.withLine(start, async (ground, on) => {
    await mailedNotice(ground, on)
    await acceptMail(ground, bounce(returnPath(ground, ground.caught.mail.at(-1)?.id ?? '')))
    ground.clock.set('2026-12-01T10:00:00.000Z')
    expect([await markSilent(ground), await stateOf(ground)]).toEqual([0, 'returned'])
    await ground.db.read.updateTable('mails').set({ state: 'sent' }).execute()
    await ground.db.read.updateTable('deliveries').set({ receivedAt: ground.clock.now() }).execute()
    expect(await markSilent(ground)).toBe(0)
  }))
