import { newId } from '../facts/id.ts'
import type { NewFact } from '../facts/record.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { noteDone } from '../people/note-answered.ts'
import { claimOfMailToken, isMailCode } from './claim-token.ts'
import { type CheckResult, lookForProof } from './look-for-proof.ts'
import { type ClaimState, stateOf, writtenAs } from './network-claim.ts'
import { type ClaimRow, insertCheck, lockClaim, selectClaim, updateClaim } from './network-claim-store.server.ts'
import { settleNetwork } from './settle-network.ts'

export const weekMs = 7 * 86_400_000
const mostTries = 10
const pauseMs = 10_000

/** What a mailed page says before anything is pressed. */
export type OpenedProof =
  | {
      result: 'valid'
      claimId: string
      /** Who wants to be written to about it. */
      orgName: string
      country: string
      /** The range or number, as it is written. */
      network: string
      handle: string
      holder: string | null
    }
  | { result: 'unknown' | 'expired' | 'used' }

/** Reads the page that was mailed to the registry's contact. Opening it changes nothing, however often a scanner does. */
export async function openProofMail(ground: Ground, token: string): Promise<OpenedProof> {
  const claimId = claimOfMailToken(ground, token)
  const claim = claimId === null ? null : await selectClaim(ground.db.read, claimId)
  const organisation = claim && (await findOrganisation(ground.db.read, claim.orgId))
  if (claim?.proof !== 'registry_mail' || !organisation) return { result: 'unknown' }
  const closed = isClosed(claim, ground.clock.now())
  if (closed) return { result: closed }
  return {
    result: 'valid',
    claimId: claim.id,
    orgName: organisation.name,
    country: organisation.country,
    network: writtenAs(claim),
    handle: claim.registry?.handle ?? '',
    holder: claim.registry?.holder ?? null,
  }
}

function isClosed(claim: ClaimRow, now: Date): 'used' | 'expired' | null {
  if (claim.provenAt) return 'used'
  if (claim.endedAt) return claim.endedCode === 'mailbox_refused' ? 'used' : 'expired'
  return claim.expiresAt <= now ? 'expired' : null
}

/**
 * Whoever reads the registry's mailbox says whether the company may be the addressee. Once: the same link says nothing
 * more afterwards.
 */
export function answerProofMail(
  ground: Ground,
  token: string,
  answer: 'agree' | 'refuse',
): Promise<{ result: 'proven' | 'refused' | 'unknown' | 'expired' | 'used' }> {
  return ground.db.transaction(async (tx) => {
    const claimId = claimOfMailToken(ground, token)
    const claim = claimId === null ? null : await lockClaim(tx.db, claimId)
    if (claim?.proof !== 'registry_mail') return { result: 'unknown' }
    const closed = isClosed(claim, tx.now)
    if (closed) return { result: closed }
    await noteDone(tx, claim.id)
    if (answer === 'refuse') {
      await updateClaim(tx.db, claim.id, { endedAt: tx.now, endedCode: 'mailbox_refused', nextCheckAt: null })
      const { id, orgId } = claim
      await record(tx, orgId, 'network.claim-ended', { orgId, claimId: id, code: 'mailbox_refused' })
      return { result: 'refused' }
    }
    await prove(ground, tx, claim)
    return { result: 'proven' }
  })
}

/** The code of the same mail, typed by whoever claims. Ten wrong ones, and only the link is left. */
export function typeProofCode(
  ground: Ground,
  actor: Actor,
  claimId: string,
  code: string,
): Promise<{
  result: 'proven' | 'wrong-code' | 'too-many-tries' | 'used' | 'expired' | 'unknown-claim' | 'forbidden'
}> {
  return ground.db.transaction(async (tx) => {
    if (!may(actor, 'networks.write')) return { result: 'forbidden' }
    const claim = await lockClaim(tx.db, claimId)
    if (!claim || !may(actor, 'networks.write', { orgId: claim.orgId })) return { result: 'unknown-claim' }
    if (claim.proof !== 'registry_mail') return { result: 'wrong-code' }
    const closed = isClosed(claim, tx.now)
    if (closed) return { result: closed }
    if (claim.tries >= mostTries) return { result: 'too-many-tries' }
    if (!isMailCode(ground, claimId, code)) {
      await updateClaim(tx.db, claimId, { tries: claim.tries + 1 })
      return { result: 'wrong-code' }
    }
    await noteDone(tx, claimId)
    await prove(ground, tx, claim)
    return { result: 'proven' }
  })
}

/** Within the caller's transaction: control was shown now. */
export async function prove(
  ground: Ground,
  tx: Tx,
  claim: ClaimRow,
  facts: readonly NewFact[] = [],
): Promise<ClaimRow> {
  const { id: claimId, orgId } = claim
  return settleNetwork(ground, tx, claimId, {
    change: {
      provenAt: tx.now,
      foundAt: tx.now,
      checkedAt: tx.now,
      missingSince: null,
      reminders: 0,
      nextCheckAt: new Date(tx.now.getTime() + weekMs),
    },
    facts: [...facts, { kind: 'network.proof-found', payload: { orgId, claimId } }],
  })
}

export type ProofChecked =
  | { result: 'checked'; check: CheckResult; state: ClaimState }
  /** Looked at a moment ago; name servers need longer than that to hear of a change. */
  | { result: 'too-soon' }
  /** There is nothing to look at: a mail or a holder has to answer. */
  | { result: 'not-checkable' }
  | { result: 'ended' | 'unknown-claim' | 'forbidden' }

/** Looks now whether the token stands where it has to, because its owner asks. */
export async function checkProof(ground: Ground, actor: Actor, claimId: string): Promise<ProofChecked> {
  if (!may(actor, 'networks.write')) return { result: 'forbidden' }
  const claim = await selectClaim(ground.db.read, claimId)
  if (!claim || !may(actor, 'networks.write', { orgId: claim.orgId })) return { result: 'unknown-claim' }
  if (claim.endedAt) return { result: 'ended' }
  if (claim.proof === 'parent_consent' || (claim.proof === 'registry_mail' && !claim.provenAt)) {
    return { result: 'not-checkable' }
  }
  const now = ground.clock.now().getTime()
  if (claim.checkedAt && now - claim.checkedAt.getTime() < pauseMs) return { result: 'too-soon' }
  const check = await lookForProof(ground, claim)
  return ground.db.transaction(async (tx) => {
    const kept = await keepCheck(ground, tx, claimId, check)
    return { result: 'checked', check: check.result, state: kept ? stateOf(kept, tx.now) : 'ended' }
  })
}

/** Keeps a look in the history and does what follows from it, but for reminders and ends: those are the clock's. */
export async function keepCheck(
  ground: Ground,
  tx: Tx,
  claimId: string,
  check: { result: CheckResult; detail: string },
): Promise<ClaimRow | null> {
  const claim = await lockClaim(tx.db, claimId)
  if (!claim || claim.endedAt) return null
  await insertCheck(tx.db, { id: newId('chk'), claimId, at: tx.now, ...check })
  if (check.result !== 'found') {
    await updateClaim(tx.db, claimId, { checkedAt: tx.now })
    return lockClaim(tx.db, claimId)
  }
  if (!claim.provenAt) return prove(ground, tx, claim)
  await updateClaim(tx.db, claimId, {
    checkedAt: tx.now,
    foundAt: tx.now,
    missingSince: null,
    reminders: 0,
    nextCheckAt: new Date(tx.now.getTime() + weekMs),
  })
  return lockClaim(tx.db, claimId)
}
