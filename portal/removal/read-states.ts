import { eventTypes } from '@noticeline/sdk/protocol'
import type { Kysely } from 'kysely'
import type { DB } from '../ground/ground.ts'
import { type ItemState, itemStates } from './item-state.ts'
import { selectSources } from './sources-store.server.ts'

/** The items of some notices, or some items of them, with their four axes, as they are at `now`, or as the rows say where `now` is null. */
export async function readStates(
  db: Kysely<DB>,
  noticeIds: readonly string[],
  now: Date | null,
  itemIds?: readonly string[],
): Promise<ItemState[]> {
  return itemStates(await selectSources(db, { noticeIds, itemIds }, eventTypes.issued), now)
}
