import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import type { PersonActor } from './may.ts'
import { selectMemberships } from './people-store.server.ts'
import type { OrgKind } from './person.ts'
import { setSessionOrganisation } from './session-store.server.ts'

/** Goes on with this session in another of the person's organisations. What that one asks for is asked at its first page. */
export function chooseOrganisation(
  ground: Ground,
  actor: PersonActor,
  orgId: string,
): Promise<{ result: 'chosen'; orgKind: OrgKind } | { result: 'unknown-organisation' }> {
  return ground.db.transaction(async (tx) => {
    const { personId, sessionId } = actor
    const chosen = (await selectMemberships(tx.db, personId)).find((membership) => membership.orgId === orgId)
    if (!chosen) return { result: 'unknown-organisation' }
    if (orgId !== actor.orgId) {
      await setSessionOrganisation(tx.db, sessionId, orgId)
      await record(tx, personId, 'person.moved', { personId, sessionId, orgId })
    }
    return { result: 'chosen', orgKind: chosen.orgKind as OrgKind }
  })
}
