import { type NewNetwork, proveNetwork } from '../../attribution/prove-network.ts'
import type { Ground } from '../../ground/ground.ts'
import type { PersonActor } from '../../people/may.ts'
import { addContact } from '../../providers/add-contact.ts'
import { organisation } from './organisation.ts'
import { person } from './person.ts'

export interface BuiltProvider {
  orgId: string
  /** Its owner, signed in. */
  actor: PersonActor
}

/** An admitted provider with an owner and, unless `cidr` is null, a proven network: 203.0.113.0/24. */
export async function provider(
  ground: Ground,
  input: { name?: string; cidr?: string | null; contact?: string } = {},
): Promise<BuiltProvider> {
  const orgId = await organisation(ground, { kind: 'provider', name: input.name ?? 'Tern Hosting' })
  const actor = await person(ground, { orgId })
  const cidr = input.cidr === undefined ? '203.0.113.0/24' : input.cidr
  if (cidr !== null) await network(ground, { orgId, cidr })
  if (input.contact !== undefined) {
    await addContact(ground, { orgId, kind: 'abuse', email: input.contact, languages: ['en'], verified: true })
  }
  return { orgId, actor }
}

/** A network or domain, proven by the platform's desk. */
export async function network(ground: Ground, input: NewNetwork): Promise<string> {
  const proven = await proveNetwork(ground, await person(ground, { orgKind: 'platform' }), input)
  if (proven.result !== 'proven') throw new Error(`The network to build on was refused: ${proven.result}`)
  return proven.networkId
}
