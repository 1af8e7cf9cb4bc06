import { newId } from '../facts/id.ts'
import type { Ground } from '../ground/ground.ts'
import { insertSignIn, lockPersonByEmail } from './people-store.server.ts'
import { normaliseEmail } from './person.ts'
import { signInToken } from './sign-in.ts'

/**
 * Makes a link without mailing it, for whoever starts the portal: the demo prints its cast's. It works once, like every
 * other. Refused in production, where a link goes to its mailbox and nowhere else. Unless told otherwise it stands for a
 * second factor as well, since whoever can print it holds the whole machine.
 */
export function prepareSignIn(
  ground: Ground,
  input: { email: string; livesMs: number; assurance?: 1 | 2 },
): Promise<{ result: 'prepared'; token: string; expiresAt: Date } | { result: 'unknown-person' | 'forbidden' }> {
  if (ground.config.mode === 'production') return Promise.resolve({ result: 'forbidden' })
  return ground.db.transaction(async (tx) => {
    const person = await lockPersonByEmail(tx.db, normaliseEmail(input.email))
    if (!person) return { result: 'unknown-person' }
    const signInId = newId('sgn')
    const expiresAt = new Date(tx.now.getTime() + input.livesMs)
    const assurance = input.assurance ?? 2
    await insertSignIn(tx.db, { id: signInId, personId: person.id, requestedAt: tx.now, expiresAt, assurance })
    return { result: 'prepared', token: signInToken(ground, signInId), expiresAt }
  })
}
