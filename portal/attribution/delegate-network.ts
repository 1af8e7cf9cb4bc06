import { type InputError, pointerTo } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { type Actor, may } from '../people/may.ts'
import { holdsRange } from './address.ts'
import { selectNetwork } from './attribution-store.server.ts'
import { type Sees, sights } from './delegation.ts'
import { insertDelegation, lockDelegation, selectDelegations, setDelegationEnded } from './delegation-store.server.ts'
import { readClaimed } from './network-claim.ts'
import { prefixOf } from './weigh-network.ts'

export interface NewDelegation {
  networkId: string
  toOrgId: string
  /** The part that is handed on: a range inside the network, or a name inside the domain. */
  part: string
  sees: string
  endsAt: Date | null
}

const longestMs = 366 * 86_400_000

export type Delegated =
  | { result: 'delegated'; delegationId: string }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'unknown-network' | 'unknown-provider' | 'forbidden' }

/**
 * Hands the customers in a part of one's network on to a reseller, until a date. The chain of an item there names the
 * reseller; notices still go to the holder, whose clock it stays.
 */
export function delegateNetwork(ground: Ground, actor: Actor, input: NewDelegation): Promise<Delegated> {
  return ground.db.transaction(async (tx): Promise<Delegated> => {
    if (actor.kind === 'nobody' || !may(actor, 'networks.share')) return { result: 'forbidden' }
    const { orgId } = actor
    const network = await selectNetwork(tx.db, input.networkId)
    if (!network || network.orgId !== orgId || network.endedAt) return { result: 'unknown-network' }
    const reseller = await findOrganisation(tx.db, input.toOrgId)
    if (reseller?.kind !== 'provider' || reseller.suspendedAt || reseller.id === orgId) {
      return { result: 'unknown-provider' }
    }
    const wrong = (member: string, code: string, message: string): Delegated => ({
      result: 'invalid',
      errors: [{ pointer: pointerTo([member]), code, message }],
    })
    const { sees, endsAt } = input
    if (!isSight(sees)) return wrong('sees', 'not_one_of', `One of ${sights.join(', ')}.`)
    if (!endsAt || endsAt <= tx.now || endsAt.getTime() > tx.now.getTime() + longestMs) {
      return wrong('ends_at', 'not_a_date', 'A date in the future, at most a year from now.')
    }
    const part = readPart(ground, network, input.part)
    if (!part) return wrong('part', 'not_inside', 'A range inside this network, or a name at or below this domain.')
    const same = (await selectDelegations(tx.db, orgId)).some(
      (other) => other.orgId === orgId && !other.endedAt && other.endsAt > tx.now && isSame(other, part),
    )
    if (same) return wrong('part', 'delegated_already', 'This part is handed on already. Take that back first.')
    const id = newId('dlg')
    await insertDelegation(tx.db, {
      ...part,
      id,
      orgId,
      toOrgId: reseller.id,
      networkId: network.id,
      sees,
      endsAt,
      createdAt: tx.now,
    })
    await record(tx, orgId, 'network.delegated', {
      orgId,
      toOrgId: reseller.id,
      delegationId: id,
      endsAt: endsAt.toISOString(),
      sees,
    })
    return { result: 'delegated', delegationId: id }
  })
}

function isSight(text: string): text is Sees {
  return (sights as readonly string[]).includes(text)
}

interface Part {
  family: number | null
  network: Buffer | null
  prefixLength: number | null
  domain: string | null
}

function readPart(ground: Ground, of: Part & { kind: string; asn: number | null }, text: string): Part | null {
  const { allowedRanges } = ground.config
  if (of.kind === 'domain') {
    const read = readClaimed({ domain: text }, allowedRanges)
    if (!read.ok || read.network.kind !== 'domain') return null
    const { domain } = read.network
    const isInside = domain === of.domain || domain.endsWith(`.${of.domain}`)
    return isInside ? { family: null, network: null, prefixLength: null, domain } : null
  }
  const read = readClaimed({ cidr: text }, allowedRanges)
  if (!read.ok || read.network.kind !== 'cidr') return null
  const inner = read.network
  const outer = prefixOf(of)
  const announced = of.asn === null ? [] : ground.routing.asnRanges(of.asn)
  const isInside =
    (outer !== null && holdsRange(outer, inner)) ||
    announced.some((range) => {
      const announcedRange = readClaimed({ cidr: range }, allowedRanges)
      return announcedRange.ok && announcedRange.network.kind === 'cidr' && holdsRange(announcedRange.network, inner)
    })
  return isInside ? { family: inner.family, network: inner.network, prefixLength: inner.length, domain: null } : null
}

function isSame(one: Part, other: Part): boolean {
  if (one.domain !== null || other.domain !== null) return one.domain === other.domain
  return (
    one.family === other.family &&
    one.prefixLength === other.prefixLength &&
    other.network !== null &&
    one.network?.equals(other.network) === true
  )
}

/** Takes a delegation back before its date. */
export function endDelegation(
  ground: Ground,
  actor: Actor,
  delegationId: string,
): Promise<{ result: 'ended' | 'unknown-delegation' | 'forbidden' }> {
  return ground.db.transaction(async (tx: Tx) => {
    if (!may(actor, 'networks.share')) return { result: 'forbidden' }
    const delegation = await lockDelegation(tx.db, delegationId)
    const isOurs = delegation !== null && may(actor, 'networks.share', { orgId: delegation.orgId })
    if (!isOurs || delegation.endedAt || delegation.endsAt <= tx.now) return { result: 'unknown-delegation' }
    const { orgId, toOrgId } = delegation
    await setDelegationEnded(tx.db, delegationId, tx.now)
    await record(tx, orgId, 'network.delegation-ended', { orgId, toOrgId, delegationId, code: 'revoked' })
    return { result: 'ended' }
  })
}
