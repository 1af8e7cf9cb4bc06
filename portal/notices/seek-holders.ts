import type { ChainFinding, ChainLink, UnattributedCode } from '../attribution/chain.ts'
import { keepAttributions, type SearchNotes } from '../attribution/keep-attributions.ts'
import { type Sought, seekChain } from '../attribution/seek-chain.ts'
import type { Fact } from '../facts/facts.ts'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { keepKnownProvider } from '../people/keep-known-provider.ts'
import { handItem } from './hand-item.ts'
import type { Item } from './notice.ts'
import { lockItem, updateItem } from './notice-store.server.ts'
import { openItem, readItems } from './read-notice.ts'
import { endSearch, lockSearch, selectDueSearches, updateSearch } from './search-store.server.ts'

/** So many hosts in one notice may go without an answer before the rest of them waits as well. */
const mostSilent = 5
/** Searches that are looked for at once. */
const atOnce = 200
/** After so long without an answer a person is asked. */
const patienceMs = 3_600_000
/** From one question to the next; a registry that says how long it wants to be left alone is heard. */
const pausesMs = [15_000, 60_000, 180_000, 600_000]

/** Nobody's proven network holds these: whoever the registry names is written to, and what stays open is the desk's. */
export async function seekHolders(ground: Ground, fact: Fact<'holder.sought'>): Promise<void> {
  await seekFor(ground, fact.payload.noticeId, fact.payload.itemIds)
}

/** By the clock: asks again where a registry gave no answer. Answers how many items. */
export async function seekDueHolders(ground: Ground): Promise<number> {
  const due = await selectDueSearches(ground.db.read, ground.clock.now(), atOnce)
  for (const noticeId of new Set(due.map((search) => search.noticeId))) {
    const itemIds = due.filter((search) => search.noticeId === noticeId).map(({ itemId }) => itemId)
    await seekFor(ground, noticeId, itemIds)
  }
  return due.length
}

/** All of a notice's items in one transaction, so that whoever answers for several gets them together. */
async function seekFor(ground: Ground, noticeId: string, itemIds: readonly string[]): Promise<void> {
  const items = (await readItems(ground.db.read, noticeId)).filter((item) => itemIds.includes(item.id) && waits(item))
  const answers = new Map<string, Sought>()
  const keys = new Map<string, string>()
  for (const item of items) {
    const { url, ip } = openItem(ground, item)
    const key = `${new URL(url).hostname} ${ip ?? ''}`
    keys.set(item.id, key)
    // A hundred items on one host are one question; and nobody is asked on and on who does not answer.
    if (answers.has(key)) continue
    const silent = [...answers.values()].filter(({ result }) => result === 'again')
    answers.set(key, silent[mostSilent - 1] ?? (await seekChain(ground, { url, ip })))
  }
  await ground.db.transaction(async (tx) => {
    const facts: NewFact[] = []
    for (const id of itemIds) {
      const item = await lockItem(tx.db, id)
      const answer = answers.get(keys.get(id) ?? '')
      if (item && waits(item) && answer) facts.push(...(await settle(ground, tx, item, answer)))
      else await endSearch(tx.db, id)
    }
    await recordAll(tx, noticeId, facts)
  })
}

function waits(item: Item): boolean {
  return (
    item.attribution === 'waiting' &&
    item.dataKey !== null &&
    item.duplicateOf === null &&
    item.withdrawnAt === null &&
    item.closedAt === null
  )
}

async function settle(ground: Ground, tx: Tx, item: Item, sought: Sought): Promise<NewFact[]> {
  switch (sought.result) {
    case 'settled': {
      const host = hostOf(sought.finding)
      if (!host || sought.finding.result !== 'attributed') return leave(ground, tx, item, sought.finding)
      return attribute(ground, tx, item, host, sought.finding, 'network')
    }
    case 'known': {
      const { company, confidence, evidence, others } = sought.known
      const { seenAddresses, search } = sought
      const orgId = await keepKnownProvider(tx, company)
      if ((await findOrganisation(tx.db, orgId))?.suspendedAt) {
        return leave(ground, tx, item, unattributed('provider_suspended', seenAddresses), search)
      }
      const head: ChainLink = { org: orgId, role: 'hosting', accountable: true, network: null, evidence }
      const chain = [head, ...others.filter(({ org }) => org !== orgId)]
      const finding = { result: 'attributed', chain, confidence, seenAddresses } as const
      return attribute(ground, tx, item, head, finding, 'registry', search)
    }
    case 'unknown':
      return leave(ground, tx, item, unattributed(sought.code, sought.seenAddresses), sought.search)
    case 'again':
      return wait(ground, tx, item, sought)
  }
}

function hostOf(finding: ChainFinding): ChainLink | null {
  if (finding.result !== 'attributed') return null
  return finding.chain.find((link) => link.role === 'hosting' && link.accountable) ?? null
}

function unattributed(code: UnattributedCode, seenAddresses: string[]) {
  return { result: 'unattributed', code, seenAddresses } as const
}

async function attribute(
  ground: Ground,
  tx: Tx,
  item: Item,
  host: ChainLink,
  finding: ChainFinding,
  by: 'network' | 'registry',
  search?: SearchNotes,
): Promise<NewFact[]> {
  const attributionId = await keep(ground, tx, item, finding, search)
  const { id: itemId, noticeId } = item
  const { org: orgId, role, accountable } = host
  await updateItem(tx.db, itemId, { attribution: 'attributed' })
  await handItem(tx, { itemId, orgId, noticeId, role, accountable })
  await endSearch(tx.db, itemId)
  return [{ kind: 'item.attributed', payload: { noticeId, itemId, orgId, attributionId, by } }]
}

/** For a person to decide, with what was found beside it. */
async function leave(
  ground: Ground,
  tx: Tx,
  item: Item,
  finding: ChainFinding,
  search?: SearchNotes,
): Promise<NewFact[]> {
  await keep(ground, tx, item, finding, search)
  const { id: itemId, noticeId } = item
  await updateItem(tx.db, itemId, { attribution: 'unattributed' })
  await endSearch(tx.db, itemId)
  const code = finding.result === 'unattributed' ? finding.code : 'no_network'
  return [{ kind: 'item.unattributed', payload: { noticeId, itemId, code } }]
}

async function wait(
  ground: Ground,
  tx: Tx,
  item: Item,
  { code, retryAfterMs }: Extract<Sought, { result: 'again' }>,
): Promise<NewFact[]> {
  const search = await lockSearch(tx.db, item.id)
  if (!search || tx.now.getTime() - search.beganAt.getTime() >= patienceMs) {
    const last = code === 'lookup_failed' ? code : 'registry_silent'
    return leave(ground, tx, item, unattributed(last, []))
  }
  const pause = Math.max(pausesMs[Math.min(search.tries, pausesMs.length - 1)] ?? 0, retryAfterMs ?? 0)
  // Never past the end of our patience, so that the desk hears of it in time.
  const nextAt = new Date(Math.min(tx.now.getTime() + pause, search.beganAt.getTime() + patienceMs))
  await updateSearch(tx.db, item.id, { nextAt, tries: search.tries + 1, lastCode: code })
  return []
}

async function keep(ground: Ground, tx: Tx, item: Item, finding: ChainFinding, search?: SearchNotes): Promise<string> {
  const { id: itemId, dataKey } = item
  if (!dataKey) throw new Error('An item that was erased is not sought')
  const [id] = await keepAttributions(tx, ground.vault, [{ itemId, dataKey, finding, ...(search && { search }) }])
  return id ?? ''
}
