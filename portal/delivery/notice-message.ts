import {
  checkOutgoing,
  type EventType,
  eventTypes,
  type NoticeClosed,
  type NoticeIssued,
  type NoticeWithdrawn,
} from '@noticeline/sdk/protocol'
import type { Item, Notice } from '../notices/notice.ts'
import type { NoticeText } from '../notices/read-notice.ts'

/** What of an item is sealed at rest. */
export interface OpenedItem {
  item: Item
  url: string
  ip: string | null
  port: number | null
  hashes: { [algorithm: string]: string | undefined }
}

export interface Issuer {
  id: string
  name: string
  kind: 'hotline' | 'authority' | 'other'
  country: string
  trustedFlagger: boolean
  phone: string | null
}

export interface IssuedParts {
  notice: Notice
  seq: number
  notifier: Issuer
  text: NoticeText
  items: readonly OpenedItem[]
  reportTo: string
  root: { root: Uint8Array; at: Date } | null
}

/** Notice → wire message, with the items of one addressee and nobody else's. */
export function issuedMessage({ notice, seq, notifier, text, items, reportTo, root }: IssuedParts): NoticeIssued {
  const { grounds } = text
  return outgoing(eventTypes.issued, {
    v: 1,
    notice: notice.id,
    seq,
    ...optional('reference', notice.reference),
    regime: notice.regime,
    binding: notice.binding,
    category: notice.category,
    ...optional('legal_class', notice.legalClass),
    notifier: {
      id: notifier.id,
      kind: notifier.kind,
      name: notifier.name,
      country: notifier.country,
      trusted_flagger: notifier.trustedFlagger,
      ...optional('phone', notifier.phone),
    },
    ...(grounds && {
      grounds: {
        ...optional('reasons', grounds.reasons),
        ...optional('legal_basis', grounds.legalBasis),
        ...optional('good_faith', grounds.goodFaith),
      },
    }),
    items: items.map(wireItem),
    deadline: { from: 'receipt', within: notice.deadlineWithin, on_obstacle: notice.onObstacle },
    preservation: { basis: notice.preservation.basis, ...optional('reference', notice.preservation.reference) },
    disclosure: {
      allowed: notice.disclosure.allowed,
      ...optional('basis', notice.disclosure.basis),
      ...optional('until', notice.disclosure.until),
    },
    ...optional('for_provider_only', text.forProviderOnly),
    ...optional('may_be_forwarded', text.mayBeForwarded),
    report_to: reportTo,
    ...(root && {
      witness: { root: Buffer.from(root.root).toString('base64url'), at: root.at.toISOString() },
    }),
  })
}

function wireItem({ item, url, ip, port, hashes }: OpenedItem): NoticeIssued['items'][number] {
  return {
    id: item.id,
    url,
    ...optional('ip', ip),
    ...optional('port', port),
    scope: item.scope,
    ...(Object.values(hashes).some((hash) => hash !== undefined) && { hashes }),
    ...(item.seenAt && { seen_at: item.seenAt.toISOString() }),
  }
}

export function withdrawnMessage(
  notice: Notice,
  seq: number,
  itemIds: readonly string[],
  reason: NoticeWithdrawn['reason'],
): NoticeWithdrawn {
  // With a police hold the material stays where it is; in every other case what was taken down goes back.
  const restore = reason !== 'police_hold'
  return outgoing(eventTypes.withdrawn, { v: 1, notice: notice.id, seq, items: [...itemIds], reason, restore })
}

export function closedMessage(notice: Notice, seq: number, items: NoticeClosed['items']): NoticeClosed {
  return outgoing(eventTypes.closed, { v: 1, notice: notice.id, seq, items: [...items] })
}

type SignedAgain = (NoticeIssued | NoticeWithdrawn | NoticeClosed) & { seq: number }

/** What a token of our own says, as the next revision: for one that nobody takes in any longer. */
export function messageAgain(
  raw: string,
  type: EventType,
  { seq, reissueOf, root }: { seq: number; reissueOf: string; root: IssuedParts['root'] },
): { body: object; itemIds: string[] } {
  const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    events: { [type: string]: SignedAgain }
  }
  const said = claims.events[type]
  if (!said) throw new Error('A token of ours says something else than its row')
  const itemIds = said.items.map((item) => (typeof item === 'string' ? item : item.id))
  if (type !== eventTypes.issued) return { body: outgoing(type, { ...said, seq }), itemIds }
  const witness = root && { root: Buffer.from(root.root).toString('base64url'), at: root.at.toISOString() }
  return { body: outgoing(type, { ...said, seq, reissue_of: reissueOf, ...(witness && { witness }) }), itemIds }
}

/** Senders are held to the documented members. What fails here is a mistake of ours, and says where without quoting. */
export function outgoing<T extends object>(type: EventType, message: T): T {
  const checked = checkOutgoing(type, message)
  if (checked.ok) return message
  const where = checked.errors.map((error) => `${error.pointer} ${error.code}`).join(', ')
  throw new Error(`The message would not be the documented one: ${where}`)
}

function optional<K extends string, V>(name: K, value: V | null | undefined): { [name in K]?: V } {
  return (value === null || value === undefined ? {} : { [name]: value }) as { [name in K]?: V }
}
