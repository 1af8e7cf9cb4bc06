import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { openItem, openNotice, readAddressees, readItem, readNotice } from '../notices/read-notice.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { takesPart } from '../people/person.ts'
import type { RevealedItem } from './views.ts'

export type Revealed =
  | { result: 'revealed'; item: RevealedItem }
  | { result: 'unknown-item' }
  /** The address was destroyed with its key. */
  | { result: 'erased' }
  | { result: 'forbidden' }
  /** The purpose goes into the history, so it is a short word or phrase and can hold no address. */
  | { result: 'invalid-purpose' }

const purposes = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,59}$/u

/** Shows where an item stands, to somebody who may know it, and leaves one line for each time. */
export async function revealItem(ground: Ground, actor: Actor, itemId: string, purpose: string): Promise<Revealed> {
  if (actor.kind === 'nobody' || !may(actor, 'items.reveal')) return { result: 'forbidden' }
  if (!purposes.test(purpose)) return { result: 'invalid-purpose' }
  // Whoever claims a company sees, until it is admitted, what the mailed link shows, and no address by any other way.
  const asking = await findOrganisation(ground.db.read, actor.orgId)
  if (!asking || (actor.orgKind === 'provider' && !takesPart(asking))) return { result: 'forbidden' }
  return ground.db.transaction(async (tx): Promise<Revealed> => {
    const item = await readItem(tx.db, itemId)
    const notice = item && (await readNotice(tx.db, item.noticeId))
    if (!item || !notice) return { result: 'unknown-item' }
    const addressees = (await readAddressees(tx.db, { itemId })).map((one) => one.orgId)
    if (!may(actor, 'items.reveal', { orgId: item.orgId, addressees })) return { result: 'unknown-item' }
    if (!item.dataKey || !item.sealed) return { result: 'erased' }
    const { url, ip, port, hashes } = openItem(ground, item)
    const text = openNotice(ground, notice)
    // What is for the provider only is not for its customer; whoever gets here is the provider, the notifier or the desk.
    await record(tx, notice.id, 'item.revealed', {
      noticeId: notice.id,
      itemId,
      orgId: actor.orgId,
      personId: actor.kind === 'person' ? actor.personId : null,
      apiTokenId: actor.kind === 'program' ? actor.apiTokenId : null,
      purpose,
    })
    return {
      result: 'revealed',
      item: {
        itemId,
        noticeId: notice.id,
        defanged: defang(url),
        url,
        ip,
        port,
        hashes: Object.fromEntries(Object.entries(hashes).filter(([, hash]) => hash !== undefined)),
        reasons: text.grounds?.reasons ?? null,
        legalBasis: text.grounds?.legalBasis ?? [],
        forProviderOnly: text.forProviderOnly,
        mayBeForwarded: text.mayBeForwarded,
      },
    }
  })
}

/** Readable, and nothing that a screen, a chat or a mailbox makes a link of. */
export function defang(url: string): string {
  const scheme = url.slice(0, url.indexOf('://'))
  const [host = '', ...path] = url.slice(scheme.length + 3).split('/')
  return `${scheme.replace('tt', 'xx')}://${host.replaceAll('.', '[.]')}${['', ...path].join('/')}`
}
