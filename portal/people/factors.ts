import { randomBytes } from 'node:crypto'
import type { FactorKind } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import {
  countRecoveryCodes,
  deletePasskey,
  deleteTotp,
  lockTries,
  replaceRecoveryCodes,
  selectPasskeys,
  selectTotp,
  setTries,
} from './factor-store.server.ts'
import { assuranceNeeded, mayChangeFactors, type PersonActor } from './may.ts'
import { lockPerson, selectMemberships } from './people-store.server.ts'
import type { NotifierKind, OrgKind } from './person.ts'
import { digestOfSecret } from './secret.ts'
import { endSessions } from './session.ts'
import { setSessionAssured } from './session-store.server.ts'

const minute = 60_000

/** As many as one mistypes; then a wait that makes guessing six digits take years. */
const triesAllowed = 5
const waitAfterwards = 15 * minute
const recoveryCodeCount = 10

export interface Factors {
  /** An app that makes codes: none, waiting for its first code, or in use. */
  totp: 'none' | 'waiting' | 'on'
  passkeys: { id: string; name: string; createdAt: Date; lastUsedAt: Date | null }[]
  recoveryCodesLeft: number
  /** Whether one of the person's organisations asks for a second factor. */
  required: boolean
}

/** What somebody has set up. */
export async function findFactors(ground: Ground, actor: PersonActor): Promise<Factors> {
  const { read } = ground.db
  const totp = await selectTotp(read, actor.personId)
  const passkeys = await selectPasskeys(read, actor.personId)
  return {
    totp: totp ? (totp.confirmedAt ? 'on' : 'waiting') : 'none',
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({ id, name, createdAt, lastUsedAt })),
    recoveryCodesLeft: await countRecoveryCodes(read, actor.personId),
    required: isRequired(await selectMemberships(read, actor.personId)),
  }
}

/** A factor takes the place of another only in the hands of somebody who has shown one: a mailed link goes past none. */
export async function maySetUp(tx: Tx, actor: PersonActor): Promise<boolean> {
  await lockPerson(tx.db, actor.personId) // two first factors at once must be one after the other
  return mayChangeFactors(actor, await hasFactor(tx, actor.personId))
}

export type Guess<R extends string> =
  | { result: R }
  | { result: 'wrong'; left: number }
  | { result: 'wait'; until: Date }

/** Counts wrong answers, of whatever kind; after five in a row nothing is taken for a quarter of an hour. */
export async function guess<R extends string>(
  tx: Tx,
  personId: string,
  attempt: () => Promise<R | 'wrong'>,
): Promise<Guess<R>> {
  const tries = await lockTries(tx.db, personId)
  if (tries.blockedUntil && tries.blockedUntil > tx.now) return { result: 'wait', until: tries.blockedUntil }
  const result = await attempt()
  if (result !== 'wrong') {
    await setTries(tx.db, personId, { wrong: 0, blockedUntil: null })
    return { result }
  }
  const left = triesAllowed - tries.wrong - 1
  if (left > 0) {
    await setTries(tx.db, personId, { wrong: tries.wrong + 1, blockedUntil: null })
    return { result: 'wrong', left }
  }
  const until = new Date(tx.now.getTime() + waitAfterwards)
  await setTries(tx.db, personId, { wrong: 0, blockedUntil: until })
  await record(tx, personId, 'person.blocked', { personId, until: until.toISOString() })
  return { result: 'wait', until }
}

/** The session has shown a second factor. */
export async function assure(tx: Tx, actor: PersonActor, by: FactorKind | 'recovery'): Promise<void> {
  const { personId, sessionId } = actor
  await setSessionAssured(tx.db, sessionId, tx.now)
  await record(tx, personId, 'person.assured', { personId, sessionId, by })
}

/** A new factor is in use: this session has just shown it, and every other one begins again. Answers new codes if there were none. */
export async function welcomeFactor(
  tx: Tx,
  actor: PersonActor,
  added: { factor: FactorKind; passkeyId?: string },
): Promise<string[]> {
  const { personId } = actor
  await record(tx, personId, 'factor.added', { personId, ...added })
  await assure(tx, actor, added.factor)
  await endSessions(tx, personId, { but: actor.sessionId }, 'factor-changed')
  return (await countRecoveryCodes(tx.db, personId)) > 0 ? [] : makeCodes(tx, personId)
}

/** New codes for when the factor is lost; those from before open nothing any more. Shown here and never again. */
export function makeRecoveryCodes(
  ground: Ground,
  actor: PersonActor,
): Promise<{ result: 'made'; codes: string[] } | { result: 'forbidden' | 'no-factor' }> {
  return ground.db.transaction(async (tx) => {
    if (!(await maySetUp(tx, actor))) return { result: 'forbidden' }
    if (!(await hasFactor(tx, actor.personId))) return { result: 'no-factor' }
    return { result: 'made', codes: await makeCodes(tx, actor.personId) }
  })
}

/** Takes a factor away. The last one stays where one is needed; without any, its recovery codes go as well. */
export function removeFactor(
  ground: Ground,
  actor: PersonActor,
  which: 'totp' | { passkeyId: string },
): Promise<{ result: 'removed' | 'forbidden' | 'unknown-factor' | 'last-factor' }> {
  return ground.db.transaction(async (tx) => {
    const { personId } = actor
    if (!(await maySetUp(tx, actor))) return { result: 'forbidden' }
    const passkeys = await selectPasskeys(tx.db, personId)
    const totp = await selectTotp(tx.db, personId)
    const count = passkeys.length + (totp?.confirmedAt ? 1 : 0)
    const known = which === 'totp' ? totp : passkeys.find(({ id }) => id === which.passkeyId)
    if (!known) return { result: 'unknown-factor' }
    const counts = which !== 'totp' || totp?.confirmedAt
    if (counts && count === 1 && isRequired(await selectMemberships(tx.db, personId))) return { result: 'last-factor' }
    if (which === 'totp') await deleteTotp(tx.db, personId)
    else await deletePasskey(tx.db, personId, which.passkeyId)
    if (counts && count === 1) await replaceRecoveryCodes(tx.db, personId, [])
    const removed = which === 'totp' ? { factor: which } : { factor: 'passkey' as const, passkeyId: which.passkeyId }
    if (counts) await record(tx, personId, 'factor.removed', { personId, ...removed })
    return { result: 'removed' }
  })
}

async function hasFactor(tx: Tx, personId: string): Promise<boolean> {
  if ((await selectTotp(tx.db, personId))?.confirmedAt) return true
  return (await selectPasskeys(tx.db, personId)).length > 0
}

function isRequired(memberships: readonly { orgKind: string; notifierKind: string | null }[]): boolean {
  return memberships.some(
    ({ orgKind, notifierKind }) =>
      assuranceNeeded({ kind: orgKind as OrgKind, notifierKind: notifierKind as NotifierKind | null }, false) > 1,
  )
}

async function makeCodes(tx: Tx, personId: string): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodeCount }, newCode)
  await replaceRecoveryCodes(tx.db, personId, codes.map(digestOfCode))
  await record(tx, personId, 'recovery-codes.made', { personId, count: codes.length })
  return codes
}

// Crockford's base 32: 75 bits, too many to guess and few enough to type.
const letters = '0123456789abcdefghjkmnpqrstvwxyz'

function newCode(): string {
  const drawn = [...randomBytes(15)].map((byte) => letters[byte & 31])
  return [0, 5, 10].map((from) => drawn.slice(from, from + 5).join('')).join('-')
}

/** Spaces, dashes and capitals do not matter, nor do the letters that look like a digit. */
export function digestOfCode(code: string): Buffer {
  const plain = code
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
  return digestOfSecret(`recovery:${plain}`)
}
