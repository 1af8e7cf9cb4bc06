import { eventTypes, type NoticeReceived } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import type { InputError } from '../facts/input-error.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import type { Reporter } from './delivery.ts'
import { insertStatement, selectByNotice, selectByToken, selectStatementByJti } from './rehearsal-store.server.ts'

/** More than any receiver has to say about one notice. */
const mostKept = 40

/** A receipt for a token of a rehearsal. It moves no clock and counts for nothing; it stands on the card. */
export async function acceptRehearsedReceipt(
  tx: Tx,
  reporter: Reporter,
  message: NoticeReceived,
): Promise<{ result: 'recorded' | 'already-recorded' | 'unknown-token' | 'contested' | 'not-addressed-to-you' }> {
  const token = await selectByToken(tx.db, message.ref)
  if (!token) return { result: 'unknown-token' }
  if (token.orgId !== reporter.orgId) return { result: 'not-addressed-to-you' }
  if (await wasSaid(tx, token.id, reporter)) return { result: 'already-recorded' }
  const fits = message.set_sha256 === token.setSha256
  const said = {
    event: 'receipt',
    ref: message.ref,
    code: fits ? null : 'digest',
    statedAt: new Date(message.received_at),
  }
  await keep(tx, token.id, reporter, said)
  return { result: fits ? 'recorded' : 'contested' }
}

/** What a report about this notice is held against, where it is the notice of a rehearsal of this provider. */
export async function findRehearsed(
  tx: Tx,
  noticeId: string,
  orgId: string,
): Promise<{ id: string; itemId: string; seq: number; withdrawnAt: Date | null } | null> {
  const row = await selectByNotice(tx.db, noticeId)
  if (row?.orgId !== orgId) return null
  const { id, itemId, withdrawnAt } = row
  return { id, itemId, seq: withdrawnAt ? 2 : 1, withdrawnAt }
}

/** A report about the notice of a rehearsal, with what is wrong about it. Nothing of what it says about items is kept. */
export async function keepRehearsedReport(
  tx: Tx,
  rehearsalId: string,
  reporter: Reporter,
  errors: readonly InputError[],
): Promise<
  { result: 'recorded' | 'already-recorded'; reportId: string } | { result: 'invalid'; errors: InputError[] }
> {
  const known = await wasSaid(tx, rehearsalId, reporter)
  if (known) return { result: 'already-recorded', reportId: known }
  const code = errors.length === 0 ? null : 'refused'
  const reportId = await keep(tx, rehearsalId, reporter, { event: 'report', ref: null, code, statedAt: null })
  return errors.length === 0 ? { result: 'recorded', reportId } : { result: 'invalid', errors: [...errors] }
}

/**
 * A statement that was refused before anybody knew whose it is. Its own words say which rehearsal it means, and nothing
 * but the card of that rehearsal hears of it: they are not verified, and only the endpoint knows the ids in them.
 */
export async function noteRefusedStatement(ground: Ground, raw: string, err: string): Promise<void> {
  const said = readUnverified(raw)
  if (!said) return
  await ground.db.transaction(async (tx) => {
    const rehearsal =
      said.ref === null ? await selectByNotice(tx.db, said.notice ?? '') : await selectByToken(tx.db, said.ref)
    if (rehearsal?.state !== 'running') return
    const code = err === 'invalid_key' ? 'signature' : err === 'invalid_audience' ? 'audience' : 'refused'
    await insertStatement(
      tx.db,
      {
        id: newId('rpt'),
        rehearsalId: rehearsal.id,
        orgId: rehearsal.orgId,
        jti: null,
        ref: said.ref,
        event: said.event,
        grade: 'refused',
        code,
        statedAt: null,
        recordedAt: tx.now,
      },
      mostKept,
    )
  })
}

interface Said {
  event: string
  ref: string | null
  code: string | null
  statedAt: Date | null
}

async function keep(tx: Tx, rehearsalId: string, reporter: Reporter, said: Said): Promise<string> {
  const id = newId('rpt')
  const grade = said.code !== null ? 'refused' : reporter.grade === 'signed' ? 'signed' : 'authenticated'
  const jti = reporter.jti ?? null
  await insertStatement(
    tx.db,
    { id, rehearsalId, orgId: reporter.orgId, jti, ...said, grade, recordedAt: tx.now },
    mostKept,
  )
  return id
}

async function wasSaid(tx: Tx, rehearsalId: string, reporter: Reporter): Promise<string | null> {
  if (reporter.jti === undefined) return null
  return (await selectStatementByJti(tx.db, rehearsalId, reporter.jti))?.id ?? null
}

function readUnverified(raw: string): { event: string; ref: string | null; notice: string | null } | null {
  try {
    const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const received = claims.events?.[eventTypes.received]
    const reported = claims.events?.[eventTypes.reported]
    if (isId(received?.ref)) return { event: 'receipt', ref: received.ref, notice: null }
    if (isId(reported?.notice)) return { event: 'report', ref: null, notice: reported.notice }
    return null
  } catch {
    return null
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z]{3}_[0-9a-z]{26}$/.test(value)
}
