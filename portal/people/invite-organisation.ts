import { z } from 'zod'
import { newId } from '../facts/id.ts'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { companyName, keepJoining, mailbox, personName } from './ask-to-join.ts'
import { hasMembers } from './joining-store.server.ts'
import { type Actor, may } from './may.ts'
import { insertDecision, lockOrganisation } from './organisation-store.server.ts'
import { insertOrganisation } from './people-store.server.ts'
import { normaliseEmail, notifierKinds } from './person.ts'
import { readReason } from './reason.ts'

const invitation = z.strictObject({
  notifierKind: z.enum(notifierKinds),
  name: companyName,
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/),
  trustedFlagger: z.boolean(),
  email: mailbox,
  personName,
  locale: z.enum(['en', 'nl']),
  reason: z.string().refine((text) => readReason(text) !== null, { params: { code: 'invalid_reason' } }),
})

export type OrganisationInvited =
  | { result: 'invited'; orgId: string }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'forbidden' }

/**
 * The desk invites a hotline, an authority or another notifier, and its first person. Nothing may be submitted for it
 * before that person has accepted the terms; an authority's people need a second factor as well.
 */
export function inviteOrganisation(ground: Ground, actor: Actor, input: unknown): Promise<OrganisationInvited> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'organisations.invite')) return { result: 'forbidden' }
    const read = invitation.safeParse(input)
    if (!read.success) return { result: 'invalid', errors: inputErrorsOf(read.error, input) }
    const { notifierKind, name, country, trustedFlagger, email, locale, reason, personName: invited } = read.data
    const { personId } = actor
    const orgId = newId('org')
    await insertOrganisation(tx.db, {
      id: orgId,
      kind: 'notifier',
      notifierKind,
      name,
      country,
      locale,
      phone: null,
      trustedFlagger,
      adheresSince: null,
      admittedAt: null,
      suspendedAt: null,
      knownFrom: null,
      createdAt: tx.now,
    })
    const decisionId = newId('dec')
    const decided = readReason(reason) ?? ''
    await insertDecision(tx.db, {
      id: decisionId,
      orgId,
      decision: 'invited',
      reason: decided,
      personId,
      decidedAt: tx.now,
    })
    const joiningId = await keepJoining(tx, {
      kind: 'invitation',
      email: normaliseEmail(email),
      personName: invited,
      locale,
      orgId,
      contactId: null,
      companyName: null,
      country: null,
      askedBy: personId,
    })
    await record(tx, orgId, 'organisation.invited', { orgId, decisionId, personId, joiningId })
    return { result: 'invited', orgId }
  })
}

/** Once more, for a link that was lost or has run out: the first person of an organisation that nobody joined yet. */
export function inviteAgain(
  ground: Ground,
  actor: Actor,
  input: { orgId: string; email: string; personName: string },
): Promise<{ result: 'invited' | 'already-joined' | 'unknown-organisation' | 'invalid' | 'forbidden' }> {
  return ground.db.transaction(async (tx) => {
    if (actor.kind !== 'person' || !may(actor, 'organisations.invite')) return { result: 'forbidden' }
    const email = mailbox.safeParse(input.email)
    const name = personName.safeParse(input.personName)
    if (!email.success || !name.success) return { result: 'invalid' }
    const organisation = await lockOrganisation(tx.db, input.orgId)
    if (organisation?.kind !== 'notifier') return { result: 'unknown-organisation' }
    if (organisation.joinedAt || (await hasMembers(tx.db, input.orgId))) return { result: 'already-joined' }
    const { personId } = actor
    const { orgId } = input
    const decisionId = newId('dec')
    await insertDecision(tx.db, {
      id: decisionId,
      orgId,
      decision: 'invited',
      reason: 'once more',
      personId,
      decidedAt: tx.now,
    })
    const joiningId = await keepJoining(tx, {
      kind: 'invitation',
      email: normaliseEmail(email.data),
      personName: name.data,
      locale: organisation.locale,
      orgId,
      contactId: null,
      companyName: null,
      country: null,
      askedBy: personId,
    })
    await record(tx, orgId, 'organisation.invited', { orgId, decisionId, personId, joiningId })
    return { result: 'invited' }
  })
}
