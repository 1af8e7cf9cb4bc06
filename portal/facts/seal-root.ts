import { merkleRoot, rootSealedType, signToken } from '@noticeline/sdk/protocol'
import type { Kysely } from 'kysely'
import type { DB, Ground } from '../ground/ground.ts'
import {
  insertRoot,
  selectHeads,
  selectNewestRoot,
  selectNewestSignedRoot,
  setRootSigned,
} from './fact-store.server.ts'
import { newId } from './id.ts'

const day = 24 * 60 * 60 * 1000

/** Seals what all histories say now under one root. Nothing new since the last one: nothing is sealed. */
export async function sealRoot(
  ground: Ground,
): Promise<{ result: 'sealed'; root: string; leaves: number } | { result: 'unchanged' }> {
  const heads = await selectHeads(ground.db.read)
  if (heads.length === 0) return { result: 'unchanged' }
  const root = merkleRoot(heads)
  const newest = await selectNewestRoot(ground.db.read)
  if (newest?.root.equals(root)) return { result: 'unchanged' }
  const length = heads.reduce((sum, { seq }) => sum + seq, 0)
  const done = await insertRoot(ground.db.read, { at: ground.clock.now(), root, leaves: heads.length, length })
  return done ? { result: 'sealed', root: root.toString('base64url'), leaves: heads.length } : { result: 'unchanged' }
}

/** Signs the newest root, once a day: whoever changed history later would need the key of that day. */
export async function signRoot(ground: Ground): Promise<{ result: 'signed'; at: Date } | { result: 'not-yet' }> {
  const newest = await selectNewestRoot(ground.db.read)
  if (!newest || newest.signed !== null) return { result: 'not-yet' }
  const now = ground.clock.now()
  const last = await selectNewestSignedRoot(ground.db.read)
  // One from a clock that was a year ahead does not stand in the way for a year.
  if (last && Math.abs(now.getTime() - last.at.getTime()) < day) return { result: 'not-yet' }
  const { root, leaves, at } = newest
  const body = { v: 1, root: root.toString('base64url'), leaves, at: at.toISOString() }
  const claims = {
    iss: ground.config.origin,
    aud: ground.config.origin,
    iat: Math.floor(now.getTime() / 1000),
    jti: newId('evt'),
    events: { [rootSealedType]: body },
  }
  await setRootSigned(ground.db.read, at, await signToken(claims, await ground.keys.current()))
  return { result: 'signed', at }
}

/** The newest root, base64url: the `witness` of a notice. Null before the first one is sealed. */
export async function newestRoot(db: Kysely<DB>): Promise<{ root: string; at: Date; signed: string | null } | null> {
  const newest = await selectNewestRoot(db)
  return newest ? { root: newest.root.toString('base64url'), at: newest.at, signed: newest.signed } : null
}
