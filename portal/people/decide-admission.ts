import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { acceptedToday } from './accept-terms.ts'
import { type Actor, may } from './may.ts'
import {
  insertDecision,
  lockOrganisation,
  type OrganisationRow,
  updateOrganisation,
} from './organisation-store.server.ts'
import { readReason } from './reason.ts'

export type AdmissionDecided =
  | 'admitted'
  | 'refused'
  /** Nobody acts for it yet, or it was decided already. */
  | 'not-waiting'
  /** Who takes part has accepted the terms as they stand today. */
  | 'terms-missing'
  /** Too short, too long, or an address stands in it. */
  | 'invalid-reason'
  | 'unknown-organisation'
  | 'forbidden'

/** The platform's desk lets a company in, or does not, and says why. The company's owners are mailed the reason. */
export function decideAdmission(
  ground: Ground,
  actor: Actor,
  input: { orgId: string; decision: 'admit' | 'refuse'; reason: string },
): Promise<{ result: AdmissionDecided }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'organisations.decide')) return { result: 'forbidden' }
    const reason = readReason(input.reason)
    if (reason === null) return { result: 'invalid-reason' }
    const organisation = await lockOrganisation(tx.db, input.orgId)
    if (!organisation) return { result: 'unknown-organisation' }
    if (!isWaiting(organisation)) return { result: 'not-waiting' }
    const { orgId } = input
    const { personId } = actor
    if (input.decision === 'admit') {
      if (!(await acceptedToday(tx.db, orgId))) return { result: 'terms-missing' }
      await admit(tx, { orgId, by: 'desk', reason, personId })
      return { result: 'admitted' }
    }
    const decisionId = newId('dec')
    await insertDecision(tx.db, { id: decisionId, orgId, decision: 'refused', reason, personId, decidedAt: tx.now })
    await updateOrganisation(tx.db, orgId, { refusedAt: tx.now })
    await record(tx, orgId, 'admission.refused', { orgId, decisionId, personId })
    return { result: 'refused' }
  })
}

/** Whom the desk has to decide about. */
export function isWaiting(
  organisation: Pick<OrganisationRow, 'admissionAskedAt' | 'admittedAt' | 'refusedAt' | 'suspendedAt'>,
): boolean {
  const { admissionAskedAt, admittedAt, refusedAt, suspendedAt } = organisation
  return admissionAskedAt !== null && admittedAt === null && refusedAt === null && suspendedAt === null
}

/** Within the caller's transaction: the organisation, if it waits for the desk, with its row locked. */
export async function lockWaiting(tx: Tx, orgId: string): Promise<OrganisationRow | null> {
  const organisation = await lockOrganisation(tx.db, orgId)
  return organisation && isWaiting(organisation) ? organisation : null
}

/** Within the caller's transaction: from now on the organisation takes part. */
export async function admit(
  tx: Tx,
  input: { orgId: string; by: 'desk' | 'registry_mail' | 'invitation'; reason: string; personId: string | null },
): Promise<void> {
  const { orgId, by, reason, personId } = input
  const decisionId = newId('dec')
  await insertDecision(tx.db, { id: decisionId, orgId, decision: 'admitted', reason, personId, decidedAt: tx.now })
  await updateOrganisation(tx.db, orgId, { admittedAt: tx.now, refusedAt: null })
  await record(tx, orgId, 'organisation.admitted', { orgId, by, decisionId, ...(personId ? { personId } : {}) })
}

/** After a refusal a company may put right what was wrong and ask once more. */
export function askAdmission(ground: Ground, actor: Actor): Promise<{ result: 'asked' | 'not-refused' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'company.write')) return { result: 'forbidden' }
    const { orgId, personId } = actor
    const organisation = await lockOrganisation(tx.db, orgId)
    if (!organisation?.refusedAt || organisation.admittedAt) return { result: 'not-refused' }
    await updateOrganisation(tx.db, orgId, { refusedAt: null, admissionAskedAt: tx.now })
    await record(tx, orgId, 'admission.asked', { orgId, personId })
    return { result: 'asked' }
  })
}
