import { eventTypes, type ItemOutcome, type ItemsReported, setDigest } from '@noticeline/sdk/protocol'
import { receiveByReport } from '../delivery/accept-receipt.ts'
import { findRehearsed, keepRehearsedReport } from '../delivery/accept-rehearsed.ts'
import { newId } from '../facts/id.ts'
import type { InputError } from '../facts/input-error.ts'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { closeItem } from '../notices/close-item.ts'
import type { Addressee, Item, Notice } from '../notices/notice.ts'
import { pauseClock } from '../notices/pause-clock.ts'
import { readAddressees, readItems, readNotice } from '../notices/read-notice.ts'
import { reopenClock } from '../notices/reopen-clock.ts'
import { resumeClock } from '../notices/resume-clock.ts'
import { returnItem } from '../notices/return-item.ts'
import { stopClock } from '../notices/stop-clock.ts'
import { endsItem, type Reporter } from './outcome.ts'
import { reassessItem } from './reassess-item.ts'
import { insertOutcomes, insertReport, type OutcomeRow, selectOutcomes, selectReport } from './removal-store.server.ts'

const toleranceMs = 600_000

export type AcceptedOutcomes =
  | { result: 'recorded'; reportId: string }
  | { result: 'already-recorded'; reportId: string }
  | { result: 'unknown-notice' }
  | { result: 'not-addressed-to-you' }
  | { result: 'invalid'; errors: InputError[] }

/**
 * What a provider did, item by item: all of it holds, or none. Every item must be addressed to the organisation that
 * reports. All reports are kept; per item the one received last holds.
 */
export function acceptOutcomes(
  ground: Ground,
  reporter: Reporter,
  report: ItemsReported,
  /** Called in the transaction that keeps the report; what it throws undoes it. */
  written: (tx: Tx, reportId: string) => Promise<void> = async () => {},
): Promise<AcceptedOutcomes> {
  return ground.db.transaction(async (tx): Promise<AcceptedOutcomes> => {
    const known = reporter.jti === undefined ? undefined : await selectReport(tx.db, reporter.orgId, reporter.jti)
    if (known && known.setSha256 === digestOf(reporter)) return { result: 'already-recorded', reportId: known.id }
    if (known) {
      ground.log.warn('report under a known jti says something else', { orgId: reporter.orgId, reportId: known.id })
      const message = 'Another statement was made under this jti. A statement is never changed; make a new one.'
      return { result: 'invalid', errors: [{ pointer: '', code: 'jti_reused', message }] }
    }
    const notice = await readNotice(tx.db, report.notice)
    if (!notice) return acceptRehearsed(tx, reporter, report)
    const addressees = await readAddressees(tx.db, { noticeId: notice.id, orgId: reporter.orgId })
    if (addressees.length === 0) return { result: 'not-addressed-to-you' }
    const items = await readItems(tx.db, notice.id)
    const errors = check(report, notice, items, addressees, tx.now)
    if (errors.length > 0) return { result: 'invalid', errors }
    const accepted = await write(ground, tx, reporter, report, notice, items, addressees)
    if (accepted.result === 'recorded') await written(tx, accepted.reportId)
    return accepted
  })
}

/** Held to the same as any other, so that who passes a rehearsal passes the real thing. */
async function acceptRehearsed(tx: Tx, reporter: Reporter, report: ItemsReported): Promise<AcceptedOutcomes> {
  const rehearsed = await findRehearsed(tx, report.notice, reporter.orgId)
  if (!rehearsed) return { result: 'unknown-notice' }
  const { id, itemId, seq, withdrawnAt } = rehearsed
  const errors = check(report, { seq }, [{ id: itemId, withdrawnAt }], [{ itemId }], tx.now)
  return keepRehearsedReport(tx, id, reporter, errors)
}

function check(
  report: ItemsReported,
  notice: Pick<Notice, 'seq'>,
  items: readonly Pick<Item, 'id' | 'withdrawnAt'>[],
  addressees: readonly Pick<Addressee, 'itemId'>[],
  now: Date,
): InputError[] {
  const errors: InputError[] = []
  const wrong = (pointer: string, code: string, message: string) => errors.push({ pointer, code, message })
  if (report.seq > notice.seq) wrong('/seq', 'unknown_revision', 'There is no such revision of this notice.')
  const ours = new Set(addressees.map((one) => one.itemId))
  const latest = now.getTime() + toleranceMs
  const seen = new Set<string>()
  for (const [index, result] of report.results.entries()) {
    const at = (member: string) => `/results/${index}/${member}`
    const item = items.find((one) => one.id === result.item)
    // One answer for what is somebody else's and for what is nobody's: which of the two is not told.
    if (!item || !ours.has(item.id)) wrong(at('item'), 'not_addressed_to_you', 'No such item in what was sent to you.')
    else if (result.outcome === 'reinstated' && item.withdrawnAt === null)
      wrong(at('outcome'), 'not_withdrawn', 'Only what was withdrawn is put back.')
    if (seen.has(result.item)) wrong(at('item'), 'repeated_item', 'One result an item.')
    seen.add(result.item)
    if (Date.parse(result.at) > latest) wrong(at('at'), 'in_future', 'This lies in the future.')
    if (result.since !== undefined && Date.parse(result.since) > latest)
      wrong(at('since'), 'in_future', 'This lies in the future.')
    if (result.of !== undefined && (result.of === result.item || !ours.has(result.of)))
      wrong(at('of'), 'unknown_item', 'No other such item in this notice.')
  }
  return errors
}

async function write(
  ground: Ground,
  tx: Tx,
  reporter: Reporter,
  report: ItemsReported,
  notice: Notice,
  items: readonly Item[],
  addressees: readonly Addressee[],
): Promise<AcceptedOutcomes> {
  const { orgId, grade } = reporter
  const reportId = await keepReport(ground, tx, reporter, report)
  await receiveByReport(tx, reporter, notice.id)
  const before = await selectOutcomes(
    tx.db,
    report.results.map((result) => result.item),
  )
  const rows = report.results.map((result) => outcomeRow(ground, tx, reporter, report, reportId, result, items))
  await insertOutcomes(tx.db, rows)
  for (const row of rows) {
    const addressee = addressees.find((one) => one.itemId === row.itemId)
    const last = before.filter((one) => one.itemId === row.itemId && one.orgId === orgId).at(-1)
    if (addressee) await moveClock(tx, notice, grade, addressee, row, last)
  }
  // A claim may be the second method that looks were waiting for, or be contradicted by one that was made already.
  const following: NewFact[] = []
  for (const { itemId } of rows) {
    const item = items.find((one) => one.id === itemId)
    if (!item || item.withdrawnAt) continue
    following.push(...(await reassessItem(ground, tx, { noticeId: notice.id, itemId, scope: item.scope })).facts)
  }
  const outcomes = rows.map(({ itemId, code, at }) => ({ itemId, code, at: at.toISOString() }))
  await recordAll(tx, notice.id, [
    { kind: 'outcome.reported', payload: { noticeId: notice.id, reportId, orgId, grade, outcomes } },
    ...following,
  ])
  return { result: 'recorded', reportId }
}

async function moveClock(
  tx: Tx,
  notice: Notice,
  grade: Reporter['grade'],
  addressee: Addressee,
  row: OutcomeRow,
  last: OutcomeRow | undefined,
): Promise<void> {
  const { itemId, orgId } = row
  // Only a signed statement says when; what was typed in counts from when it was typed.
  const at = grade === 'signed' && row.at < tx.now ? row.at : tx.now
  const ends = endsItem(row, notice.regime)
  if (last?.code === 'cannot_execute' && row.code !== 'cannot_execute') {
    await resumeClock(tx, { itemId, orgId, at })
  }
  if (row.code === 'cannot_execute' && last?.code !== 'cannot_execute') {
    await pauseClock(tx, { itemId, orgId, reason: row.reason ?? 'technical', at })
  }
  if (ends) {
    await stopClock(tx, { itemId, orgId, at })
    if (row.code === 'duplicate') await closeItem(tx, itemId)
    if (row.code === 'not_hosted_here' && addressee.accountable) await returnItem(tx, itemId)
  } else if (last && endsItem(last, notice.regime) && addressee.endedAt !== null && row.code !== 'reinstated') {
    await reopenClock(tx, { itemId, orgId })
  }
}

function outcomeRow(
  ground: Ground,
  tx: Tx,
  reporter: Reporter,
  report: ItemsReported,
  reportId: string,
  result: ItemOutcome,
  items: readonly Item[],
): OutcomeRow {
  const id = newId('out')
  const dataKey = items.find((item) => item.id === result.item)?.dataKey ?? null
  const { collateral, note, preserved } = result
  const free = collateral !== undefined || note !== undefined || preserved !== undefined
  return {
    id,
    reportId,
    itemId: result.item,
    orgId: reporter.orgId,
    noticeId: report.notice,
    seq: report.seq,
    code: result.outcome,
    at: new Date(result.at),
    by: result.by,
    reason: result.reason ?? null,
    since: result.since === undefined ? null : new Date(result.since),
    territory: result.territory ?? null,
    // A name of somebody downstream is free text of theirs; only an id of ours stands open.
    downstream: result.downstream?.startsWith('org_') ? result.downstream : null,
    ofItem: result.of ?? null,
    also: result.also ?? null,
    scopeApplied: result.scope_applied ?? null,
    policeInformed: result.police_informed ?? null,
    sealed:
      dataKey && (free || result.downstream !== undefined)
        ? Buffer.from(
            ground.vault.seal(
              dataKey,
              `outcome:${id}`,
              JSON.stringify({ collateral, note, preserved, downstream: result.downstream }),
            ),
          )
        : null,
    recordedAt: tx.now,
  }
}

/** Kept as it came: the signed bytes are the evidence. Free text in it may name what it should not, so it is sealed. */
async function keepReport(ground: Ground, tx: Tx, reporter: Reporter, report: ItemsReported): Promise<string> {
  const id = newId('rpt')
  const dataKey = Buffer.from(ground.vault.newKey())
  const inserted = await insertReport(tx.db, {
    id,
    orgId: reporter.orgId,
    noticeId: report.notice,
    seq: report.seq,
    event: eventTypes.reported,
    grade: reporter.grade,
    jti: reporter.jti ?? null,
    kid: reporter.kid ?? null,
    setSha256: digestOf(reporter),
    personId: reporter.personId ?? null,
    dataKey,
    sealed: Buffer.from(ground.vault.seal(dataKey, `report:${id}`, reporter.raw ?? JSON.stringify(report))),
    recordedAt: tx.now,
  })
  // The same report came twice at once: the other one is being written, so this one starts again and finds it.
  if (!inserted) throw Object.assign(new Error('The report is being recorded already'), { code: '40001' })
  return id
}

function digestOf(reporter: Reporter): string | null {
  return reporter.raw === undefined ? null : setDigest(reporter.raw)
}
