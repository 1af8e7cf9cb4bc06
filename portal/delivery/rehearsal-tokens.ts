import {
  audienceOf,
  claimsOf,
  type EventType,
  eventTypes,
  generateKey,
  setDigest,
  signToken,
} from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import type { Ground } from '../ground/ground.ts'
import { outgoing } from './notice-message.ts'
import type { RehearsalTokenRow } from './rehearsal-store.server.ts'

export interface Rehearsed {
  id: string
  orgId: string
  noticeId: string
  itemId: string
}

/**
 * Everything a rehearsal sends, signed once and before anything is sent. The address in it is invented and cannot exist:
 * whatever a handler does with it, it does to nothing.
 */
export async function signRehearsal(ground: Ground, rehearsed: Rehearsed): Promise<RehearsalTokenRow[]> {
  const { orgId, noticeId, itemId } = rehearsed
  const aud = audienceOf(orgId)
  const stray = () => ({ noticeId: newId('ntc'), itemId: newId('itm') })
  const [forgery, strange] = [stray(), stray()]
  const issued = await sign(ground, aud, eventTypes.issued, noticeId, issuedMessage(ground, orgId, noticeId, itemId))
  const withdrawn = await sign(ground, aud, eventTypes.withdrawn, noticeId, {
    v: 1,
    notice: noticeId,
    seq: 2,
    items: [itemId],
    reason: 'error',
    restore: true,
  })
  const forged = await sign(
    ground,
    aud,
    eventTypes.issued,
    forgery.noticeId,
    issuedMessage(ground, orgId, forgery.noticeId, forgery.itemId),
  )
  const stranger = await sign(
    ground,
    audienceOf(newId('org')),
    eventTypes.issued,
    strange.noticeId,
    issuedMessage(ground, orgId, strange.noticeId, strange.itemId),
  )
  const plain = await sign(ground, aud, eventTypes.verification, null, {})
  const rows = {
    plain,
    forged: { ...forged, raw: await forge(forged.raw) },
    stranger,
    notice: issued,
    withdrawal: withdrawn,
  }
  return Object.entries(rows).map(([kind, { jti, raw }]) => ({
    jti,
    rehearsalId: rehearsed.id,
    kind,
    setSha256: setDigest(raw),
    raw,
  }))
}

function issuedMessage(ground: Ground, orgId: string, noticeId: string, itemId: string) {
  return outgoing(eventTypes.issued, {
    v: 1,
    notice: noticeId,
    seq: 1,
    reference: 'REHEARSAL',
    regime: 'test',
    binding: false,
    category: 'csam',
    legal_class: 'not_disclosed',
    notifier: { id: orgId, kind: 'other', name: 'Noticeline rehearsal', trusted_flagger: false },
    grounds: { reasons: 'A rehearsal that you asked for. There is nothing at this address.' },
    items: [
      {
        id: itemId,
        url: `https://rehearsal.example/${itemId}.jpg`,
        scope: 'file',
        seen_at: ground.clock.now().toISOString(),
      },
    ],
    deadline: { from: 'receipt', within: 'PT1H', on_obstacle: 'none' },
    preservation: { basis: 'none' },
    disclosure: { allowed: true },
    report_to: `${ground.config.origin}/v1/reports`,
  })
}

async function sign(ground: Ground, aud: string, type: EventType, noticeId: string | null, body: object) {
  const now = ground.clock.now()
  const jti = newId('evt')
  const notice = noticeId === null ? {} : { notice: noticeId, submittedAt: now }
  const claims = claimsOf({ iss: ground.config.origin, aud, type, body, now, jti, ...notice })
  return { jti, raw: await signToken(claims, await ground.keys.current()) }
}

/** Everything as it should be but the signature, which is by another key: only whoever verifies notices. */
async function forge(raw: string): Promise<string> {
  const { kid, privateJwk } = await generateKey('sig')
  const [header, payload] = raw.split('.')
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'))
  const signature = (await signToken(claims, { kid, privateJwk })).split('.')[2]
  return `${header}.${payload}.${signature}`
}
