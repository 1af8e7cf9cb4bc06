/** Somebody of every kind and role, each with something that only they may see. */
import { addOrganisation, type NewOrganisation } from '../../people/add-organisation.ts'
import { addPerson } from '../../people/add-person.ts'
import { issueApiToken } from '../../people/issue-api-token.ts'
import type { PersonActor, Scope } from '../../people/may.ts'
import { roles } from '../../people/person.ts'
import { prepareSignIn } from '../../people/prepare-sign-in.ts'
import { findSession } from '../../people/session.ts'
import { consumeSignIn } from '../../people/sign-in.ts'
import type { TestGround } from '../with-ground.ts'
import { buildObjects, type Ids } from './objects.ts'

export const organisations = {
  tern: { kind: 'provider', name: 'Tern Hosting' },
  mudlark: { kind: 'provider', name: 'Mudlark Servers' },
  baken: { kind: 'notifier', notifierKind: 'hotline', name: 'Stichting Baken' },
  lapwing: { kind: 'notifier', notifierKind: 'hotline', name: 'Lapwing Line' },
  oever: { kind: 'notifier', notifierKind: 'authority', name: 'Authority Oever' },
  desk: { kind: 'platform', name: 'Noticeline desk' },
} as const satisfies Record<string, NewOrganisation>

export type OrgName = keyof typeof organisations
const orgNames = Object.keys(organisations) as OrgName[]

/** Every role of each kind; of strangers whoever may most. */
const rolesIn: { [Org in OrgName]?: Someone['role'][] } = {
  mudlark: ['owner'],
  lapwing: ['owner'],
  oever: ['owner', 'handler', 'read_only'],
}

/** A person, by organisation and role; `linked`: the owner after a mailed link and before a second factor. */
export interface Someone {
  name: string
  org: OrgName
  role: (typeof roles)[number]
  assured: boolean
  cookie: string
  personId: string
  sessionId: string
}

/** A text, and who alone may be shown it. */
export interface Canary {
  text: string
  knownTo: readonly OrgName[]
}

export interface World {
  orgs: Record<OrgName, string>
  people: Someone[]
  ids: Ids
  canaries: Canary[]
  token(org: OrgName, scopes: readonly Scope[], live?: boolean): Promise<string>
}

/** Tern and Baken have a notice between them; everybody else is a stranger to it. */
export async function buildWorld(ground: TestGround): Promise<World> {
  const orgs = {} as Record<OrgName, string>
  for (const name of orgNames) {
    const added = await addOrganisation(ground, { ...organisations[name], admitted: true })
    if (added.result !== 'added') throw new Error(added.result)
    orgs[name] = added.orgId
  }
  const people: Someone[] = []
  for (const org of orgNames) {
    for (const role of rolesIn[org] ?? roles) people.push(await someone(ground, orgs, org, role, true))
  }
  for (const org of ['oever', 'desk'] as const) people.push(await someone(ground, orgs, org, 'owner', false))
  const owner = (org: OrgName) =>
    actorOf(
      ground,
      people.find((one) => one.org === org && one.role === 'owner'),
    )
  const ids = await buildObjects(ground, orgs, { tern: await owner('tern'), mudlark: await owner('mudlark') })
  const issued = new Map<string, Promise<{ token: string }>>()
  return {
    orgs,
    people,
    ids,
    canaries: [
      ...orgNames.map((org) => ({ text: `canary-${org}-`, knownTo: [org, 'desk'] as const })),
      { text: 'canary-reference', knownTo: ['tern', 'baken', 'desk'] },
      { text: 'canary-contact', knownTo: ['tern', 'desk'] },
      { text: 'canary-hook', knownTo: ['tern', 'desk'] },
      { text: 'canary-invited', knownTo: ['tern', 'desk'] },
      { text: 'canary-program', knownTo: ['tern', 'desk'] },
      { text: 'canary-domain', knownTo: ['tern', 'desk'] },
      // Nobody is shown an address that was not asked for.
      { text: 'canary-file', knownTo: [] },
    ],
    token: async (org, scopes, live = true) => {
      const key = `${org} ${live} ${scopes.join()}`
      const input = { orgId: orgs[org], name: 'matrix', scopes: [...scopes], live }
      const made = issued.get(key) ?? issueApiToken(ground, input)
      issued.set(key, made)
      return (await made).token
    },
  }
}

async function someone(
  ground: TestGround,
  orgs: Record<OrgName, string>,
  org: OrgName,
  role: Someone['role'],
  assured: boolean,
): Promise<Someone> {
  const email = `canary-${org}-${role}@people.example`
  const added = await addPerson(ground, { orgId: orgs[org], email, name: `${org} ${role}`, role })
  if (!('personId' in added)) throw new Error(added.result)
  const prepared = await prepareSignIn(ground, { email, livesMs: 60_000, assurance: assured ? 2 : 1 })
  const signedIn = await consumeSignIn(ground, prepared.result === 'prepared' ? prepared.token : '')
  if (signedIn.result !== 'signed-in') throw new Error(signedIn.result)
  return {
    name: assured ? `${org} ${role}` : `${org} ${role}, by a link alone`,
    org,
    role,
    assured,
    cookie: `noticeline=${signedIn.sessionToken}`,
    personId: added.personId,
    sessionId: signedIn.actor.sessionId,
  }
}

async function actorOf(ground: TestGround, who: Someone | undefined): Promise<PersonActor> {
  const actor = await findSession(ground, who?.cookie.replace('noticeline=', '') ?? '')
  if (!actor) throw new Error('Nobody to build with')
  return actor
}
