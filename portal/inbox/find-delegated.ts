import { type DelegationView, delegationsTo } from '../attribution/find-delegations.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { openItem, openNotice, readItem, readNotice } from '../notices/read-notice.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, type Delegated, may } from '../people/may.ts'
import { takesPart } from '../people/person.ts'
import type { Headline } from '../removal/headline.ts'
import { countDelegated, selectDelegatedItem, selectDelegatedItems } from './delegated-store.server.ts'
import { defang } from './reveal-item.ts'

const mostItems = 200

export interface ShownPart {
  id: string
  holder: { id: string; name: string }
  part: string
  sees: Delegated['sees']
  endsAt: Date
  open: number
  ended: number
  /** Null where the holder lets one see how many, and no more. */
  items: DelegatedItem[] | null
  /** Whether whoever asks may see an address here. */
  mayReveal: boolean
}

export interface DelegatedItem {
  itemId: string
  headline: Headline
  handling: string
  clock: string
  scope: string
  category: string
  regime: string
  dueAt: string | null
  endedAt: string | null
  updatedAt: string
}

/**
 * What happens in the parts of networks that were handed on to an organisation, as far as each holder allows, until its
 * date: how many items, or which and by when. Neither who reported them nor what was said to the holder alone.
 */
export async function findDelegated(
  ground: Ground,
  actor: Actor,
): Promise<{ result: 'found'; parts: ShownPart[] } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody' || !may(actor, 'delegated.count')) return { result: 'forbidden' }
  const { orgId } = actor
  const { read } = ground.db
  const handed = await handedOn(ground, actor)
  const shown = handed.filter(({ object }) => may(actor, 'delegated.count', object))
  const listed = shown.filter(({ object }) => may(actor, 'delegated.items', object)).map(({ view }) => view.id)
  const counts = await countDelegated(read, orgId)
  const items = await selectDelegatedItems(read, orgId, listed, mostItems)
  const parts = shown.map(({ view, object }): ShownPart => {
    const { open = 0, ended = 0 } = counts.get(view.id) ?? {}
    const rows = items.filter(({ delegationId }) => delegationId === view.id)
    return {
      id: view.id,
      holder: { id: view.orgId, name: view.orgName },
      part: view.part,
      sees: view.sees,
      endsAt: view.endsAt,
      open,
      ended,
      items: listed.includes(view.id) ? rows.map(viewOf) : null,
      mayReveal: may(actor, 'delegated.reveal', object),
    }
  })
  return { result: 'found', parts }
}

export type DelegatedRevealed =
  | {
      result: 'revealed'
      item: {
        itemId: string
        defanged: string
        url: string
        ip: string | null
        port: number | null
        hashes: { [algorithm: string]: string }
        mayBeForwarded: string | null
      }
    }
  | { result: 'unknown-item' | 'erased' | 'forbidden' | 'invalid-purpose' }

const purposes = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,59}$/u

/**
 * Shows a reseller where an item stands, where the holder allows addresses, and leaves one line for each time. Of what the
 * notifier wrote it gets what may be passed on to a customer, and nothing else.
 */
export async function revealDelegated(
  ground: Ground,
  actor: Actor,
  itemId: string,
  purpose: string,
): Promise<DelegatedRevealed> {
  if (actor.kind === 'nobody' || !may(actor, 'delegated.reveal')) return { result: 'forbidden' }
  if (!purposes.test(purpose)) return { result: 'invalid-purpose' }
  const { orgId } = actor
  const handed = await handedOn(ground, actor)
  return ground.db.transaction(async (tx): Promise<DelegatedRevealed> => {
    const place = await selectDelegatedItem(tx.db, orgId, itemId)
    const object = handed.find(({ view }) => view.id === place?.delegationId)?.object
    // That it is there at all is what the holder may keep from it.
    if (!place || !object || !may(actor, 'delegated.reveal', object)) return { result: 'unknown-item' }
    const item = await readItem(tx.db, itemId)
    const notice = await readNotice(tx.db, place.noticeId)
    if (!item || !notice) return { result: 'unknown-item' }
    if (!item.dataKey || !item.sealed) return { result: 'erased' }
    const { url, ip, port, hashes } = openItem(ground, item)
    const { mayBeForwarded } = openNotice(ground, notice)
    await record(tx, notice.id, 'item.revealed', {
      noticeId: notice.id,
      itemId,
      orgId,
      personId: actor.kind === 'person' ? actor.personId : null,
      apiTokenId: actor.kind === 'program' ? actor.apiTokenId : null,
      purpose,
    })
    const known = Object.entries(hashes).filter(([, hash]) => hash !== undefined)
    const shown = { itemId, defanged: defang(url), url, ip, port, hashes: Object.fromEntries(known), mayBeForwarded }
    return { result: 'revealed', item: shown }
  })
}

/** What was handed on to whoever asks, with what is asked of `may` about it. */
async function handedOn(
  ground: Ground,
  actor: Exclude<Actor, { kind: 'nobody' }>,
): Promise<{ view: DelegationView; object: { delegation: Delegated } }[]> {
  const own = await findOrganisation(ground.db.read, actor.orgId)
  const taken = await delegationsTo(ground, actor.orgId)
  return taken.map((view) => ({
    view,
    object: {
      delegation: {
        toOrgId: view.toOrgId,
        sees: view.sees,
        inForce: view.state === 'in_force',
        takesPart: own !== null && takesPart(own),
      },
    },
  }))
}

function viewOf(row: Awaited<ReturnType<typeof selectDelegatedItems>>[number]): DelegatedItem {
  const { delegationId: _, headline, dueAt, endedAt, updatedAt, ...rest } = row
  return {
    ...rest,
    headline: headline as Headline,
    dueAt: dueAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    updatedAt: updatedAt.toISOString(),
  }
}
