import { findRehearsals } from '../../../delivery/find-rehearsals.ts'
import type { Ground } from '../../../ground/ground.ts'
import { may, type PersonActor } from '../../../people/may.ts'
import { isFresh } from '../../../people/session.ts'
import { unlimitedRate } from '../../../providers/allowed-rate.ts'
import { findEndpointKeys } from '../../../providers/find-endpoint-keys.ts'
import { findEndpoint } from '../../../providers/find-endpoints.ts'
import { receiverWords, saySentence } from '../../../providers/receiver-words.ts'
import { notFound } from '../../access.server.ts'
import { bindableNetworks } from '../../bindable.server.ts'
import type { Language } from '../../language/catalogue.ts'

export type EndpointPage = Awaited<ReturnType<typeof readEndpointPage>>

/** An endpoint with its keys and its last rehearsals, ready for the page. */
export async function readEndpointPage(ground: Ground, actor: PersonActor, endpointId: string) {
  const found = await findEndpoint(ground, actor, endpointId)
  const keys = await findEndpointKeys(ground, actor, endpointId)
  if (found.result !== 'found' || keys.result !== 'found') throw notFound()
  const rehearsed = await findRehearsals(ground, actor, endpointId)
  const { endpoint } = found
  const writes = may(actor, 'endpoints.write', { orgId: endpoint.orgId })
  const { orgId: _, createdAt, updatedAt, verifiedAt, restsUntil, ...rest } = endpoint
  return {
    bindable: await bindableNetworks(ground, actor, endpoint.networks),
    endpoint: {
      ...rest,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
      verifiedAt: verifiedAt?.toISOString() ?? null,
      restsUntil: restsUntil && restsUntil > ground.clock.now() ? restsUntil.toISOString() : null,
      allowsAll: endpoint.allowedRate === unlimitedRate,
    },
    keys: keys.keys.map(({ jwk: __, ...key }) => ({
      ...key,
      registeredAt: key.registeredAt.toISOString(),
      retiredAt: key.retiredAt?.toISOString() ?? null,
      revokedAt: key.revokedAt?.toISOString() ?? null,
      acceptedUntil: key.acceptedUntil?.toISOString() ?? null,
    })),
    rehearsals: (rehearsed.result === 'found' ? rehearsed.rehearsals : []).map(({ id, state, startedAt }) => ({
      id,
      state,
      at: startedAt.toISOString(),
    })),
    may: { write: writes, change: writes && actor.role === 'owner' },
    fresh: writes && (await isFresh(ground, actor)),
  }
}

/** What the receiver did, from the words of the address: a code of the table and a number, and nothing else. */
export function refusalFrom(search: URLSearchParams, language: Language): string | null {
  const word = search.get('word') ?? ''
  if (search.get('said') !== 'refused' || !Object.hasOwn(receiverWords, word)) return null
  const n = /^\d{1,9}$/.test(search.get('n') ?? '') ? Number(search.get('n')) : null
  return saySentence(receiverWords[word as keyof typeof receiverWords], language, n)
}
