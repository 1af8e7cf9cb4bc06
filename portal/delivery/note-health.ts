import type { OutboundAnswer, Tx } from '../ground/ground.ts'
import { allowedRateOf } from '../providers/allowed-rate.ts'
import type { Begun } from './begin-attempts.ts'
import { restMs, restsAfter } from './pace.ts'
import { type Answer, slowErrs } from './push-answer.ts'
import { bringForward, type EndpointHealth, lockHealth, updateHealth } from './result-store.server.ts'

interface Heard {
  begun: Pick<Begun, 'channel' | 'at'>
  answer: OutboundAnswer
  meaning: Answer
  at: Date
}

/**
 * Keeps how endpoints fare: failures in a row, which leave one delivery in flight; a rest after five that say that nobody
 * is there; and the pace they ask for. One that answers again gets at once what waited for it, oldest deadline first.
 * An endpoint that fares as it did is not touched, so that nobody who claims has to step around it.
 */
export async function noteHealth(tx: Tx, heard: readonly Heard[], jitter: () => number): Promise<void> {
  const news = heard.filter(({ begun: { channel }, answer, meaning }) => {
    const rate = answer.result === 'answered' ? allowedRateOf(answer.headers) : null
    return meaning.result !== 'received' || channel.failures > 0 || (rate !== null && rate !== channel.allowedRate)
  })
  if (news.length === 0) return
  const ids = [...new Set(news.map(({ begun }) => begun.channel.id))]
  const endpoints = await lockHealth(tx.db, ids)
  const back = endpoints.flatMap((endpoint) => {
    const own = heard.filter(({ begun: { channel } }) => channel.id === endpoint.id)
    const since = hear(endpoint, own, jitter)
    return since === null ? [] : [{ id: endpoint.id, since }]
  })
  await updateHealth(tx.db, endpoints)
  // Due since then and not since now: a claim that began a moment ago, here or elsewhere, would pass over what is due after it
  // began, and take later deadlines first.
  for (const { id, since } of back) await bringForward(tx.db, id, slowErrs, since)
}

/** Writes into it how it fares after these. Answers since when it is back: it rested, and takes in what was begun then. */
function hear(endpoint: EndpointHealth, heard: readonly Heard[], jitter: () => number): Date | null {
  let back: Date | null = null
  for (const { begun, answer, meaning, at } of heard) {
    if (answer.result === 'answered') endpoint.allowedRate = allowedRateOf(answer.headers) ?? endpoint.allowedRate
    endpoint.failures = meaning.result === 'received' ? 0 : endpoint.failures + 1
    if (meaning.result !== 'failed') {
      // Somebody is there, whatever they say.
      if (endpoint.rests > 0 && meaning.result === 'received') back ??= begun.at
      Object.assign(endpoint, { rests: 0, restsUntil: null })
    } else if (endpoint.failures >= restsAfter && (endpoint.restsUntil === null || endpoint.restsUntil <= at)) {
      endpoint.restsUntil = new Date(at.getTime() + restMs(endpoint.rests, jitter()))
      endpoint.rests += 1
    }
  }
  return back
}
