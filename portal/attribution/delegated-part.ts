import type { Ground, Tx } from '../ground/ground.ts'
import { contains, readAddress } from './address.ts'
import { stateOfDelegation } from './delegation.ts'
import { keepDelegated, selectDelegation } from './delegation-store.server.ts'
import { prefixOf } from './weigh-network.ts'

/** A part of a network that is handed on, as far as is needed to tell what lies in it. */
export interface DelegatedPart {
  orgId: string
  networkId: string
  /** Whether all of these addresses, or the name, lie in it. */
  holds(addresses: readonly string[], host: string): boolean
}

/** Null where it is over, or was taken back. */
export async function findDelegatedPart(ground: Ground, delegationId: string): Promise<DelegatedPart | null> {
  const row = await selectDelegation(ground.db.read, delegationId)
  if (!row || stateOfDelegation(row, ground.clock.now()) !== 'in_force') return null
  const { orgId, networkId, domain } = row
  const prefix = prefixOf(row)
  const isIn = (text: string) => {
    const address = readAddress(text)
    return address !== null && prefix !== null && contains(prefix, address)
  }
  return {
    orgId,
    networkId,
    holds: (addresses, host) =>
      domain === null ? addresses.length > 0 && addresses.every(isIn) : host === domain || host.endsWith(`.${domain}`),
  }
}

/** From now on the item is among what is handed on, unless it is by another delegation already. */
export async function addDelegated(tx: Tx, itemId: string, delegationId: string): Promise<void> {
  await keepDelegated(tx.db, itemId, delegationId, tx.now, { anew: false })
}
