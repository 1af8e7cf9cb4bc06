import type { Ground } from '../ground/ground.ts'
import type { PersonActor } from './may.ts'
import { selectMemberships } from './people-store.server.ts'
import { type BrowserFamily, browsers } from './session.ts'
import { selectSessionsOf } from './session-store.server.ts'

export interface SessionView {
  id: string
  /** As coarse as it is kept: no address, no version. */
  browser: BrowserFamily
  orgName: string
  secondFactor: boolean
  signedInAt: string
  lastSeenAt: string
  current: boolean
}

/** Where a person is signed in, newest first. */
export async function findSessions(ground: Ground, actor: PersonActor): Promise<SessionView[]> {
  const rows = await selectSessionsOf(ground.db.read, actor.personId, ground.clock.now())
  return rows.map((row) => ({
    id: row.id,
    browser: browsers.find((family) => family === row.browser) ?? 'other',
    orgName: row.orgName,
    secondFactor: row.assurance > 1,
    signedInAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    current: row.id === actor.sessionId,
  }))
}

/** The organisations a person belongs to and may choose from; those suspended are not among them. */
export async function findOwnOrganisations(
  ground: Ground,
  actor: PersonActor,
): Promise<{ orgId: string; name: string; kind: string; role: string; current: boolean }[]> {
  const memberships = await selectMemberships(ground.db.read, actor.personId)
  return memberships.map(({ orgId, orgName, orgKind, role }) => ({
    orgId,
    name: orgName,
    kind: orgKind,
    role,
    current: orgId === actor.orgId,
  }))
}
