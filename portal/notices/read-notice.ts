import type { Kysely } from 'kysely'
import type { LocatorContents } from '../attribution/locator.ts'
import type { DB, Ground } from '../ground/ground.ts'
import type { Addressee, Item, Notice } from './notice.ts'
import { selectAddressees, selectItem, selectItems, selectNotice } from './notice-store.server.ts'

/** One notice, or null. Takes `ground.db.read` or the `db` of a transaction, as do the two below. */
export function readNotice(db: Kysely<DB>, noticeId: string): Promise<Notice | null> {
  return selectNotice(db, noticeId)
}

/** The items of a notice in their order. */
export function readItems(db: Kysely<DB>, noticeId: string): Promise<Item[]> {
  return selectItems(db, noticeId)
}

export function readItem(db: Kysely<DB>, itemId: string): Promise<Item | null> {
  return selectItem(db, itemId)
}

/** Who is addressed by a notice, or by one of its items. */
export function readAddressees(
  db: Kysely<DB>,
  of: { noticeId: string; orgId?: string } | { itemId: string; orgId?: string },
): Promise<Addressee[]> {
  return selectAddressees(db, of)
}

/** What of a notice is sealed at rest. */
export interface NoticeText {
  grounds: { reasons?: string; legalBasis?: string[]; goodFaith?: boolean } | null
  forProviderOnly: string | null
  mayBeForwarded: string | null
}

const noText: NoticeText = { grounds: null, forProviderOnly: null, mayBeForwarded: null }

/** Opens the free texts. After erasure there are none. */
export function openNotice(
  ground: Pick<Ground, 'vault'>,
  notice: Pick<Notice, 'id' | 'dataKey' | 'sealed'>,
): NoticeText {
  if (!notice.dataKey || !notice.sealed) return noText
  return JSON.parse(ground.vault.open(notice.dataKey, `notice:${notice.id}`, notice.sealed).toString('utf8'))
}

/** Opens where an item stands. What comes back goes to whoever is addressed and nowhere else. Throws after erasure. */
export function openItem(
  ground: Pick<Ground, 'vault'>,
  item: Pick<Item, 'id' | 'dataKey' | 'sealed'>,
): LocatorContents {
  if (!item.dataKey || !item.sealed) throw new Error(`Item ${item.id} was erased`)
  return JSON.parse(ground.vault.open(item.dataKey, `item:${item.id}`, item.sealed).toString('utf8'))
}
