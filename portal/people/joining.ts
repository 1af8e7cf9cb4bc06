import { timingSafeEqual } from 'node:crypto'
import type { Ground } from '../ground/ground.ts'
import { digestOfSecret } from './secret.ts'

/** A company nobody knew joins; one that is known from a registry is claimed; the desk invites. */
export const joiningKinds = ['join', 'claim', 'invitation'] as const
export type JoiningKind = (typeof joiningKinds)[number]

const hour = 3_600_000

/** How long a mailed link works. */
export const joiningLives: Record<JoiningKind, number> = {
  join: 24 * hour,
  claim: 24 * hour,
  invitation: 14 * 24 * hour,
}

/** More than one mistyped word, less than a flood into somebody's mailbox. */
export const linksPerMailbox = { count: 3, within: hour }
export const linksForAll = { count: 300, within: 5 * 60_000 }

/** The secret of a mailed link is made again from its id, so nothing in the database opens a door. */
export function joiningToken(ground: Pick<Ground, 'vault'>, joiningId: string): string {
  return `${joiningId}.${ground.vault.derive('joining', joiningId)}`
}

/** The id in a token of ours; null for anything else. */
export function readJoiningToken(ground: Pick<Ground, 'vault'>, token: string): string | null {
  const joiningId = /^(jng_[0-9a-z]{26})\.[A-Za-z0-9_-]{43}$/.exec(token)?.[1]
  if (!joiningId) return null
  return timingSafeEqual(digestOfSecret(token), digestOfSecret(joiningToken(ground, joiningId))) ? joiningId : null
}

export type JoiningState = 'valid' | 'unknown' | 'expired' | 'consumed'

export function stateOfJoining(joining: { consumedAt: Date | null; expiresAt: Date } | null, now: Date): JoiningState {
  if (!joining) return 'unknown'
  if (joining.consumedAt) return 'consumed'
  return joining.expiresAt <= now ? 'expired' : 'valid'
}
