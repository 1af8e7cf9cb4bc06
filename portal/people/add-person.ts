import { newId } from '../facts/id.ts'
import type { Ground } from '../ground/ground.ts'
import { insertMembership, insertPerson, lockPersonByEmail, selectOrganisations } from './people-store.server.ts'
import { isEmail, type Locale, normaliseEmail, type Role } from './person.ts'

export interface NewMember {
  orgId: string
  email: string
  name: string
  role: Role
  locale?: Locale
}

/** Makes somebody a member of an organisation; who is known by that mailbox already joins as the same person. */
export function addPerson(
  ground: Ground,
  input: NewMember,
): Promise<{ result: 'added' | 'already-member'; personId: string } | { result: 'unknown-organisation' | 'invalid' }> {
  return ground.db.transaction(async (tx) => {
    const email = normaliseEmail(input.email)
    if (!isEmail(email)) return { result: 'invalid' }
    if ((await selectOrganisations(tx.db, [input.orgId])).length === 0) return { result: 'unknown-organisation' }
    const known = await lockPersonByEmail(tx.db, email)
    const personId = known?.id ?? newId('psn')
    if (!known) {
      const locale = input.locale ?? 'en'
      await insertPerson(tx.db, { id: personId, email, name: input.name.trim(), locale, createdAt: tx.now })
    }
    const joined = await insertMembership(tx.db, { orgId: input.orgId, personId, role: input.role, createdAt: tx.now })
    return { result: joined ? 'added' : 'already-member', personId }
  })
}
