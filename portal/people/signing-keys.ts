import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { isFresh } from './session.ts'

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
 * A key fell into other hands, or may have: it is revoked, and every open notice that it signed is signed anew
 * (`reissueRevoked`). Where it is the one that signs, the next one goes with it and another signs from now on. The archive
 * says since when. For a person of the desk who has just shown who they are. `typed`: how the key's id begins.
 */
export async function replaceSigningKey(
  ground: Ground,
  actor: Actor,
  typed: string,
): Promise<{ result: 'replaced' | 'not-that-key' | 'not-fresh' | 'forbidden' }> {
  if (actor.kind !== 'person' || !may(actor, 'keys.replace')) return { result: 'forbidden' }
  if (!(await isFresh(ground, actor))) return { result: 'not-fresh' }
  const given = typed.trim()
  if (given.length !== typedLength) return { result: 'not-that-key' }
  const { result } = await giveUpKey(ground, given, actor.personId)
  return { result: result === 'given-up' ? 'replaced' : 'not-that-key' }
}

/**
 * The same for whoever may run commands beside the portal, which need not run, or to whose desk nobody can sign in any
 * more: it takes the database and the wrapping key. What was decided stands before what it does, so that it is known
 * whose decision it was.
 */
export async function giveUpKey(
  ground: Ground,
  beginning: string,
  personId: string | null,
): Promise<{ result: 'given-up'; kid: string } | { result: 'not-one-key' }> {
  const { keys } = await ground.keys.archive()
  const [key, ...others] = (keys as Archived[]).filter(
    ({ kid, revoked_at }) => revoked_at === null && kid.startsWith(beginning),
  )
  if (!key || others.length > 0 || beginning.length < typedLength) return { result: 'not-one-key' }
  const { kid } = key
  await ground.db.transaction((tx) => record(tx, 'keys', 'key.compromised', { kid, personId }))
  return (await ground.keys.revoke(kid)) ? { result: 'given-up', kid } : { result: 'not-one-key' }
}
