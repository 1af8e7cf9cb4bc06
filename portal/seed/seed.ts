/** Makes the cast, once: every step looks first, so a start that was cut short is finished by the next. */
import { proveNetwork } from '../attribution/prove-network.ts'
import type { Ground } from '../ground/ground.ts'
import { addOrganisation } from '../people/add-organisation.ts'
import { addPerson } from '../people/add-person.ts'
import { findProgram } from '../people/find-program.ts'
import { issueApiToken } from '../people/issue-api-token.ts'
import { allScopes } from '../people/may.ts'
import { prepareSignIn } from '../people/prepare-sign-in.ts'
import { addContact } from '../providers/add-contact.ts'
import { type CastMember, cast } from './cast.ts'
import { countOf, selectOrganisationIds, selectReferences } from './seed-store.server.ts'

export type Seeded = Record<CastMember['key'], string> & {
  /** Whether the first notifier has submitted a notice under this reference. */
  noticeCalled(reference: string): boolean
}

const day = 86_400_000

export async function seedCast(ground: Ground): Promise<Seeded> {
  const there = await selectOrganisationIds(
    ground.db.read,
    cast.map(({ name }) => name),
  )
  const ids = {} as Record<CastMember['key'], string>
  for (const member of cast) ids[member.key] = there.get(member.name) ?? (await addMember(ground, member))
  for (const member of cast) await complete(ground, member, ids[member.key], ids.desk)
  const references = new Set(await selectReferences(ground.db.read, ids.baken))
  return { ...ids, noticeCalled: (reference) => references.has(reference) }
}

async function addMember(ground: Ground, member: CastMember): Promise<string> {
  const added = await addOrganisation(ground, {
    kind: member.kind,
    name: member.name,
    admitted: true,
    trustedFlagger: member.trustedFlagger,
    ...(member.notifierKind ? { notifierKind: member.notifierKind } : {}),
    ...(member.phone ? { phone: member.phone } : {}),
    ...(member.adheres ? { adheresSince: new Date(ground.clock.now().getTime() - 400 * day) } : {}),
  })
  if (added.result !== 'added') throw new Error(`The cast's ${member.key} was refused`)
  return added.orgId
}

async function complete(ground: Ground, member: CastMember, orgId: string, deskId: string): Promise<void> {
  const { read } = ground.db
  for (const person of member.people) await addPerson(ground, { orgId, ...person })
  if (member.abuseMailbox && (await countOf(read, 'contacts', orgId)) === 0) {
    await addContact(ground, {
      orgId,
      kind: 'abuse',
      email: member.abuseMailbox,
      languages: ['en', 'nl'],
      verified: true,
    })
  }
  if (member.network && (await countOf(read, 'networks', orgId)) === 0) {
    await proveNetwork(ground, deskActor(deskId), { orgId, cidr: member.network, proof: 'platform_desk' })
  }
}

/** The seed acts as the platform's desk would. */
function deskActor(orgId: string) {
  return {
    kind: 'person',
    personId: 'psn_seed',
    orgId,
    orgKind: 'platform',
    role: 'owner',
    assurance: 2,
    assuranceNeeded: 2,
    sessionId: 'ses_seed',
  } as const
}

/** The token an earlier start gave away, where it still opens the door; else a new one. */
export async function tokenOf(
  ground: Ground,
  orgId: string,
  name: string,
  earlier: string | undefined,
): Promise<string> {
  const known = earlier === undefined ? null : await findProgram(ground, earlier)
  if (earlier !== undefined && known?.orgId === orgId) return earlier
  const issued = await issueApiToken(ground, { orgId, name, scopes: [...allScopes], live: true })
  return issued.token
}

/** One link for each of the cast's people; each opens the door once, for as long as the demo is likely to be looked at. */
export async function signInLinks(ground: Ground) {
  const links = []
  for (const member of cast) {
    for (const person of member.people) {
      const prepared = await prepareSignIn(ground, { email: person.email, livesMs: 7 * day })
      if (prepared.result !== 'prepared') throw new Error(`${person.name} of the cast is missing`)
      links.push({
        name: person.name,
        email: person.email,
        organisation: member.name,
        role: person.role,
        sign_in_url: `${ground.config.origin}/sign-in/${prepared.token}`,
      })
    }
  }
  return links
}
