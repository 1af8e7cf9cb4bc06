import type { Ground } from '../ground/ground.ts'
import type { PersonActor } from './may.ts'
import { selectOrganisations, selectPerson } from './people-store.server.ts'
import type { Locale, OrgKind, Role } from './person.ts'

export interface ActorDescription {
  personName: string
  email: string
  orgName: string
  orgKind: OrgKind
  role: Role
  locale: Locale
}

/** Who somebody is, for the head of a page. */
export async function describeActor(ground: Ground, actor: PersonActor): Promise<ActorDescription> {
  const person = await selectPerson(ground.db.read, actor.personId)
  const [organisation] = await selectOrganisations(ground.db.read, [actor.orgId])
  if (!person || !organisation) throw new Error('An actor without a person or an organisation')
  return {
    personName: person.name,
    email: person.email,
    orgName: organisation.name,
    orgKind: organisation.kind,
    role: actor.role,
    locale: person.locale === 'nl' ? 'nl' : 'en',
  }
}
