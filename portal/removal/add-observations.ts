import { z } from 'zod'
import { newId } from '../facts/id.ts'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import { type NewFact, recordAll } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { readItems, readNotice } from '../notices/read-notice.ts'
import { type Actor, may } from '../people/may.ts'
import { observationResults } from './observation.ts'
import { reassessItem } from './reassess-item.ts'
import { insertObservations, insertObserved, lookBy } from './removal-store.server.ts'

/** What a notifier saw itself. Nothing here is fetched by us, so its word is worth more than our looks. */
export const observationRows = z
  .array(
    z.strictObject({
      item: z.string().max(80).describe('The item that was looked at.'),
      result: z.enum(observationResults).describe('What was seen.'),
      at: z.iso
        .datetime({ message: 'An RFC 3339 instant in UTC, such as 2026-11-21T09:00:00.000Z.' })
        .describe('When it was seen.'),
      method: z.literal('analyst').default('analyst').describe('A person looked.'),
    }),
  )
  .min(1, 'At least one observation.')
  .max(1000, 'At most 1000 observations.')

const toleranceMs = 600_000

export type AddObservationsResult =
  | { result: 'recorded'; observationIds: string[] }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'unknown-notice' }
  | { result: 'forbidden' }

/** Records what a notifier's analyst saw; all rows or none. */
export async function addObservations(
  ground: Ground,
  actor: Actor,
  noticeId: string,
  rows: unknown,
  /** Called in the transaction that keeps them; what it throws undoes it. */
  written: (tx: Tx, observationIds: string[]) => Promise<void> = async () => {},
): Promise<AddObservationsResult> {
  if (actor.kind === 'nobody' || !may(actor, 'observations.add')) return { result: 'forbidden' }
  const parsed = observationRows.safeParse(rows)
  if (!parsed.success) return { result: 'invalid', errors: inputErrorsOf(parsed.error) }
  return ground.db.transaction(async (tx): Promise<AddObservationsResult> => {
    const notice = await readNotice(tx.db, noticeId)
    if (!notice || !may(actor, 'observations.add', { orgId: notice.orgId })) return { result: 'unknown-notice' }
    const items = new Map((await readItems(tx.db, noticeId)).map((item) => [item.id, item]))
    const latest = tx.now.getTime() + toleranceMs
    const errors = parsed.data.flatMap((row, index): InputError[] => {
      if (!items.has(row.item)) {
        return [{ pointer: `/${index}/item`, code: 'unknown_item', message: 'There is no such item in this notice.' }]
      }
      if (Date.parse(row.at) > latest) {
        return [{ pointer: `/${index}/at`, code: 'in_future', message: 'This lies in the future.' }]
      }
      return []
    })
    if (errors.length > 0) return { result: 'invalid', errors }
    const made = parsed.data.map((row) => ({
      id: newId('obs'),
      itemId: row.item,
      method: row.method,
      result: row.result,
      confidence: 'high' as const,
      at: new Date(Math.min(Date.parse(row.at), tx.now.getTime())),
      orgId: actor.orgId,
      recordedAt: tx.now,
    }))
    await insertObservations(tx.db, made)
    const seen = [...new Set(made.map((row) => row.itemId))]
    await insertObserved(tx.db, seen, tx.now)
    const facts: NewFact[] = []
    for (const itemId of seen) {
      const item = items.get(itemId)
      if (!item) continue
      for (const { id, method, result } of made.filter((row) => row.itemId === itemId)) {
        facts.push({ kind: 'item.observed', payload: { noticeId, itemId, observationId: id, method, result } })
      }
      facts.push(...(await reassessItem(ground, tx, { noticeId, itemId, scope: item.scope })).facts)
    }
    await lookBy(tx.db, seen, tx.now)
    await recordAll(tx, noticeId, facts)
    const observationIds = made.map((row) => row.id)
    await written(tx, observationIds)
    return { result: 'recorded', observationIds }
  })
}
