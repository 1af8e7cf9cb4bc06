import { audienceOf, eventTypes, seal, signToken } from '@noticeline/sdk/protocol'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, OutboundAnswer } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { allowedRateOf } from './allowed-rate.ts'
import { healthy, type MediaType, type VerifiedGrade } from './endpoint.ts'
import { type EndpointRow, lockEndpoint, selectEndpoint, selectKeys, updateEndpoint } from './provider-store.server.ts'
import { receiverWords } from './receiver-words.ts'
import { mayBeMediaType, refusalOf, type VerificationRefusal } from './verification-answer.ts'

const timeoutMs = 10_000

interface Asked {
  state?: string | undefined
}

export type EndpointConfirmed =
  | { result: 'confirmed'; mediaType: MediaType; grade: VerifiedGrade }
  | ({ result: 'refused' } & VerificationRefusal)
  | { result: 'unknown-endpoint' | 'forbidden' }

/**
 * Sends the verification event by the same way as a notice, and makes the endpoint active when it answers as a receiver
 * has to. `state` is what the receiver asked to get back in it. A firewall that refuses the media type is asked again with the other one, which is kept.
 */
export async function confirmEndpoint(
  ground: Ground,
  actor: Actor,
  endpointId: string,
  { state }: Asked = {},
): Promise<EndpointConfirmed> {
  if (!may(actor, 'endpoints.write')) return { result: 'forbidden' }
  const endpoint = await selectEndpoint(ground.db.read, endpointId)
  if (!endpoint || endpoint.state === 'retired' || !may(actor, 'endpoints.write', { orgId: endpoint.orgId }))
    return { result: 'unknown-endpoint' }
  const { url, orgId } = endpoint
  if (url === null) {
    return { result: 'refused', ...refused('poll_only') }
  }
  const jti = newId('evt')
  const token = await sign(ground, endpoint, jti, state === undefined ? {} : { state })
  const body = await sealed(ground, endpoint, token)
  // Before it is sent: a quick receiver's signed receipt may be here before its 202.
  await ground.db.transaction((tx) =>
    updateEndpoint(tx.db, endpointId, { verificationJti: jti, verifiedGrade: null, updatedAt: tx.now }),
  )
  const { answer, mediaType } = await send(ground, url, jti, body)
  const refusal = refusalOf(answer)
  return ground.db.transaction(async (tx): Promise<EndpointConfirmed> => {
    const now = await lockEndpoint(tx.db, endpointId)
    if (!now || now.state === 'retired') return { result: 'unknown-endpoint' }
    if (now.verificationJti !== jti || now.url !== url) {
      return { result: 'refused', ...refused('overtaken') }
    }
    if (refusal) {
      // An endpoint that works stays in use: what failed was this question, and deliveries have their own schedule.
      await record(tx, orgId, 'endpoint.refused', { orgId, endpointId, code: refusal.code })
      return { result: 'refused', ...refusal }
    }
    const grade = now.verifiedGrade ?? 'answered'
    const allowedRate = answer.result === 'answered' ? allowedRateOf(answer.headers) : null
    await updateEndpoint(tx.db, endpointId, {
      state: 'active',
      stateReason: null,
      mediaType,
      verifiedAt: tx.now,
      verifiedGrade: grade,
      ...healthy,
      ...(allowedRate === null ? {} : { allowedRate }),
      updatedAt: tx.now,
    })
    await record(tx, orgId, 'endpoint.confirmed', { orgId, endpointId, mediaType, grade })
    return { result: 'confirmed', mediaType, grade }
  })
}

async function sign(ground: Ground, endpoint: EndpointRow, jti: string, body: Asked): Promise<string> {
  const claims = {
    iss: ground.config.origin,
    aud: audienceOf(endpoint.orgId),
    iat: Math.floor(ground.clock.now().getTime() / 1000),
    jti,
    sub_id: { format: 'opaque', id: endpoint.id } as const,
    events: { [eventTypes.verification]: body },
  }
  return signToken(claims, await ground.keys.current())
}

async function sealed(ground: Ground, endpoint: EndpointRow, token: string): Promise<string> {
  const keys = await selectKeys(ground.db.read, [endpoint.id])
  const key = keys.find(({ use, retiredAt, revokedAt }) => use === 'enc' && retiredAt === null && revokedAt === null)
  return key ? seal(token, { kid: key.thumbprint, publicJwk: key.jwk }) : token
}

async function send(
  ground: Ground,
  url: string,
  jti: string,
  body: string,
): Promise<{ answer: OutboundAnswer; mediaType: MediaType }> {
  const post = (contentType: MediaType, text: string) =>
    ground.outbound.post(url, { contentType, accept: 'application/json', body: text, timeoutMs })
  const plain = await post('application/secevent+jwt', body)
  if (!mayBeMediaType(plain)) return { answer: plain, mediaType: 'application/secevent+jwt' }
  const wrapped = await post('application/json', JSON.stringify({ sets: { [jti]: body } }))
  return { answer: wrapped, mediaType: 'application/json' }
}

function refused(word: 'poll_only' | 'overtaken'): VerificationRefusal {
  return { code: word, word, n: null, detail: receiverWords[word].en }
}
