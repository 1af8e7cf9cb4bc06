import { z } from 'zod'
import type { InputError } from '../facts/input-error.ts'
import type { Ground } from '../ground/ground.ts'
import { revealItem } from '../inbox/reveal-item.ts'
import type { RevealedItem } from '../inbox/views.ts'
import { may, type ProgramActor } from '../people/may.ts'

export const revealQuery = z.strictObject({
  reveal: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,59}$/u, 'A word or a few for the purpose: letters, digits, spaces, - and _.')
    .optional()
    .describe('What for, in a word such as `removal`; it is recorded. Needs the scope items:reveal.'),
})

export type Revealed =
  | { result: 'revealed'; items: ReadonlyMap<string, RevealedItem> }
  | {
      result: 'refused'
      code: 'scope_missing' | 'forbidden' | 'not_found' | 'invalid_parameter'
      errors?: InputError[]
    }

/** One line in the history for each item that is shown. */
export async function revealItems(
  ground: Ground,
  actor: ProgramActor,
  itemIds: readonly string[],
  purpose: string,
): Promise<Revealed> {
  if (!may(actor, 'items.reveal')) {
    return { result: 'refused', code: actor.scopes.includes('items:reveal') ? 'forbidden' : 'scope_missing' }
  }
  const items = new Map<string, RevealedItem>()
  for (const itemId of itemIds) {
    const revealed = await revealItem(ground, actor, itemId, purpose)
    if (revealed.result === 'revealed') items.set(itemId, revealed.item)
  }
  return { result: 'revealed', items }
}
