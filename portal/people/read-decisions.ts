import type { Ground } from '../ground/ground.ts'
import { selectDecisions, selectTermsAccepted } from './organisation-store.server.ts'

export interface Decision {
  id: string
  decision: string
  reason: string
  decidedAt: Date
  /** Null: nobody's hand, the set time had passed. */
  personName: string | null
}

/** What was decided about an organisation, newest first. Takes `ground.db.read` or the `db` of a transaction. */
export function decisionsOf(db: Ground['db']['read'], orgId: string): Promise<Decision[]> {
  return selectDecisions(db, orgId)
}

export interface TermsLine {
  version: string
  acceptedAt: Date
  personName: string
}

/** Which texts were accepted for an organisation, when and by whom, newest first. */
export function termsHistory(db: Ground['db']['read'], orgId: string): Promise<TermsLine[]> {
  return selectTermsAccepted(db, orgId)
}
