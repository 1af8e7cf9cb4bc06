import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { insertTermsAccepted, selectOrganisation, selectTermsAccepted } from './organisation-store.server.ts'
import { currentTerms, termsOf } from './terms.ts'

export type TermsAccepted = 'accepted' | 'already-accepted' | 'other-version' | 'forbidden'

/** An owner accepts the terms of participation as they stand today, for the organisation. Kept with date and person. */
export function acceptTerms(ground: Ground, actor: Actor, version: string): Promise<{ result: TermsAccepted }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'terms.accept')) return { result: 'forbidden' }
    return keepAcceptance(tx, { orgId: actor.orgId, personId: actor.personId, version })
  })
}

/** Within the caller's transaction. A text that is not today's is not accepted: nobody agrees to what was not shown. */
export async function keepAcceptance(
  tx: Tx,
  { orgId, personId, version }: { orgId: string; personId: string; version: string },
): Promise<{ result: TermsAccepted }> {
  const organisation = await selectOrganisation(tx.db, orgId)
  const wanted = organisation && termsOf(organisation.kind)
  if (!wanted || version !== currentTerms[wanted]) return { result: 'other-version' }
  if (!(await insertTermsAccepted(tx.db, { orgId, version, personId, acceptedAt: tx.now })))
    return { result: 'already-accepted' }
  await record(tx, orgId, 'terms.accepted', { orgId, personId, version })
  return { result: 'accepted' }
}

/** Whether the text of today was accepted. Takes `ground.db.read` or the `db` of a transaction. */
export async function acceptedToday(db: Ground['db']['read'], orgId: string): Promise<boolean> {
  const organisation = await selectOrganisation(db, orgId)
  const wanted = organisation && termsOf(organisation.kind)
  if (!wanted) return true
  return (await selectTermsAccepted(db, orgId)).some(({ version }) => version === currentTerms[wanted])
}
