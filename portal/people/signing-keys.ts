import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'

/** A key that the platform signs with, signed with, or will. */
export interface SigningKeyView {
  kid: string
  state: 'next' | 'current' | 'retired' | 'revoked'
  notBefore: string
  notAfter: string | null
  revokedAt: string | null
}

type Archived = JsonWebKey & { kid: string; not_before: string; not_after: string | null; revoked_at: string | null }

/** Every key there ever was, the newest first: what `/.well-known/jwks-archive.json` tells everybody. */
export async function findSigningKeys(
  ground: Ground,
  actor: Actor,
): Promise<{ result: 'found'; keys: SigningKeyView[] } | { result: 'forbidden' }> {
  if (!may(actor, 'keys.read')) return { result: 'forbidden' }
  const { kid: current } = await ground.keys.current()
  const { keys } = await ground.keys.archive()
  const now = ground.clock.now().toISOString()
  const stateOf = (key: Archived): SigningKeyView['state'] => {
    if (key.revoked_at !== null) return 'revoked'
    if (key.kid === current) return 'current'
    return key.not_before > now ? 'next' : 'retired'
  }
  return {
    result: 'found',
    keys: (keys as Archived[])
      .map((key) => ({
        kid: key.kid,
        state: stateOf(key),
        notBefore: key.not_before,
        notAfter: key.not_after,
        revokedAt: key.revoked_at,
      }))
      .reverse(),
  }
}

/** So much of its id has to be typed, that nobody does it by a slip of the hand. */
export const typedLength = 8

/**
 * The key that signs fell into other hands, or may have: it and the next one, which lay beside it, are revoked, another
 * signs from now on, and every open notice is signed anew (`reissueRevoked`). The archive says since when. What was
 * decided stands before what it does, so that it is known whose decision it was.
 */
export async function replaceSigningKey(
  ground: Ground,
  actor: Actor,
  typed: string,
): Promise<{ result: 'replaced' | 'not-that-key' | 'forbidden' }> {
  if (actor.kind !== 'person' || !may(actor, 'keys.replace')) return { result: 'forbidden' }
  const { kid } = await ground.keys.current()
  if (typed.trim() !== kid.slice(0, typedLength)) return { result: 'not-that-key' }
  const { personId } = actor
  await ground.db.transaction((tx) => record(tx, 'keys', 'key.compromised', { kid, personId }))
  await ground.keys.rotate({ compromised: true })
  return { result: 'replaced' }
}
