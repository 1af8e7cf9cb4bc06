import type { Ground } from '../ground/ground.ts'
import { findMailFate } from '../people/find-mail-fate.ts'
import { findOrganisations } from '../people/find-organisation.ts'
import type { MailState } from '../people/mail.ts'
import { type Actor, may } from '../people/may.ts'
import { selectNetwork, selectNetworksOf } from './attribution-store.server.ts'
import { graceMs } from './check-proofs.ts'
import { proofLine, recordName } from './claim-token.ts'
import type { CheckResult } from './look-for-proof.ts'
import { type ClaimProof, type ClaimState, type Contradiction, stateOf, writtenAs } from './network-claim.ts'
import {
  type ClaimRow,
  type RegistryEvidence,
  type RoutingEvidence,
  selectChecks,
  selectClaim,
  selectClaimsAskedOf,
  selectClaimsForDesk,
  selectClaimsOf,
} from './network-claim-store.server.ts'

/** A claim, or a network without one because the desk saw to it. */
export interface NetworkView {
  /** `ncl_…`, or `net_…` where there never was a claim. */
  id: string
  networkId: string | null
  orgId: string
  orgName: string
  kind: 'cidr' | 'asn' | 'domain'
  written: string
  proof: ClaimProof | 'platform_desk'
  state: ClaimState
  contradictions: Contradiction[]
  /** Who is asked to agree, or has agreed. */
  holderId: string | null
  holderName: string | null
  claimedAt: Date
  provenAt: Date | null
  effectiveAt: Date | null
  expiresAt: Date | null
  checkedAt: Date | null
  nextCheckAt: Date | null
  graceEndsAt: Date | null
  endedAt: Date | null
  endedCode: string | null
  decisionReason: string | null
}

export interface ProofInstructions {
  /** The line that has to be seen; null where a mailbox or a holder answers. */
  line: string | null
  /** Where: the name of the record, the address of the file, or the handle of the object. */
  where: string | null
  /** The mailbox that was mailed. */
  mailbox: string | null
  /** What became of that mail: where it came back, another proof is needed. */
  mail: { state: MailState; code: string | null } | null
}

export interface ClaimView extends NetworkView {
  instructions: ProofInstructions
  registry: RegistryEvidence | null
  routing: RoutingEvidence | null
  checks: { at: Date; result: CheckResult; detail: string }[]
}

/** What an organisation holds and claims, newest first, what is over included. */
export async function findNetworks(
  ground: Ground,
  actor: Actor,
  { orgId }: { orgId?: string } = {},
): Promise<{ result: 'found'; networks: NetworkView[] } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody') return { result: 'forbidden' }
  const of = orgId ?? actor.orgId
  if (!may(actor, 'networks.read', { orgId: of })) return { result: 'forbidden' }
  const claims = await selectClaimsOf(ground.db.read, of)
  const claimed = new Set(claims.map(({ networkId }) => networkId))
  const byDesk = (await selectNetworksOf(ground.db.read, of)).filter(({ id }) => !claimed.has(id))
  const names = await namesOf(ground, [of, ...claims.flatMap(({ holderId }) => holderId ?? [])])
  const now = ground.clock.now()
  const views = [
    ...claims.map((claim) => viewOf(claim, names, now)),
    ...byDesk.map((network) => viewOfNetwork(network, names, now)),
  ]
  return { result: 'found', networks: views.sort((one, other) => other.claimedAt.getTime() - one.claimedAt.getTime()) }
}

/** One claim with what has to be done for it, and every look there was. */
export async function findClaim(
  ground: Ground,
  actor: Actor,
  claimId: string,
): Promise<{ result: 'found'; claim: ClaimView } | { result: 'unknown-claim' | 'forbidden' }> {
  if (actor.kind === 'nobody' || !may(actor, 'networks.read')) return { result: 'forbidden' }
  const claim = await selectClaim(ground.db.read, claimId)
  if (!claim || !may(actor, 'networks.read', { orgId: claim.orgId })) return { result: 'unknown-claim' }
  return {
    result: 'found',
    claim: await claimView(ground, claim, may(actor, 'networks.write', { orgId: claim.orgId })),
  }
}

/** A network by its own id or by its claim's: one that the desk saw to has no claim, so nothing to do and no looks. */
export async function findNetwork(
  ground: Ground,
  actor: Actor,
  id: string,
): Promise<{ result: 'found'; network: ClaimView } | { result: 'unknown-network' | 'forbidden' }> {
  if (id.startsWith('ncl_')) {
    const found = await findClaim(ground, actor, id)
    if (found.result === 'found') return { result: 'found', network: found.claim }
    return { result: found.result === 'forbidden' ? 'forbidden' : 'unknown-network' }
  }
  if (actor.kind === 'nobody' || !may(actor, 'networks.read')) return { result: 'forbidden' }
  const network = await selectNetwork(ground.db.read, id)
  if (!network || !may(actor, 'networks.read', { orgId: network.orgId })) return { result: 'unknown-network' }
  const names = await namesOf(ground, [network.orgId, ...(network.consentBy ? [network.consentBy] : [])])
  return {
    result: 'found',
    network: {
      ...viewOfNetwork(network, names, ground.clock.now()),
      instructions: { line: null, where: null, mailbox: null, mail: null },
      registry: null,
      routing: null,
      checks: [],
    },
  }
}

async function claimView(ground: Ground, claim: ClaimRow, isOwn: boolean): Promise<ClaimView> {
  const names = await namesOf(ground, [claim.orgId, ...(claim.holderId ? [claim.holderId] : [])])
  const checks = await selectChecks(ground.db.read, claim.id)
  return {
    ...viewOf(claim, names, ground.clock.now()),
    instructions: { ...instructionsOf(ground, claim, isOwn), mail: await mailFateOf(ground, claim) },
    registry: claim.registry,
    routing: claim.routing,
    checks: checks.map((check) => ({ ...check, result: check.result as CheckResult })),
  }
}

/** The line is shown to whoever has to put it there; for the desk it is nobody's business. */
function instructionsOf(ground: Ground, claim: ClaimRow, isOwn: boolean): Omit<ProofInstructions, 'mail'> {
  const line = isOwn ? proofLine(ground, claim.id) : null
  switch (claim.proof) {
    case 'dns_txt':
      return { line, where: recordName(claim.domain ?? ''), mailbox: null }
    case 'file':
      return { line, where: `https://${claim.domain}/.well-known/noticeline.txt`, mailbox: null }
    case 'registry_object':
      return { line, where: claim.registry?.handle ?? null, mailbox: null }
    case 'registry_mail':
      return { line: null, where: null, mailbox: claim.registry?.mailbox ?? null }
    case 'parent_consent':
      return { line: null, where: null, mailbox: null }
  }
}

async function mailFateOf(ground: Ground, claim: ClaimRow): Promise<ProofInstructions['mail']> {
  if (claim.proof !== 'registry_mail') return null
  const fate = await findMailFate(ground.db.read, claim.id, 'network_proof')
  return fate && { state: fate.state, code: fate.code }
}

/** Claims that lie in the networks of whoever asks: to be answered, and agreed to. */
export async function findConsents(
  ground: Ground,
  actor: Actor,
): Promise<{ result: 'found'; claims: NetworkView[] } | { result: 'forbidden' }> {
  if (actor.kind === 'nobody' || !may(actor, 'networks.read', { orgId: actor.orgId })) return { result: 'forbidden' }
  const claims = (await selectClaimsAskedOf(ground.db.read, actor.orgId)).filter(
    // Nobody is bothered with what is not proven, unless their word is the proof.
    (claim) => claim.provenAt !== null || claim.proof === 'parent_consent',
  )
  const names = await namesOf(
    ground,
    claims.flatMap(({ orgId, holderId }) => [orgId, holderId ?? orgId]),
  )
  return { result: 'found', claims: claims.map((claim) => viewOf(claim, names, ground.clock.now())) }
}

/** What waits for the platform's desk: contradicted, or young. Both sources stand side by side. */
export async function findClaimsForDesk(
  ground: Ground,
  actor: Actor,
): Promise<{ result: 'found'; claims: ClaimView[] } | { result: 'forbidden' }> {
  if (!may(actor, 'attribution.decide')) return { result: 'forbidden' }
  const claims = await selectClaimsForDesk(ground.db.read, ground.clock.now())
  return { result: 'found', claims: await Promise.all(claims.map((claim) => claimView(ground, claim, false))) }
}

async function namesOf(ground: Ground, orgIds: readonly string[]): Promise<Map<string, string>> {
  const found = await findOrganisations(ground.db.read, orgIds)
  return new Map([...found].map(([id, { name }]) => [id, name]))
}

function viewOf(claim: ClaimRow, names: ReadonlyMap<string, string>, now: Date): NetworkView {
  return {
    id: claim.id,
    networkId: claim.networkId,
    orgId: claim.orgId,
    orgName: names.get(claim.orgId) ?? '',
    kind: claim.kind,
    written: writtenAs(claim),
    proof: claim.proof,
    state: stateOf(claim, now),
    contradictions: claim.contradictions,
    holderId: claim.holderId,
    holderName: claim.holderId ? (names.get(claim.holderId) ?? null) : null,
    claimedAt: claim.createdAt,
    provenAt: claim.provenAt,
    effectiveAt: claim.effectiveAt,
    expiresAt: claim.provenAt ? null : claim.expiresAt,
    checkedAt: claim.checkedAt,
    nextCheckAt: claim.nextCheckAt,
    graceEndsAt: claim.missingSince ? new Date(claim.missingSince.getTime() + graceMs) : null,
    endedAt: claim.endedAt,
    endedCode: claim.endedCode,
    decisionReason: claim.endedReason ?? claim.decisionReason,
  }
}

type NetworkRow = NonNullable<Awaited<ReturnType<typeof selectNetwork>>>

function viewOfNetwork(network: NetworkRow, names: ReadonlyMap<string, string>, now: Date): NetworkView {
  const isYoung = network.effectiveAt !== null && network.effectiveAt > now
  return {
    id: network.id,
    networkId: network.id,
    orgId: network.orgId,
    orgName: names.get(network.orgId) ?? '',
    kind: network.kind as NetworkView['kind'],
    written: writtenAs(network),
    proof: network.proof as NetworkView['proof'],
    state: network.endedAt ? 'ended' : isYoung ? 'waiting_time' : 'in_force',
    contradictions: [],
    holderId: network.consentBy,
    holderName: network.consentBy ? (names.get(network.consentBy) ?? null) : null,
    claimedAt: network.createdAt,
    provenAt: network.provenAt,
    effectiveAt: network.effectiveAt,
    expiresAt: null,
    checkedAt: null,
    nextCheckAt: null,
    graceEndsAt: null,
    endedAt: network.endedAt,
    endedCode: network.endedAt ? (network.endedCode ?? 'desk_ended') : null,
    decisionReason: network.endedReason,
  }
}
