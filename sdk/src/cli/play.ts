import { eventTypes, type ItemsReported, readMessage } from '../protocol.ts'
import { fromStored, shortType } from '../receiver/stored.ts'
import { newTestId } from '../testing/statements.ts'
import type { Issued, TakenReport, TestPortal } from '../testing/test-portal.ts'

/** What can be triggered. Everything after the first goes on from a notice that is issued for it. */
export const events = [
  'notice.issued',
  'notice.corrected',
  'notice.withdrawn',
  'deadline.changed',
  'notice.closed',
  'dispute.answered',
  'hash.recalled',
  'verification',
  'stream-updated',
  'unknown',
] as const
export type EventName = (typeof events)[number]

export interface Plan {
  readonly event: EventName
  /** Addresses of the items. */
  readonly urls: readonly string[]
  /** Members that stand instead of the invented ones. */
  readonly body: Readonly<Record<string, unknown>>
  /** How often each token is pushed. */
  readonly copies: number
  /** Last first. */
  readonly reversed: boolean
  readonly skew: number
  readonly json: boolean
}

/** Issues and pushes what was planned; answers come to the one that carries pushes. */
export async function play(portal: TestPortal, plan: Plan): Promise<readonly Issued[]> {
  portal.misbehave({
    copies: plan.copies,
    clockSkew: plan.skew,
    mediaType: plan.json ? 'application/json' : 'application/secevent+jwt',
    hold: plan.reversed,
  })
  try {
    const issued = await issuedFor(portal, plan)
    if (plan.reversed) {
      await portal.release('reversed')
      for (const { raw } of issued) for (let copy = 1; copy < plan.copies; copy += 1) await portal.push(raw)
    }
    return issued
  } finally {
    portal.misbehave({ copies: 1, clockSkew: 0, mediaType: 'application/secevent+jwt', hold: false })
  }
}

async function issuedFor(portal: TestPortal, { event, urls, body }: Plan): Promise<Issued[]> {
  if (event === 'verification') return [await portal.verification()]
  if (event === 'stream-updated') {
    return [await portal.send({ type: eventTypes.streamUpdated, body: { status: 'enabled', ...body } })]
  }
  if (event === 'hash.recalled') {
    const recalled = { v: 1, entry: newTestId('ent'), list: 'test', seq: 1, reason: 'An invented case for a test.' }
    return [await portal.send({ type: eventTypes.hashRecalled, body: { ...recalled, ...body } })]
  }
  const { items: given, ...members } = event === 'notice.issued' ? body : {}
  const items = Array.isArray(given) ? given : urls.map((url) => ({ url }))
  const first = await portal.issue({ ...members, items })
  const { notice } = first
  const sent = [first, ...(event === 'notice.issued' ? [] : [await next()])]
  return sent

  function next(): Promise<Issued> {
    const type = event === 'unknown' ? 'urn:noticeline:event:something.new' : typeOf(event)
    return portal.send({ type, body: { ...invented(), ...body, notice: notice.notice }, notice: notice.notice })
  }

  function invented(): Record<string, unknown> {
    const ids = notice.items.map(({ id }) => id)
    const about = { v: 1, notice: notice.notice, seq: notice.seq + 1 }
    const reason = 'An invented case for a test.'
    switch (event) {
      case 'notice.corrected':
        return { ...about, items: notice.items, changed: ['/items/0/url'], reason }
      case 'notice.withdrawn':
        return { ...about, items: ids, reason: 'error', restore: true }
      case 'deadline.changed':
        return { ...about, items: ids, due: '2030-01-01T00:00:00.000Z', reason }
      case 'notice.closed':
        return { ...about, items: ids.map((id) => ({ id, headline: 'removed_verified' })) }
      case 'dispute.answered':
        return { v: 1, notice: notice.notice, dispute: newTestId('dsp'), state: 'upheld', reasons: reason }
      default:
        return about
    }
  }
}

function typeOf(event: EventName): string {
  return Object.values(eventTypes).find((type) => shortType(type) === event) ?? event
}

export interface Named {
  readonly type: string
  readonly jti: string
  readonly notice: string | null
  readonly seq: number | null
  readonly items: readonly string[]
}

/** What is told of a token: ids, and no address. It was not verified here, so nothing that is no id is repeated. */
export function nameOf(raw: string): Named {
  const none: Named = { type: 'unreadable', jti: '-', notice: null, seq: null, items: [] }
  try {
    const token = fromStored(raw)
    const reading = readMessage(token)
    const body = reading.read === 'message' ? reading.message : {}
    const { jti, txn } = token.claims
    return {
      type: idOnly(shortType(token.event.type).replace(/^https:\/\/schemas\.openid\.net\/.*\//, '')),
      jti: idOnly(jti),
      notice: txn === undefined ? null : idOnly(txn),
      seq: 'seq' in body ? (body.seq ?? null) : null,
      items: 'items' in body ? body.items.map((item) => (typeof item === 'string' ? item : item.id)) : [],
    }
  } catch {
    return none
  }
}

function idOnly(text: string): string {
  return /^[a-z0-9_.:-]{1,100}$/i.test(text) ? text : '[no id]'
}

export interface Reported {
  readonly type: TakenReport['type']
  readonly notice: string | null
  readonly results: readonly Pick<ItemsReported['results'][number], 'item' | 'outcome' | 'by' | 'at'>[]
}

export function reportedBy(report: TakenReport): Reported {
  const { type, message } = report
  if (type === 'notice.received') return { type, notice: message.notice ?? null, results: [] }
  const results = message.results.map(({ item, outcome, by, at }) => ({ item, outcome, by, at }))
  return { type, notice: message.notice, results }
}

/** One line for a person. */
export function lineFor({ type, notice, results }: Reported): string {
  const what = results.map(({ item, outcome, by }) => `${item} ${outcome} (${by})`).join(', ')
  return [type, notice ?? '', what].filter((word) => word !== '').join(' ')
}
