import { newId } from '../facts/id.ts'
import type { Ground } from '../ground/ground.ts'
import { insertSignIn, lockPersonByEmail } from './people-store.server.ts'
import { normaliseEmail } from './person.ts'
import { signInToken } from './sign-in.ts'

/**
 * Makes a link for somebody without mailing it: for the demo, which prints its links where only this machine sees them.
 * Answers the token of the link; it opens the door once.
 */
export function prepareSignIn(
  ground: Ground,
  input: { email: string; livesMs: number },
): Promise<{ result: 'prepared'; token: string } | { result: 'unknown-person' }> {
  return ground.db.transaction(async (tx) => {
    const person = await lockPersonByEmail(tx.db, normaliseEmail(input.email))
    if (!person) return { result: 'unknown-person' }
    const signInId = newId('sgn')
    const expiresAt = new Date(tx.now.getTime() + input.livesMs)
    await insertSignIn(tx.db, { id: signInId, personId: person.id, requestedAt: tx.now, expiresAt })
    return { result: 'prepared', token: signInToken(ground, signInId) }
  })
}
