import type { InputError } from '../facts/input-error.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { describeEndpoint, type Endpoint, healthy } from './endpoint.ts'
import { endpointChange, inFlightErrors, networkErrors, type ReadEndpoint, readEndpoint } from './endpoint-input.ts'
import { replaceBindings, selectBindable, selectBindings, selectServing } from './endpoint-network-store.server.ts'
import { type ChangeRefused, mayChange } from './may-change.ts'
import {
  type EndpointRow,
  lockEndpoint,
  lockEndpointsOf,
  selectEndpoint,
  selectKeys,
  updateEndpoint,
} from './provider-store.server.ts'
import { registerKeys } from './register-keys.ts'
import { hasWayForAll } from './second-channel.ts'
import { dropOwed } from './stream-store.server.ts'
import { Undone, undoing } from './undone.ts'

export type EndpointChanged =
  | { result: 'changed'; endpoint: Endpoint }
  | { result: 'invalid'; errors: InputError[] }
  | { result: 'key-known-elsewhere'; pointer: string }
  /** Some network of the provider's would have no way left. */
  | { result: 'no-second-channel' }
  | { result: 'unknown-endpoint' | 'forbidden' }
  | ChangeRefused

/**
 * Changes what was sent and leaves the rest. Other networks leave everything verified; what waits is brought by whatever
 * serves its networks now. Another address or other keys void what was verified; an endpoint that is in
 * use stays so while only signing keys come or go, so that rotating them leaves no gap. Who may: see `mayChange`.
 */
export async function changeEndpoint(
  ground: Ground,
  actor: Actor,
  endpointId: string,
  input: unknown,
  proof?: string,
): Promise<EndpointChanged> {
  if (!may(actor, 'endpoints.write')) return { result: 'forbidden' }
  const before = await selectEndpoint(ground.db.read, endpointId)
  if (!before || !may(actor, 'endpoints.write', { orgId: before.orgId })) return { result: 'unknown-endpoint' }
  const refused = await mayChange(ground, actor, endpointId, input, proof)
  if (refused) return refused
  const reading = await readEndpoint(ground, endpointChange, input)
  if (!reading.ok) return { result: 'invalid', errors: reading.errors }
  const { read } = reading
  return undoing(() =>
    ground.db.transaction(async (tx): Promise<EndpointChanged> => {
      const endpoint = await lockEndpoint(tx.db, endpointId)
      if (!endpoint || endpoint.state === 'retired') return { result: 'unknown-endpoint' }
      const changes: string[] = []
      const keys = await registerKeys(tx, endpoint, read.keys, read.uses)
      if (keys.result !== 'registered') throw new Undone(keys)
      if (keys.changed) changes.push('keys')
      if (read.url !== undefined && read.url !== endpoint.url) changes.push('url')
      const voided = changes.length > 0
      const elsewhere = changes.includes('url') || (keys.changed && read.uses.includes('enc'))
      if (read.description !== undefined && read.description !== endpoint.description) changes.push('description')
      if (read.jwksUri !== undefined && read.jwksUri !== endpoint.jwksUri) changes.push('jwks_uri')
      const url = read.url === undefined ? endpoint.url : read.url
      const wrong = inFlightErrors(read.inFlight, url)
      if (wrong.length > 0) throw new Undone<EndpointChanged>({ result: 'invalid', errors: wrong })
      if (await bind(ground, tx, endpoint, { ...read, url })) changes.push('networks')
      const inFlight = read.inFlight === undefined ? endpoint.inFlight : read.inFlight
      if (inFlight !== endpoint.inFlight) changes.push('in_flight')
      await updateEndpoint(tx.db, endpointId, {
        url,
        description: read.description === undefined ? endpoint.description : read.description,
        jwksUri: read.jwksUri === undefined ? endpoint.jwksUri : read.jwksUri,
        inFlight,
        updatedAt: tx.now,
        ...(voided ? unverified(endpoint, url, elsewhere) : {}),
      })
      if (changes.includes('url')) await dropOwed(tx.db, endpointId, tx.now)
      const { orgId } = endpoint
      if (changes.length > 0)
        await record(tx, orgId, 'endpoint.changed', { orgId, endpointId, change: changes.join(' ') })
      const after = await lockEndpoint(tx.db, endpointId)
      if (!after) throw new Error('An endpoint vanished')
      const held = await selectKeys(tx.db, [endpointId])
      const bindings = await selectBindings(tx.db, [endpointId])
      return { result: 'changed', endpoint: describeEndpoint(after, held, bindings, ground.config.origin) }
    }),
  )
}

/** Binds it to the networks that were sent. Ended ones it was bound to may stay, for what still stands in them. */
async function bind(
  ground: Ground,
  tx: Tx,
  endpoint: EndpointRow,
  { networks, url }: Pick<ReadEndpoint, 'networks'> & { url: string | null },
): Promise<boolean> {
  const before = (await selectBindings(tx.db, [endpoint.id])).map(({ networkId }) => networkId)
  const after = networks ?? before
  const bindable = await selectBindable(tx.db, endpoint.orgId)
  const wrong = networkErrors(after, url, new Set([...bindable, ...before]))
  if (wrong.length > 0) throw new Undone<EndpointChanged>({ result: 'invalid', errors: wrong })
  if (after.length === before.length && after.every((id) => before.includes(id))) return false
  await lockEndpointsOf(tx.db, endpoint.orgId)
  await replaceBindings(tx.db, endpoint, after, tx.now)
  const pushed = await selectServing(tx.db, endpoint.orgId)
  const serves = pushed.some(({ id }) => id === endpoint.id)
  if (serves && !(await hasWayForAll(ground, tx.db, endpoint.orgId, pushed)))
    throw new Undone<EndpointChanged>({ result: 'no-second-channel' })
  return true
}

function unverified(endpoint: EndpointRow, url: string | null, elsewhere: boolean) {
  const asked = { verifiedAt: null, verifiedGrade: null, verificationJti: null }
  if (!elsewhere) return asked
  const next = url === null ? ('active' as const) : ('unverified' as const)
  return {
    ...asked,
    state: endpoint.state === 'paused' ? endpoint.state : next,
    mediaType: 'application/secevent+jwt' as const,
    ...(url === endpoint.url ? {} : { allowedRate: null }),
    ...healthy,
  }
}
