/** Organisations for benches and load, made through the portal's own verbs. */
import { proveNetwork } from '../../portal/attribution/prove-network.ts'
import type { Ground } from '../../portal/ground/ground.ts'
import { addOrganisation } from '../../portal/people/add-organisation.ts'
import { findProgram } from '../../portal/people/find-program.ts'
import { issueApiToken } from '../../portal/people/issue-api-token.ts'
import { allScopes, type PersonActor, type ProgramActor } from '../../portal/people/may.ts'

export interface Member {
  orgId: string
  token: string
}

export async function addNotifier(ground: Ground, name: string): Promise<Member> {
  const added = await addOrganisation(ground, { kind: 'notifier', notifierKind: 'hotline', name, admitted: true })
  if (added.result !== 'added') throw new Error('The notifier was refused')
  return { orgId: added.orgId, token: await tokenFor(ground, added.orgId) }
}

/** A provider with a network of its own: 127.0.`network`.0/24. */
export async function addProvider(ground: Ground, name: string, network: number): Promise<Member> {
  const adheresSince = new Date('2020-01-01T00:00:00.000Z')
  const added = await addOrganisation(ground, { kind: 'provider', name, admitted: true, adheresSince })
  if (added.result !== 'added') throw new Error('The provider was refused')
  const { orgId } = added
  const proven = await proveNetwork(ground, await desk(ground), {
    orgId,
    cidr: `127.0.${network}.0/24`,
    proof: 'platform_desk',
  })
  if (proven.result !== 'proven') throw new Error(`The network was refused: ${proven.result}`)
  return { orgId, token: await tokenFor(ground, orgId) }
}

export async function programOf(ground: Ground, token: string): Promise<ProgramActor> {
  const program = await findProgram(ground, token)
  if (!program) throw new Error('A token that was just issued opens nothing')
  return program
}

async function tokenFor(ground: Ground, orgId: string): Promise<string> {
  const issued = await issueApiToken(ground, { orgId, name: 'load', scopes: [...allScopes], live: true })
  return issued.token
}

const desks = new WeakMap<Ground, string>()

/** Networks are proven by a person of the platform's desk. */
async function desk(ground: Ground): Promise<PersonActor> {
  let orgId = desks.get(ground)
  if (orgId === undefined) {
    const added = await addOrganisation(ground, { kind: 'platform', name: 'Desk of the measurements', admitted: true })
    if (added.result !== 'added') throw new Error('The desk was refused')
    orgId = added.orgId
    desks.set(ground, orgId)
  }
  return {
    kind: 'person',
    personId: 'psn_desk',
    orgId,
    orgKind: 'platform',
    role: 'owner',
    assurance: 2,
    assuranceNeeded: 2,
    sessionId: 'ses_desk',
  }
}
