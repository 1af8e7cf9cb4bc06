import {
  audienceOf,
  claimsOf,
  type EventType,
  eventTypes,
  type NoticeClosed,
  type NoticeWithdrawn,
  setDigest,
  signToken,
} from '@noticeline/sdk/protocol'
import { addDuration } from '../deadlines/duration.ts'
import type { Fact } from '../facts/facts.ts'
import { newId } from '../facts/id.ts'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import type { Notice } from '../notices/notice.ts'
import { openItem, openNotice, readItems, readNotice } from '../notices/read-notice.ts'
import { selectChannels } from './channel-store.server.ts'
import {
  type DeliveryRow,
  insertDelivery,
  insertToken,
  lockNoticeSeq,
  selectAddressed,
  selectNewestRoot,
  selectOrganisation,
  selectTokensOfNotice,
  setNoticeSeq,
  stopTrying,
  type TokenRow,
} from './delivery-store.server.ts'
import { findStandsIn } from './find-stands-in.ts'
import { closedMessage, type Issuer, issuedMessage, withdrawnMessage } from './notice-message.ts'
import { resumeNotice } from './withhold-deliveries.ts'

type Queued = 'notice.issued' | 'item.attributed' | 'notice.withdrawn' | 'notice.closed'

/** Something was said about a notice: one delivery per addressee, signed once, with only its items. */
export async function queueDelivery(ground: Ground, fact: Fact<Queued>): Promise<void> {
  const notice = await readNotice(ground.db.read, fact.payload.noticeId)
  if (!notice) return
  switch (fact.kind) {
    case 'notice.issued':
    case 'item.attributed':
      return queueIssued(ground, notice)
    case 'notice.withdrawn':
      return queueWithdrawn(ground, notice, fact)
    case 'notice.closed':
      return queueClosed(ground, notice, fact)
  }
}

/** Whoever is addressed and does not hold all of its items yet gets them all: the newest revision is complete by itself. */
async function queueIssued(ground: Ground, notice: Notice): Promise<void> {
  if (notice.withdrawnAt || notice.closedAt) return
  const itemsOf = await addressed(ground, notice.id)
  const tokens = await selectTokensOfNotice(ground.db.read, notice.id, eventTypes.issued)
  for (const [orgId, itemIds] of itemsOf) {
    const sent = tokens.filter((token) => token.orgId === orgId)
    const held = new Set(sent.flatMap((token) => itemsIn(ground, token)))
    if (itemIds.every((itemId) => held.has(itemId))) {
      await resumeNotice(ground, notice.id, orgId)
      continue
    }
    await issueTo(ground, notice.id, orgId, itemIds, sent.length > 0)
  }
}

async function issueTo(ground: Ground, noticeId: string, orgId: string, itemIds: string[], again: boolean) {
  // Read again: the one before may have moved the revision.
  const notice = await readNotice(ground.db.read, noticeId)
  if (!notice) return
  const seq = again ? notice.seq + 1 : notice.seq
  const items = (await readItems(ground.db.read, noticeId)).filter((item) => itemIds.includes(item.id))
  const message = issuedMessage({
    notice,
    seq,
    notifier: await issuerOf(ground, notice.orgId),
    text: openNotice(ground, notice),
    items: items.map((item) => ({ item, ...openItem(ground, item) })),
    reportTo: `${ground.config.origin}/v1/reports`,
    root: (await selectNewestRoot(ground.db.read)) ?? null,
  })
  const signed = await signFor(ground, notice, { orgId, seq, type: eventTypes.issued, body: message, itemIds })
  const stored = await ground.db.transaction(async (tx) => {
    const now = await lockNoticeSeq(tx.db, noticeId)
    if (!now || now.withdrawnAt || now.closedAt) return true
    if (now.seq !== notice.seq) return false
    if (again) await setNoticeSeq(tx.db, noticeId, seq)
    await queueToken(ground, tx, notice, signed)
    return true
  })
  // Somebody spoke in between: the reaction is tried again with the revision that holds now.
  if (!stored) throw new Error('The notice moved on while its delivery was signed')
}

async function queueWithdrawn(ground: Ground, notice: Notice, { payload }: Fact<'notice.withdrawn'>): Promise<void> {
  const itemsOf = await addressed(ground, notice.id)
  for (const orgId of await recipients(ground, notice.id)) {
    const itemIds = (itemsOf.get(orgId) ?? []).filter((itemId) => payload.itemIds.includes(itemId))
    if (itemIds.length === 0) continue
    const reason = payload.reason as NoticeWithdrawn['reason']
    const message = withdrawnMessage(notice, payload.seq, itemIds, reason)
    const signed = await signFor(ground, notice, {
      orgId,
      seq: payload.seq,
      type: eventTypes.withdrawn,
      body: message,
      itemIds,
    })
    await ground.db.transaction((tx) => queueToken(ground, tx, notice, signed))
  }
  // What was taken back is not asked for any longer. Whoever holds it already is told above.
  await ground.db.transaction((tx) => stopTrying(tx.db, notice.id, eventTypes.withdrawn))
}

async function queueClosed(ground: Ground, notice: Notice, { payload }: Fact<'notice.closed'>): Promise<void> {
  const itemsOf = await addressed(ground, notice.id)
  for (const orgId of await recipients(ground, notice.id)) {
    const items = (itemsOf.get(orgId) ?? []).flatMap((id) => {
      const headline = payload.headlines[id]
      return headline === undefined ? [] : [{ id, headline: headline as NoticeClosed['items'][number]['headline'] }]
    })
    if (items.length === 0) continue
    const message = closedMessage(notice, payload.seq, items)
    const signed = await signFor(ground, notice, {
      orgId,
      seq: payload.seq,
      type: eventTypes.closed,
      body: message,
      itemIds: items.map(({ id }) => id),
    })
    await ground.db.transaction((tx) => queueToken(ground, tx, notice, signed))
  }
  await ground.db.transaction((tx) => stopTrying(tx.db, notice.id, eventTypes.closed))
}

interface Unsigned {
  orgId: string
  seq: number
  type: EventType
  body: object
  itemIds: readonly string[]
}

/** Signed once: every attempt, every poll and the archive carry these bytes, sealed at rest under a key of their own. */
export async function signFor(
  ground: Ground,
  notice: Notice,
  { orgId, seq, type, body, itemIds }: Unsigned,
): Promise<TokenRow> {
  const key = await ground.keys.current()
  const jti = newId('evt')
  const now = ground.clock.now()
  const claims = claimsOf({
    iss: ground.config.origin,
    aud: audienceOf(orgId),
    type,
    body,
    now,
    jti,
    notice: notice.id,
    submittedAt: notice.submittedAt,
  })
  const raw = await signToken(claims, key)
  const dataKey = Buffer.from(ground.vault.newKey())
  return {
    jti,
    orgId,
    noticeId: notice.id,
    seq,
    event: type,
    kid: key.kid,
    setSha256: setDigest(raw),
    dataKey,
    sealed: Buffer.from(ground.vault.seal(dataKey, `token:${jti}`, raw)),
    issuedAt: now,
    itemIds: [...itemIds],
  }
}

/**
 * Stores a signed token and queues its delivery. `waited`: the delivery it takes the place of, which has not arrived: the
 * deadline, the first offer and the steps of escalation are those of the notice and go on as they were. Answers the new
 * delivery's id, or null where the same revision was signed for the same addressee before.
 */
export async function queueToken(
  ground: Ground,
  tx: Tx,
  notice: Notice,
  token: TokenRow,
  waited: DeliveryRow | null = null,
): Promise<string | null> {
  if (!(await insertToken(tx.db, token))) return null
  const standsIn = await findStandsIn(ground, tx, token)
  const channels = await selectChannels(tx.db, token.orgId, standsIn, { now: tx.now, purposes: [] })
  const reachable = channels.push || channels.poll || channels.contact !== null
  const { noticeId, orgId, jti, seq, event, setSha256 } = token
  const deliveryId = newId('dlv')
  await insertDelivery(tx.db, {
    id: deliveryId,
    orgId,
    noticeId,
    jti,
    event,
    seq,
    state: reachable ? 'queued' : 'failed',
    lastCode: reachable ? null : 'no_channel',
    nextAttemptAt: tx.now,
    deadlineAt: addDuration(tx.now, notice.deadlineWithin),
    standsIn,
    createdAt: tx.now,
    ...(waited && goingOn(waited, reachable, tx.now)),
  })
  const facts: NewFact[] = [
    { kind: 'delivery.queued', payload: { noticeId, deliveryId, orgId, jti, seq, event, setSha256 } },
  ]
  if (!reachable) facts.push({ kind: 'delivery.failed', payload: { noticeId, deliveryId, orgId, code: 'no_channel' } })
  await recordAll(tx, noticeId, facts)
  tx.ring('deliveries')
  return deliveryId
}

/** Nothing of it where the first was queued by a clock that was ahead. */
function goingOn(waited: DeliveryRow, reachable: boolean, now: Date) {
  const firstQueuedAt = waited.firstQueuedAt ?? waited.createdAt
  if (firstQueuedAt > now || (waited.offeredAt !== null && waited.offeredAt > now)) return {}
  const { deadlineAt, offeredAt, escalated } = waited
  const state = reachable && offeredAt !== null ? { state: 'offered' } : {}
  return { firstQueuedAt, deadlineAt, offeredAt, escalated, ...state }
}

async function addressed(ground: Ground, noticeId: string): Promise<Map<string, string[]>> {
  const itemsOf = new Map<string, string[]>()
  for (const { orgId, itemId } of await selectAddressed(ground.db.read, noticeId)) {
    itemsOf.set(orgId, [...(itemsOf.get(orgId) ?? []), itemId])
  }
  return itemsOf
}

async function recipients(ground: Ground, noticeId: string): Promise<Set<string>> {
  const tokens = await selectTokensOfNotice(ground.db.read, noticeId, eventTypes.issued)
  return new Set(tokens.map((token) => token.orgId))
}

/** Our own bytes, so they are read without being verified. An erased token counts as having held nothing that is left. */
function itemsIn(ground: Ground, token: TokenRow): string[] {
  if (token.itemIds) return token.itemIds
  if (!token.dataKey || !token.sealed) return []
  const raw = ground.vault.open(token.dataKey, `token:${token.jti}`, token.sealed).toString('ascii')
  const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    events: { [type: string]: { items?: { id: string }[] } }
  }
  return (claims.events[eventTypes.issued]?.items ?? []).map((item) => item.id)
}

async function issuerOf(ground: Ground, orgId: string): Promise<Issuer> {
  const { id, name, notifierKind, country, trustedFlagger, phone } = await selectOrganisation(ground.db.read, orgId)
  const kind = notifierKind === 'hotline' || notifierKind === 'authority' ? notifierKind : 'other'
  return { id, name, kind, country, trustedFlagger, phone }
}
