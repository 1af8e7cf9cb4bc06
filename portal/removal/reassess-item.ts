import type { NewFact } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { closeItem } from '../notices/close-item.ts'
import { reopenClock } from '../notices/reopen-clock.ts'
import { stopClock } from '../notices/stop-clock.ts'
import { type Claim, type ItemScope, inOrder, isAhead, type Look, type Observed, observe } from './observation.ts'
import { claimsRemoval, isTerritorial } from './outcome.ts'
import {
  lockObserved,
  type OutcomeRow,
  selectAccountable,
  selectObservations,
  selectOutcomes,
  updateObserved,
} from './removal-store.server.ts'

export interface Reassessed {
  noticeId: string
  itemId: string
  scope: ItemScope
}

/**
 * Replays everything that was seen and said about an item and keeps the third axis and its clocks. The facts that follow
 * come back for the caller to record last, after the one that caused them.
 */
export async function reassessItem(
  ground: Ground,
  tx: Tx,
  { noticeId, itemId, scope }: Reassessed,
): Promise<{ observed: Observed | null; facts: NewFact[] }> {
  const before = await lockObserved(tx.db, itemId)
  if (!before) return { observed: null, facts: [] }
  const accountable = await selectAccountable(tx.db, itemId)
  const observed = observe({
    scope,
    intervalMs: ground.config.observeIntervalMs,
    looks: inOrder(await selectObservations(tx.db, [itemId]), tx.now) as Look[],
    ...whatIsSaid(inOrderSaid(await selectOutcomes(tx.db, [itemId]), tx.now), accountable),
  })
  const { state, grade, confirmedAt, firstOfflineAt, lastOnlineAt, contradictedBy, reappearedBy } = observed
  await updateObserved(tx.db, itemId, {
    state,
    grade,
    confirmedAt,
    firstOfflineAt,
    lastOnlineAt,
    contradictedAt: contradictedBy?.at ?? null,
  })
  const facts: NewFact[] = []
  if (state === 'confirmed_offline' && before.state !== 'confirmed_offline' && grade && confirmedAt) {
    for (const { orgId, endedAt } of accountable) {
      if (endedAt === null) await stopClock(tx, { itemId, orgId, at: firstOfflineAt ?? confirmedAt })
    }
    await closeItem(tx, itemId)
    facts.push({ kind: 'item.confirmed-offline', payload: { noticeId, itemId, grade, at: confirmedAt.toISOString() } })
  }
  if (contradictedBy && before.contradictedAt === null) {
    // It was never gone, so the clock never should have stopped.
    for (const { orgId } of accountable) await reopenClock(tx, { itemId, orgId })
    facts.push({ kind: 'item.contradicted', payload: { noticeId, itemId, observationId: contradictedBy.id } })
  }
  if (reappearedBy && state === 'reappeared' && before.state !== 'reappeared') {
    facts.push({ kind: 'item.reappeared', payload: { noticeId, itemId, observationId: reappearedBy.id } })
  }
  return { observed, facts }
}

/** Per item the report received last holds, so the order stays; what came by a clock that was set back came by now. */
function inOrderSaid(outcomes: readonly OutcomeRow[], now: Date): OutcomeRow[] {
  return outcomes.map((one) => ({
    ...one,
    at: isAhead(one.at, now) ? now : one.at,
    recordedAt: isAhead(one.recordedAt, now) ? now : one.recordedAt,
  }))
}

interface Said {
  claim: Claim | null
  attestedAt: Date | null
}

/** The claim that holds is the accountable one's last word; the first word of any claim is the second method. */
function whatIsSaid(outcomes: readonly OutcomeRow[], accountable: readonly { orgId: string; regime: string }[]): Said {
  const regime = accountable[0]?.regime ?? ''
  const orgIds = accountable.map((one) => one.orgId)
  const theirs = outcomes.filter((one) => orgIds.includes(one.orgId) && one.code !== 'not_hosted_here')
  const last = theirs.at(-1)
  const attested = theirs.find((one) => claimsRemoval(one, regime))
  return {
    claim:
      last && claimsRemoval(last, regime)
        ? { at: last.at, saidAt: last.recordedAt, territorial: isTerritorial(last) }
        : null,
    attestedAt: attested?.recordedAt ?? null,
  }
}
