import type { Ground } from '../ground/ground.ts'
import type { ProgramActor } from '../people/may.ts'
import type { Endpoint } from '../providers/endpoint.ts'
import { findEndpoint } from '../providers/find-endpoints.ts'
import { etagOf } from './notices.ts'
import type { Asking } from './route.ts'

type Answering = Pick<Asking<never>, 'answer' | 'refuse'>

export async function answerEndpoint(
  ground: Ground,
  actor: ProgramActor,
  id: string,
  { answer, refuse }: Answering,
): Promise<Response> {
  // Whoever may change it may see what became of it.
  const reader: ProgramActor = { ...actor, scopes: [...actor.scopes, 'endpoints:write'] }
  const found = await findEndpoint(ground, reader, id)
  if (found.result !== 'found') return refuse(found.result === 'forbidden' ? 'forbidden' : 'not_found')
  const body = endpointOnWire(found.endpoint)
  return answer(200, body, { ETag: etagOf(body) })
}

export function endpointOnWire(endpoint: Endpoint) {
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description,
    issuer: endpoint.issuer,
    audience: endpoint.audience,
    poll_url: endpoint.pollUrl,
    state: endpoint.state,
    verified: endpoint.verified,
    verified_at: endpoint.verifiedAt?.toISOString() ?? null,
    verified_grade: endpoint.verifiedGrade,
    media_type: endpoint.mediaType,
    signing_keys: endpoint.signingKeys,
    sealing_key: endpoint.sealingKey,
    jwks_uri: endpoint.jwksUri,
    networks: endpoint.networks,
    in_flight: endpoint.inFlight,
    allowed_rate: endpoint.allowedRate,
    failures: endpoint.failures,
    rests_until: endpoint.restsUntil?.toISOString() ?? null,
    created_at: endpoint.createdAt.toISOString(),
    updated_at: endpoint.updatedAt.toISOString(),
  }
}
