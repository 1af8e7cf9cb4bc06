import { audienceOf, eventTypes, type StreamUpdated, seal, setDigest, signToken } from '@noticeline/sdk/protocol'
import type { Fact } from '../facts/facts.ts'
import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground, OutboundAnswer } from '../ground/ground.ts'
import { type EndpointRow, selectEndpoint, selectEndpoints } from './provider-store.server.ts'
import {
  keepStreamUpdate,
  leaseOwed,
  type StreamUpdateRow,
  selectLastSealingKey,
  setStreamTold,
  spentAfterMs,
} from './stream-store.server.ts'
import { waitAgainMs } from './wait-again.ts'

type Changed =
  | 'endpoint.paused'
  | 'endpoint.resumed'
  | 'endpoint.retired'
  | 'organisation.suspended'
  | 'organisation.reinstated'

const timeoutMs = 10_000

/** A worker that has not said what came back by then is gone. */
const leaseMs = 60_000

/**
 * The last thing a stream carries before it stops, and the first after: `stream-updated` of the Shared Signals Framework
 * (1.0, 8.1.5), so that a receiver does not take our silence for having nothing to say. It is owed to an endpoint that was
 * verified until that said 202: tried at once, and then as `tellStreams` does. Each try is a fact. A stream without an
 * address hears it from its next poll, see `offerStreamUpdates`.
 */
export async function tellStream(ground: Ground, fact: Fact<Changed>): Promise<void> {
  for (const endpoint of await concerned(ground, fact)) {
    const wasVerified = endpoint.verifiedAt !== null || isSwitchedOff(fact)
    // Who polls proves with each poll that somebody is there.
    if (endpoint.url !== null && !wasVerified) continue
    const { jti } = await signedOnce(ground, fact, endpoint)
    if (endpoint.url !== null) await tellOwed(ground, { limit: 1, jti }, Math.random)
  }
}

/**
 * Tells again what was not heard, by the table of deliveries, for thirty days or until the receiver says 410. Only what a
 * stream is now is told: a newer word about the same stream takes the place of every older one. Answers how many it tried.
 */
export function tellStreams(ground: Ground, { limit = 32, jitter = Math.random } = {}): Promise<number> {
  return tellOwed(ground, { limit }, jitter)
}

async function tellOwed(ground: Ground, what: { limit: number; jti?: string }, jitter: () => number) {
  // The try stands in the database before the request: a worker that is killed leaves it to be found.
  const owed = await ground.db.transaction((tx) =>
    leaseOwed(tx.db, { ...what, now: tx.now, until: new Date(tx.now.getTime() + leaseMs) }),
  )
  await Promise.all(owed.map((update) => tell(ground, update, jitter())))
  return owed.length
}

async function tell(ground: Ground, update: StreamUpdateRow, jitter: number): Promise<void> {
  const { endpointId, orgId, jti, attempts, madeAt } = update
  const endpoint = await selectEndpoint(ground.db.read, endpointId)
  // A stream that is fetched from since has no address to be told at: its next poll brings it.
  const answer = endpoint?.url ? await send(ground, { ...endpoint, url: endpoint.url }, update) : null
  const code = answer ? codeOf(answer) : 'poll_only'
  await ground.db.transaction(async (tx) => {
    const spent = tx.now.getTime() - madeAt.getTime() > spentAfterMs
    const ends = code === null || code === 'http_410' || spent
    const nextAttemptAt =
      ends || code === 'poll_only' ? null : new Date(tx.now.getTime() + waitAgainMs(attempts, jitter))
    if (!(await setStreamTold(tx.db, jti, { toldAt: ends ? tx.now : null, nextAttemptAt, code }))) return
    const status = update.status as StreamUpdated['status']
    await record(tx, orgId, 'stream.told', { orgId, endpointId, jti, status, code })
  })
}

async function concerned(ground: Ground, fact: Fact<Changed>): Promise<EndpointRow[]> {
  if ('endpointId' in fact.payload) {
    // It said itself that nobody is there any longer.
    if ('reason' in fact.payload && fact.payload.reason === 'gone') return []
    const endpoint = await selectEndpoint(ground.db.read, fact.payload.endpointId)
    return endpoint ? [endpoint] : []
  }
  const endpoints = await selectEndpoints(ground.db.read, fact.payload.orgId)
  return endpoints.filter(({ state }) => state === 'active')
}

/** Only what was in use is switched off; it has to be verified again. */
function isSwitchedOff(fact: Fact<Changed>): boolean {
  return fact.kind === 'endpoint.paused' && fact.payload.reason === 'disabled'
}

function updateOf(fact: Fact<Changed>): StreamUpdated {
  switch (fact.kind) {
    case 'endpoint.paused':
      return fact.payload.reason === 'disabled'
        ? { status: 'disabled', reason: 'Switched off on your side. Notices go by your other ways.' }
        : { status: 'paused', reason: 'Paused on your side. Notices go by your other ways, and clocks run.' }
    case 'endpoint.retired':
      return { status: 'disabled', reason: 'This endpoint was removed on your side. Nothing is sent to it again.' }
    case 'organisation.suspended':
      return { status: 'disabled', reason: 'The platform suspended your organisation; its desk wrote to you why.' }
    case 'endpoint.resumed':
      return { status: 'enabled' }
    case 'organisation.reinstated':
      return { status: 'enabled', reason: 'Your organisation takes part again.' }
  }
}

/** Signed once for a fact and an endpoint: told twice, it is the same token, which a receiver knows by its jti. */
async function signedOnce(ground: Ground, fact: Fact<Changed>, endpoint: EndpointRow): Promise<StreamUpdateRow> {
  const update = updateOf(fact)
  const jti = newId('evt')
  const now = ground.clock.now()
  const claims = {
    iss: ground.config.origin,
    aud: audienceOf(endpoint.orgId),
    iat: Math.floor(now.getTime() / 1000),
    jti,
    sub_id: { format: 'opaque', id: endpoint.id } as const,
    events: { [eventTypes.streamUpdated]: update },
  }
  const raw = await signToken(claims, await ground.keys.current())
  return ground.db.transaction((tx) =>
    keepStreamUpdate(tx.db, {
      factId: fact.id,
      endpointId: endpoint.id,
      orgId: endpoint.orgId,
      jti,
      setSha256: setDigest(raw),
      status: update.status,
      raw,
      madeAt: now,
      toldAt: null,
      code: null,
      attempts: 0,
      nextAttemptAt: null,
    }),
  )
}

async function send(
  ground: Ground,
  endpoint: EndpointRow & { url: string },
  { raw, jti }: StreamUpdateRow,
): Promise<OutboundAnswer> {
  const key = await selectLastSealingKey(ground.db.read, endpoint.id)
  const body = key ? await seal(raw, key) : raw
  return ground.outbound.post(endpoint.url, {
    contentType: endpoint.mediaType,
    accept: 'application/json',
    body: endpoint.mediaType === 'application/json' ? JSON.stringify({ sets: { [jti]: body } }) : body,
    timeoutMs,
  })
}

/** Null for a 202. Nothing of what was answered is kept. */
function codeOf(answer: OutboundAnswer): string | null {
  if (answer.result === 'failed') return answer.code
  return answer.status === 202 ? null : `http_${answer.status}`
}
