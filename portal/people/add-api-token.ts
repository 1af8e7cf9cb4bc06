import { z } from 'zod'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import type { Ground } from '../ground/ground.ts'
import { countApiTokens, lockApiToken, setApiTokenExpiry } from './api-token-store.server.ts'
import { writeApiToken } from './issue-api-token.ts'
import { allScopes, may, type PersonActor, type Scope, scopesFor } from './may.ts'

const day = 86_400_000
const mostTokens = 50

/** What a person says about a token for a program. */
const tokenInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .regex(/^\P{Cc}*$/u, 'Control characters are not allowed.'),
  scopes: z.array(z.enum(allScopes)).min(1, 'Choose what it may do.'),
  live: z.boolean(),
  /** Null: until it is revoked. */
  days: z.number().int().min(1).max(730).nullable(),
})

export type ApiTokenAdded =
  | { result: 'added'; id: string; token: string }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'too-many' | 'forbidden' }

/** A token for a program of the actor's organisation, with scopes that such an organisation can use. Shown here and never again. */
export async function addApiToken(ground: Ground, actor: PersonActor, input: unknown): Promise<ApiTokenAdded> {
  if (!may(actor, 'tokens.write')) return { result: 'forbidden' }
  const read = tokenInput.safeParse(input)
  if (!read.success) return { result: 'invalid', errors: inputErrorsOf(read.error) }
  const { name, scopes, live, days } = read.data
  const useless = scopes.filter((scope) => !scopesFor(actor.orgKind).includes(scope))
  if (useless.length > 0) {
    const message = 'Organisations of this kind have no use for this scope.'
    return { result: 'invalid', errors: [{ pointer: '/scopes', code: 'not_one_of', message }] }
  }
  return ground.db.transaction(async (tx): Promise<ApiTokenAdded> => {
    if ((await countApiTokens(tx.db, actor.orgId, tx.now)) >= mostTokens) return { result: 'too-many' }
    const expiresAt = days === null ? null : new Date(tx.now.getTime() + days * day)
    const { orgId, personId: createdBy } = actor
    const issued = await writeApiToken(tx, { orgId, name, scopes, live, expiresAt, createdBy })
    return { result: 'added', ...issued }
  })
}

export type ApiTokenRotated =
  | { result: 'rotated'; id: string; token: string; oldUntil: Date }
  | { result: 'unknown-token' | 'invalid' | 'forbidden' }

/**
 * A new token like this one, beside it: the old one goes on for the hours that were chosen, at most 30 days, so that every
 * program is told before it stops. It never lives longer by this than it would have.
 */
export function rotateApiToken(
  ground: Ground,
  actor: PersonActor,
  apiTokenId: string,
  hours: number,
): Promise<ApiTokenRotated> {
  return ground.db.transaction(async (tx): Promise<ApiTokenRotated> => {
    if (!may(actor, 'tokens.write')) return { result: 'forbidden' }
    if (!Number.isInteger(hours) || hours < 0 || hours > 720) return { result: 'invalid' }
    const old = await lockApiToken(tx.db, apiTokenId)
    const isOver = old?.revokedAt || (old?.expiresAt && old.expiresAt <= tx.now)
    if (!old || isOver || !may(actor, 'tokens.write', { orgId: old.orgId })) return { result: 'unknown-token' }
    const chosen = new Date(tx.now.getTime() + hours * 3_600_000)
    const oldUntil = old.expiresAt && old.expiresAt < chosen ? old.expiresAt : chosen
    const lives = old.expiresAt ? old.expiresAt.getTime() - old.createdAt.getTime() : null
    const { orgId, name, live } = old
    const scopes = allScopes.filter((scope): scope is Scope => old.scopes.includes(scope))
    const issued = await writeApiToken(tx, {
      orgId,
      name,
      scopes,
      live,
      expiresAt: lives === null ? null : new Date(tx.now.getTime() + lives),
      createdBy: actor.personId,
      replaces: old.id,
    })
    await setApiTokenExpiry(tx.db, old.id, oldUntil)
    return { result: 'rotated', ...issued, oldUntil }
  })
}
