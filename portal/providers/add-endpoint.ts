import { newId } from '../facts/id.ts'
import type { InputError } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { addressesOf } from './endpoint.ts'
import { endpointInput, inFlightErrors, networkErrors, type ReadEndpoint, readEndpoint } from './endpoint-input.ts'
import { replaceBindings, selectBindable } from './endpoint-network-store.server.ts'
import { insertEndpoint } from './provider-store.server.ts'
import { registerKeys } from './register-keys.ts'
import { Undone, undoing } from './undone.ts'

export type EndpointAdded =
  | { result: 'added'; endpoint: { id: string; issuer: string; audience: string; pollUrl: string; verified: false } }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'key-known-elsewhere'; pointer: string }
  | { result: 'forbidden' }

/** Takes an address and its keys. Nothing is sent there before `confirmEndpoint`; a poll stream works at once. */
export async function addEndpoint(ground: Ground, actor: Actor, input: unknown): Promise<EndpointAdded> {
  if (actor.kind === 'nobody' || !may(actor, 'endpoints.write')) return { result: 'forbidden' }
  const { orgId } = actor
  const reading = await readEndpoint(ground, endpointInput, input)
  if (!reading.ok) return { result: 'invalid', errors: reading.errors }
  return undoing(() => ground.db.transaction((tx) => write(ground, tx, orgId, reading.read)))
}

async function write(ground: Ground, tx: Tx, orgId: string, read: ReadEndpoint): Promise<EndpointAdded> {
  const { networks = [] } = read
  const wrong = [
    ...networkErrors(networks, read.url ?? null, await selectBindable(tx.db, orgId)),
    ...inFlightErrors(read.inFlight, read.url ?? null),
  ]
  if (wrong.length > 0) return { result: 'invalid', errors: wrong }
  const id = newId('end')
  await insertEndpoint(tx.db, {
    id,
    orgId,
    url: read.url ?? null,
    description: read.description ?? null,
    jwksUri: read.jwksUri ?? null,
    inFlight: read.inFlight ?? null,
    state: read.url ? 'unverified' : 'active',
    createdAt: tx.now,
    updatedAt: tx.now,
  })
  if (networks.length > 0) await replaceBindings(tx.db, { id, orgId }, networks, tx.now)
  const keys = await registerKeys(tx, { id, orgId }, read.keys, read.uses)
  if (keys.result !== 'registered') throw new Undone(keys)
  await record(tx, orgId, 'endpoint.added', { orgId, endpointId: id })
  return { result: 'added', endpoint: { id, ...addressesOf(ground.config.origin, orgId), verified: false } }
}
