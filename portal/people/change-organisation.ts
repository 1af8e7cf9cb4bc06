import { z } from 'zod'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from './may.ts'
import { lockOrganisation, updateOrganisation } from './organisation-store.server.ts'
import { holdsAddress } from './reason.ts'

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text) && !holdsAddress(text), { params: { code: 'holds_address' } })
const left = (schema: z.ZodType<string>) =>
  z
    .union([z.literal('').transform(() => null), schema])
    .nullable()
    .optional()

/** What an organisation may change about itself. What is left out stays; an empty one is taken away. */
export const organisationChange = z.strictObject({
  name: line(120).optional(),
  legalName: left(line(200)),
  registry: left(line(60)),
  registryNumber: left(
    z
      .string()
      .trim()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} ./-]{0,39}$/u),
  ),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  locale: z.enum(['en', 'nl']).optional(),
  phone: left(
    z
      .string()
      .trim()
      .regex(/^\+?[\d ()-]{5,30}$/),
  ),
})

export type OrganisationChanged =
  | { result: 'changed' | 'unchanged' }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'forbidden' }

/** Name, legal entity, registry number, country, language and telephone, as the organisation itself says them. */
export function changeOrganisation(ground: Ground, actor: Actor, input: unknown): Promise<OrganisationChanged> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'company.write')) return { result: 'forbidden' }
    const read = organisationChange.safeParse(input)
    if (!read.success) return { result: 'invalid', errors: inputErrorsOf(read.error, input) }
    const { orgId, personId } = actor
    const organisation = await lockOrganisation(tx.db, orgId)
    if (!organisation) return { result: 'forbidden' }
    const before = organisation as Record<string, unknown>
    const changed = Object.entries(read.data).filter(([name, value]) => value !== undefined && value !== before[name])
    if (changed.length === 0) return { result: 'unchanged' }
    await updateOrganisation(tx.db, orgId, Object.fromEntries(changed))
    await record(tx, orgId, 'organisation.changed', { orgId, personId, changed: changed.map(([name]) => name) })
    return { result: 'changed' }
  })
}

/**
 * The provider says since when it adheres to the voluntary code, or no longer does. Its own word, with its date: where it
 * does not adhere the norm is a reference time.
 */
export function declareAdherence(
  ground: Ground,
  actor: Actor,
  since: Date | null,
): Promise<{ result: 'declared' | 'unchanged' | 'in-future' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || actor.orgKind !== 'provider' || !may(actor, 'company.write'))
      return { result: 'forbidden' }
    if (since !== null && (Number.isNaN(since.getTime()) || since > tx.now)) return { result: 'in-future' }
    const { orgId, personId } = actor
    const organisation = await lockOrganisation(tx.db, orgId)
    if (organisation?.adheresSince?.getTime() === since?.getTime()) return { result: 'unchanged' }
    await updateOrganisation(tx.db, orgId, { adheresSince: since })
    await record(tx, orgId, 'adherence.declared', { orgId, personId, since: since?.toISOString() ?? null })
    return { result: 'declared' }
  })
}
