import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { insertOrganisation } from './people-store.server.ts'
import type { Locale, NotifierKind, OrgKind } from './person.ts'

export interface NewOrganisation {
  kind: OrgKind
  name: string
  /** Required for a notifier, and for nobody else. */
  notifierKind?: NotifierKind
  country?: string
  locale?: Locale
  phone?: string
  trustedFlagger?: boolean
  adheresSince?: Date
  /** Until it is admitted, an organisation sends nothing and is sent nothing. */
  admitted?: boolean
}

/** Adds an organisation. Without members nobody can act for it: see `addPerson`. */
export function addOrganisation(
  ground: Ground,
  input: NewOrganisation,
): Promise<{ result: 'added'; orgId: string } | { result: 'invalid' }> {
  return ground.db.transaction(async (tx) => {
    const isNotifier = input.kind === 'notifier'
    if (isNotifier !== (input.notifierKind !== undefined) || input.name.trim() === '') return { result: 'invalid' }
    const orgId = newId('org')
    await insertOrganisation(tx.db, {
      id: orgId,
      kind: input.kind,
      notifierKind: input.notifierKind ?? null,
      name: input.name.trim(),
      country: input.country ?? 'NL',
      locale: input.locale ?? 'en',
      phone: input.phone ?? null,
      trustedFlagger: isNotifier && input.trustedFlagger === true,
      adheresSince: input.adheresSince ?? null,
      admittedAt: input.admitted ? tx.now : null,
      suspendedAt: null,
      knownFrom: null,
      createdAt: tx.now,
    })
    if (input.admitted) await record(tx, orgId, 'organisation.admitted', { orgId })
    return { result: 'added', orgId }
  })
}
