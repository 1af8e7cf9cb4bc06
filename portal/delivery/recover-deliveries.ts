import { z } from 'zod'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { makeAllDueAgain } from './resend-store.server.ts'

/** The body of `POST /v1/deliveries/recover`. */
export const recoverInput = z
  .strictObject({
    since: z.iso
      .datetime({ offset: true })
      .max(40)
      .describe('An RFC 3339 instant from which on everything is sent again; there is no limit on age.'),
  })
  .describe('What a receiver asks for that lost what it stored.')

export type Recovered =
  | { result: 'queued'; count: number }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'forbidden' }

/**
 * Sends everything again that was first queued since then, however old: the same bytes, oldest deadline first, two at a
 * time as always. Asked twice, it answers the same count, and what waits already is sent once.
 */
export async function recoverDeliveries(ground: Ground, actor: Actor, input: unknown): Promise<Recovered> {
  if (actor.kind === 'nobody' || !may(actor, 'deliveries.resend')) return { result: 'forbidden' }
  const { orgId } = actor
  const read = recoverInput.safeParse(input)
  if (!read.success) return { result: 'invalid', errors: inputErrorsOf(read.error) }
  const since = new Date(read.data.since)
  if (since > ground.clock.now()) {
    return {
      result: 'invalid',
      errors: [{ pointer: '/since', code: 'in_future', message: 'This lies in the future.' }],
    }
  }
  return ground.db.transaction(async (tx): Promise<Recovered> => {
    const count = await makeAllDueAgain(tx.db, orgId, since, tx.now)
    tx.ring('deliveries')
    if (count > 0) await record(tx, orgId, 'deliveries.recovered', { orgId, since: since.toISOString(), count })
    return { result: 'queued', count }
  })
}
