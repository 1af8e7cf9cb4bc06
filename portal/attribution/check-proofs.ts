import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { endNetworkIn } from './end-network.ts'
import { lookForProof } from './look-for-proof.ts'
import {
  type ClaimRow,
  lockClaim,
  lockNetworks,
  selectClaim,
  takeDueClaims,
  updateClaim,
} from './network-claim-store.server.ts'
import { keepCheck } from './prove-claim.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const leaseMs = 15 * 60_000
/** From the first look that found nothing to the end. */
export const graceMs = 14 * dayMs
/** When the contacts hear of it, counted from that look. */
const remindedAfterMs = [0, 7 * dayMs, 13 * dayMs] as const
/** What could not be looked at for so long is taken as not there. */
const unseenMs = 28 * dayMs

/**
 * By the clock: looks again at what was proven, weekly; daily when it was not found. After 14 days of that it ends, and
 * what comes back within them goes on as if nothing had been. What was never proven ends when its time is over. A look
 * that fails is no look: only a proof that is seen to be gone begins the grace. Answers how many were looked at.
 */
export async function checkProofs(ground: Ground, { limit }: { limit: number } = { limit: 20 }): Promise<number> {
  const due = await ground.db.transaction((tx) =>
    takeDueClaims(tx.db, tx.now, new Date(tx.now.getTime() + leaseMs), limit),
  )
  for (const claimId of due) {
    const claim = await selectClaim(ground.db.read, claimId)
    if (!claim || claim.endedAt) continue
    await (claim.provenAt ? lookAgain(ground, claim) : lookFirst(ground, claim))
  }
  return due.length
}

/** Not proven yet: whoever put the token in place need not come back to say so. */
async function lookFirst(ground: Ground, claim: ClaimRow): Promise<void> {
  const isOver = claim.expiresAt <= ground.clock.now()
  const isToBeSeen = claim.proof !== 'registry_mail' && claim.proof !== 'parent_consent'
  const check = isToBeSeen ? await lookForProof(ground, claim) : null
  await ground.db.transaction(async (tx) => {
    const now = check && (await keepCheck(ground, tx, claim.id, check))
    if (now?.provenAt) return
    const locked = await lockClaim(tx.db, claim.id)
    if (!locked || locked.endedAt || locked.provenAt) return
    if (isOver) return endClaim(tx, claim, 'not_proven')
    const next = isToBeSeen ? tx.now.getTime() + 6 * hourMs : claim.expiresAt.getTime()
    await updateClaim(tx.db, claim.id, { nextCheckAt: new Date(Math.min(next, claim.expiresAt.getTime())) })
  })
}

async function lookAgain(ground: Ground, claim: ClaimRow): Promise<void> {
  // Consent stands until it is taken back; there is nothing to see.
  if (claim.proof === 'parent_consent') {
    return ground.db.transaction((tx) => updateClaim(tx.db, claim.id, { nextCheckAt: null }))
  }
  const check = await lookForProof(ground, claim)
  await ground.db.transaction(async (tx) => {
    const now = await keepCheck(ground, tx, claim.id, check)
    if (!now || check.result === 'found') return
    // That only one name server is asked is our doing, and nobody loses anything by it.
    if (check.result === 'one_resolver') return updateClaim(tx.db, claim.id, { nextCheckAt: afterDay(tx.now) })
    await followMissing(tx, now, check.result === 'missing' || check.result === 'of_another')
  })
}

function afterDay(now: Date): Date {
  return new Date(now.getTime() + dayMs)
}

async function followMissing(tx: Tx, claim: ClaimRow, isGone: boolean): Promise<void> {
  const unseenFor = tx.now.getTime() - (claim.foundAt ?? claim.provenAt ?? tx.now).getTime()
  const since = claim.missingSince ?? (isGone || unseenFor >= unseenMs ? tx.now : null)
  const nextCheckAt = afterDay(tx.now)
  if (!since) return updateClaim(tx.db, claim.id, { nextCheckAt })
  const missedFor = tx.now.getTime() - since.getTime()
  if (missedFor >= graceMs && (isGone || unseenFor >= unseenMs + graceMs)) return endClaim(tx, claim, 'lapsed')
  const { orgId, id: claimId } = claim
  const due = remindedAfterMs.filter((after) => after <= missedFor).length
  await updateClaim(tx.db, claimId, { missingSince: since, reminders: due, nextCheckAt })
  if (due > claim.reminders) {
    const endsAt = new Date(since.getTime() + graceMs).toISOString()
    await record(tx, orgId, 'network.proof-missed', { orgId, claimId, number: due, endsAt })
  }
}

async function endClaim(tx: Tx, claim: ClaimRow, code: 'not_proven' | 'lapsed'): Promise<void> {
  if (claim.networkId) {
    await lockNetworks(tx.db)
    await endNetworkIn(tx, claim.networkId, code)
    return
  }
  const { orgId, id: claimId } = claim
  await updateClaim(tx.db, claimId, { endedAt: tx.now, endedCode: code, nextCheckAt: null })
  await record(tx, orgId, 'network.claim-ended', { orgId, claimId, code })
}
