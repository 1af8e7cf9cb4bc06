import type { Tx } from '../ground/ground.ts'
import { candidatesOf, holdsRange, type Prefix, rangesShare } from './address.ts'
import { selectAsnHolders, selectDomains, selectHoldingNetworks, selectNetworksOf } from './attribution-store.server.ts'
import { holderOf } from './chain.ts'
import { type Contradiction, longestRouted } from './network-claim.ts'
import { type ClaimRow, selectRivals, selectSharing } from './network-claim-store.server.ts'

export interface Weighed {
  /** In whose network it lies: that holder has to agree, and until then notices go to it alone. */
  holderId: string | null
  contradictions: Contradiction[]
  /** Networks of others that lie inside it and stood before. */
  held: string[]
}

type Weighable = Pick<ClaimRow, 'id' | 'orgId' | 'kind' | 'proof' | 'asn' | 'domain' | 'routing'> & {
  family: number | null
  network: Buffer | null
  prefixLength: number | null
}

/** Holds a claim against what others hold and claim now, and against the routing table as it was asked. */
export async function weighNetwork(tx: Tx, claim: Weighable): Promise<Weighed> {
  const weighed = await weighAgainstOthers(tx, claim)
  if (!(await wasEndedByDesk(tx, claim))) return weighed
  // Whoever took it away decides whether it comes back.
  return { ...weighed, contradictions: [...weighed.contradictions, 'ended_by_desk'] }
}

async function wasEndedByDesk(tx: Tx, claim: Weighable): Promise<boolean> {
  const before = (await selectNetworksOf(tx.db, claim.orgId)).filter(({ endedCode }) => endedCode === 'desk_ended')
  return before.some((network) => {
    if (network.kind !== claim.kind) return false
    if (claim.kind === 'cidr') return liesIn(claim, network) || liesIn(network, claim)
    return claim.kind === 'asn' ? Number(network.asn) === Number(claim.asn) : network.domain === claim.domain
  })
}

async function weighAgainstOthers(tx: Tx, claim: Weighable): Promise<Weighed> {
  const prefix = prefixOf(claim)
  if (prefix) return weighRange(tx, claim, prefix)
  if (claim.asn !== null) return weighAsn(tx, claim, claim.asn)
  return weighDomain(tx, claim, claim.domain ?? '')
}

async function weighRange(tx: Tx, claim: Weighable, prefix: Prefix): Promise<Weighed> {
  const wider = candidatesOf({ family: prefix.family, bytes: prefix.network, text: '' }).slice(0, prefix.length + 1)
  const sharing = await selectSharing(tx.db, claim.orgId, prefix, wider)
  const inForce = (network: (typeof sharing)[number]) =>
    network.effectiveAt !== null &&
    network.effectiveAt <= tx.now &&
    network.admittedAt !== null &&
    network.suspendedAt === null
  const around = holderOf(await selectHoldingNetworks(tx.db, wider, tx.now))
  const ownAs = claim.routing ? await selectAsnHolders(tx.db, claim.routing.asn, tx.now) : []
  const isOwnAs = ownAs[0]?.orgId === claim.orgId
  const holder = around?.orgId ?? ownAs[0]?.orgId ?? null

  const found = new Set<Contradiction>()
  const held = sharing.filter((network) => (network.prefixLength ?? 0) > prefix.length && inForce(network))
  if (held.some((network) => network.consentBy !== claim.orgId)) found.add('holds_others')
  // Not in force, so nobody to ask: whoever of the two is right, a person finds out.
  if (sharing.some((network) => !inForce(network))) found.add('contested')
  const rivals = await selectRivals(tx.db, claim.orgId, 'cidr')
  const contested = rivals.some((rival) => {
    const other = prefixOf(rival)
    return other !== null && rangesShare(other, prefix) && rival.id !== claim.id
  })
  if (contested) found.add('contested')

  const holderId = holder !== null && holder !== claim.orgId ? holder : null
  // The holder's word, or one's own network around it, says more than the routing table.
  if (holderId === null && around === null && !isOwnAs) {
    const tooLong = prefix.length > longestRouted[prefix.family]
    if (!claim.routing) found.add(tooLong ? 'inside_unknown' : 'not_announced')
    else if (!claim.routing.agrees) found.add(tooLong ? 'inside_unknown' : 'routing_other')
  }
  return {
    holderId,
    contradictions: [...found],
    held: held.filter((network) => network.consentBy === null).map((network) => network.id),
  }
}

async function weighAsn(tx: Tx, claim: Weighable, asn: number): Promise<Weighed> {
  const [holder] = await selectAsnHolders(tx.db, asn, tx.now)
  const contested = (await selectRivals(tx.db, claim.orgId, 'asn')).some((rival) => rival.asn === asn)
  return {
    holderId: holder && holder.orgId !== claim.orgId ? holder.orgId : null,
    contradictions: contested ? ['contested'] : [],
    held: [],
  }
}

/** Nobody's consent is asked for a name: it makes a site operator, who is addressed by nobody. */
async function weighDomain(tx: Tx, claim: Weighable, domain: string): Promise<Weighed> {
  const holders = await selectDomains(tx.db, [domain], tx.now)
  const rivals = await selectRivals(tx.db, claim.orgId, 'domain')
  const found = new Set<Contradiction>()
  if (holders.some((holder) => holder.orgId !== claim.orgId)) found.add('name_of_another')
  if (rivals.some((rival) => rival.domain === domain)) found.add('contested')
  return { holderId: null, contradictions: [...found], held: [] }
}

/** The range of a claim or network, or null where it is none. */
export function prefixOf(row: {
  family: number | null
  network: Buffer | null
  prefixLength: number | null
}): Prefix | null {
  if (row.network === null || row.prefixLength === null) return null
  return { family: row.family === 6 ? 6 : 4, network: row.network, length: row.prefixLength }
}

export function liesIn(
  inner: { family: number | null; network: Buffer | null; prefixLength: number | null },
  outer: { family: number | null; network: Buffer | null; prefixLength: number | null },
): boolean {
  const [one, other] = [prefixOf(inner), prefixOf(outer)]
  return one !== null && other !== null && holdsRange(other, one)
}
