import { readAddress } from '../attribution/address.ts'
import type { ChainFinding, ChainLink } from '../attribution/chain.ts'
import { findChain } from '../attribution/find-chain.ts'
import { keepAttributions } from '../attribution/keep-attributions.ts'
import { normaliseUrl } from '../attribution/locator.ts'
import { normOf } from '../deadlines/norms.ts'
import { newId } from '../facts/id.ts'
import type { InputError } from '../facts/input-error.ts'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { takesPart } from '../people/person.ts'
import { beginSearch, seeks } from './begin-search.ts'
import { lockLocators } from './locator-lock-store.server.ts'
import type { NoticeSubmission, Origin, Regime } from './notice.ts'
import { servedRegimes } from './notice.ts'
import { fitsOneBody } from './notice-size.ts'
import { insertAddressees, insertItems, insertNotice, selectOpenItemsAt } from './notice-store.server.ts'
import { type InvalidCode, type ReadSubmission, readSubmission } from './read-submission.ts'

export interface SubmitOptions {
  origin: Origin
  /** What is served at this edge; orders and rehearsals come in by doors of their own. */
  regimes?: readonly Regime[]
  /** Called in the transaction that writes the notice; what it throws undoes it. */
  written?: (tx: Tx, written: { noticeId: string; pending: number }) => Promise<void>
}

export type Submitted =
  /** `pending`: how many items still wait for somebody to say who answers for them. */
  | { result: 'submitted'; noticeId: string; pending: number }
  | { result: 'invalid'; code: InvalidCode; errors: InputError[] }
  | { result: 'forbidden' }

/** How many names are looked up side by side. */
const lookupsAtOnce = 25

/**
 * Takes a notice: reads it as a whole, looks up who answers for each item, then writes everything in one transaction.
 * Either all of it is there afterwards or nothing.
 */
export function submitNotice(ground: Ground, actor: Actor, input: unknown, options: SubmitOptions): Promise<Submitted> {
  return ground.traces.span(
    'submit',
    actor.kind === 'nobody' ? {} : { orgId: actor.orgId },
    () => take(ground, actor, input, options),
    (taken) => ({ code: taken.result, ...(taken.result === 'submitted' ? { noticeId: taken.noticeId } : {}) }),
  )
}

async function take(ground: Ground, actor: Actor, input: unknown, options: SubmitOptions): Promise<Submitted> {
  if (actor.kind === 'nobody' || !may(actor, 'notices.submit')) return { result: 'forbidden' }
  const notifier = await findOrganisation(ground.db.read, actor.orgId)
  if (!notifier || !takesPart(notifier)) return { result: 'forbidden' }
  const read = readSubmission(input, {
    regimes: options.regimes ?? servedRegimes,
    allowedRanges: ground.config.allowedRanges,
    notifierKind: notifier.notifierKind,
    now: ground.clock.now(),
  })
  if (!read.ok) return { result: 'invalid', code: read.code, errors: read.errors }
  // Without a key to sign with nothing could be sent to anybody: better refused than held by us unseen.
  await ground.keys.current()
  const findings = await findAll(ground, read)
  if (!fits(read, findings)) {
    const message = 'What one provider would be sent is larger than 256 KiB. Submit fewer items at once.'
    return { result: 'invalid', code: 'too_large', errors: [{ pointer: '/items', code: 'too_large', message }] }
  }
  return ground.db.transaction(async (tx) => {
    const written = await writeNotice(ground, tx, notifier.id, read, findings, options.origin)
    await options.written?.(tx, written)
    return written
  })
}

/** The same name is asked for once, so that a hundred items on one host are one look-up. */
async function findAll(ground: Ground, { notice, urls }: ReadSubmission): Promise<ChainFinding[]> {
  const questions = new Map<string, { url: string; ip: string | null; answer: ChainFinding | null }>()
  const keys = urls.map((url, index) => {
    const ip = notice.items[index]?.ip ?? null
    const key = `${new URL(url).hostname} ${ip ?? ''}`
    if (!questions.has(key)) questions.set(key, { url, ip, answer: null })
    return key
  })
  const waiting = [...questions.values()]
  const askNext = async (): Promise<void> => {
    for (let question = waiting.shift(); question; question = waiting.shift()) {
      question.answer = await findChain(ground, question)
    }
  }
  await Promise.all(Array.from({ length: Math.min(lookupsAtOnce, waiting.length) }, askNext))
  return keys.map((key) => questions.get(key)?.answer as ChainFinding)
}

/** Items nobody is found for may all turn out to be one provider's, so they are counted as one. */
function fits({ notice, urls }: ReadSubmission, findings: readonly ChainFinding[]): boolean {
  const itemsOf = new Map<string, number[]>()
  for (const [index, finding] of findings.entries()) {
    const orgId = hostOf(finding)?.org ?? ''
    itemsOf.set(orgId, [...(itemsOf.get(orgId) ?? []), index])
  }
  return [...itemsOf.values()].every((indexes) => fitsOneBody(notice, urls, indexes))
}

function hostOf(finding: ChainFinding | undefined): ChainLink | null {
  if (finding?.result !== 'attributed') return null
  return finding.chain.find((link) => link.role === 'hosting' && link.accountable) ?? null
}

async function writeNotice(
  ground: Ground,
  tx: Tx,
  orgId: string,
  read: ReadSubmission,
  findings: readonly ChainFinding[],
  origin: Origin,
): Promise<Extract<Submitted, { result: 'submitted' }>> {
  const { notice } = read
  const noticeId = newId('ntc')
  await insertNotice(tx.db, { ...noticeRow(ground, noticeId, notice), orgId, origin, submittedAt: tx.now })
  const items = await itemRows(ground, tx, noticeId, orgId, read, findings)
  await insertItems(
    tx.db,
    items.map((item) => item.row),
  )
  const attributionIds = await keepAttributions(
    tx,
    ground.vault,
    items.map(({ row, finding }) => ({ itemId: row.id, dataKey: row.dataKey, finding })),
  )
  // A duplicate is linked, not sent: whoever answers for it is asked about the same address already.
  const addressed = items.flatMap(({ row, host }) => (host && row.duplicateOf === null ? [{ row, host }] : []))
  await insertAddressees(
    tx.db,
    addressed.map(({ row, host }) => ({
      itemId: row.id,
      orgId: host.org,
      noticeId,
      role: host.role,
      accountable: host.accountable,
      createdAt: tx.now,
    })),
  )
  const facts: NewFact[] = [
    {
      kind: 'notice.issued',
      payload: {
        noticeId,
        orgId,
        regime: notice.regime,
        itemIds: items.map(({ row }) => row.id),
        attributed: items.flatMap(({ row, host }, index) =>
          host ? [{ itemId: row.id, orgId: host.org, attributionId: attributionIds[index] ?? '' }] : [],
        ),
        duplicates: items.flatMap(({ row }) => (row.duplicateOf ? [{ itemId: row.id, of: row.duplicateOf }] : [])),
      },
    },
  ]
  const sought = items.filter(({ row }) => row.attribution === 'waiting').map(({ row }) => row.id)
  const unattributed = items.flatMap(({ row, finding }) =>
    finding.result === 'unattributed' && row.attribution === 'unattributed' && row.duplicateOf === null
      ? [{ noticeId, itemId: row.id, code: finding.code }]
      : [],
  )
  for (const payload of unattributed) facts.push({ kind: 'item.unattributed', payload })
  if (sought.length > 0) facts.push(await beginSearch(tx, noticeId, sought))
  await recordAll(tx, noticeId, facts)
  return { result: 'submitted', noticeId, pending: unattributed.length + sought.length }
}

function noticeRow(ground: Ground, noticeId: string, notice: NoticeSubmission) {
  const norm = normOf(notice.regime)
  const dataKey = Buffer.from(ground.vault.newKey())
  const { grounds } = notice
  const text = {
    grounds: grounds
      ? { reasons: grounds.reasons, legalBasis: grounds.legal_basis, goodFaith: grounds.good_faith }
      : null,
    forProviderOnly: notice.for_provider_only ?? null,
    mayBeForwarded: notice.may_be_forwarded ?? null,
  }
  const { basis, until } = notice.disclosure ?? {}
  const silence = basis === undefined || until === undefined ? {} : { basis, until: new Date(until).toISOString() }
  const reference = notice.preservation?.reference
  return {
    id: noticeId,
    regime: notice.regime,
    category: notice.category,
    legalClass: notice.legal_class ?? null,
    reference: notice.reference ?? null,
    assessedAt: notice.assessed_at === undefined ? null : new Date(notice.assessed_at),
    binding: norm.binding,
    deadlineWithin: notice.deadline?.within ?? norm.within,
    onObstacle: norm.onObstacle,
    deemedReceipt: norm.deemedReceipt,
    preservation: { basis: notice.preservation?.basis ?? 'none', ...(reference === undefined ? {} : { reference }) },
    disclosure: { allowed: notice.disclosure?.allowed ?? true, ...silence },
    dataKey,
    sealed: Buffer.from(ground.vault.seal(dataKey, `notice:${noticeId}`, JSON.stringify(text))),
  } as const
}

async function itemRows(
  ground: Ground,
  tx: Tx,
  noticeId: string,
  orgId: string,
  { notice, urls }: ReadSubmission,
  findings: readonly ChainFinding[],
) {
  const macs = urls.map((url) => ground.vault.mac('locator', normaliseUrl(url)))
  const like = { category: notice.category, binding: normOf(notice.regime).binding }
  if (notice.regime !== 'test') await lockLocators(tx.db, macs)
  const open = notice.regime === 'test' ? [] : await selectOpenItemsAt(tx.db, macs, like)
  const firstAt = new Map<string, string>()
  const keyOf = (mac: Buffer, scope: string) => `${mac.toString('base64')} ${scope}`
  for (const item of open) {
    const key = keyOf(item.locatorMac, item.scope)
    if (!firstAt.has(key)) firstAt.set(key, item.id)
  }
  return notice.items.map((item, position) => {
    const id = newId('itm')
    const locatorMac = macs[position] as Buffer
    const finding = findings[position] as ChainFinding
    const key = keyOf(locatorMac, item.scope)
    const duplicateOf = firstAt.get(key) ?? null
    if (duplicateOf === null) firstAt.set(key, id) // the same address twice in one notice is one address
    const dataKey = Buffer.from(ground.vault.newKey())
    const contents = {
      url: urls[position],
      ip: item.ip === undefined ? null : (readAddress(item.ip)?.text ?? null),
      port: item.port ?? null,
      hashes: item.hashes ?? {},
    }
    const row = {
      id,
      noticeId,
      orgId,
      position,
      scope: item.scope,
      seenAt: item.seen_at === undefined ? null : new Date(item.seen_at),
      dataKey,
      sealed: Buffer.from(ground.vault.seal(dataKey, `item:${id}`, JSON.stringify(contents))),
      locatorMac,
      duplicateOf,
      parentItemId: null,
      attribution: duplicateOf === null && seeks(ground, notice.regime, finding) ? 'waiting' : finding.result,
    } as const
    return { row, finding, host: hostOf(finding) }
  })
}
