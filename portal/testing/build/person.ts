import type { Ground } from '../../ground/ground.ts'
import { addPerson } from '../../people/add-person.ts'
import { findOrganisation } from '../../people/find-organisation.ts'
import { findProgram } from '../../people/find-program.ts'
import { issueApiToken } from '../../people/issue-api-token.ts'
import { allScopes, type PersonActor, type ProgramActor, type Scope } from '../../people/may.ts'
import type { Locale, OrgKind, Role } from '../../people/person.ts'
import { prepareSignIn } from '../../people/prepare-sign-in.ts'
import { consumeSignIn } from '../../people/sign-in.ts'
import { organisation } from './organisation.ts'

let people = 0

export interface Member {
  orgId?: string
  orgKind?: OrgKind
  role?: Role
  email?: string
  locale?: Locale
}

/** A member of an organisation, without a session. */
export async function member(
  ground: Ground,
  input: Member = {},
): Promise<{ personId: string; email: string; orgId: string }> {
  people += 1
  const orgId = input.orgId ?? (await organisation(ground, { kind: input.orgKind ?? 'provider' }))
  const email = input.email ?? `person${people}@people.example`
  const added = await addPerson(ground, {
    orgId,
    email,
    name: `Person ${people}`,
    role: input.role ?? 'owner',
    ...(input.locale ? { locale: input.locale } : {}),
  })
  if (!('personId' in added)) throw new Error('The person to build on was refused')
  return { personId: added.personId, email, orgId }
}

/** A member who is signed in. */
export async function person(ground: Ground, input: Member = {}): Promise<PersonActor> {
  const { email } = await member(ground, input)
  const prepared = await prepareSignIn(ground, { email, livesMs: 60_000 })
  if (prepared.result !== 'prepared') throw new Error('The person to build on has no link')
  const signedIn = await consumeSignIn(ground, prepared.token)
  if (signedIn.result !== 'signed-in') throw new Error('The person to build on could not sign in')
  return signedIn.actor
}

/** An organisation's program, with every scope unless told otherwise. */
export async function program(
  ground: Ground,
  input: { orgId?: string; orgKind?: OrgKind; scopes?: Scope[]; live?: boolean } = {},
): Promise<ProgramActor> {
  const orgId = input.orgId ?? (await organisation(ground, { kind: input.orgKind ?? 'notifier' }))
  if (!(await findOrganisation(ground.db.read, orgId))) throw new Error('No such organisation to build on')
  const scopes = input.scopes ?? [...allScopes]
  const issued = await issueApiToken(ground, { orgId, name: 'test', scopes, live: input.live ?? true })
  const actor = await findProgram(ground, issued.token)
  if (!actor) throw new Error('The program to build on was not found')
  return actor
}
