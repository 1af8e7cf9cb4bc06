import type { OutboundAnswer, Tx } from '../ground/ground.ts'
import { allowedRateOf } from '../providers/allowed-rate.ts'
import { type Begun, slackMs } from './begin-attempts.ts'
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
 * is there; and the pace they ask for. One that takes in again gets at once what waited for it, oldest deadline first.
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
  // Due since then and not since now: a claim that began a moment ago, here or by another clock, would pass over what is due
  // after it began, and take later deadlines first.
  for (const { id, since } of back) await bringForward(tx.db, id, slowErrs, new Date(since.getTime() - slackMs))
}

/** Writes into it how it fares after these. Answers since when it is back: it rested, and takes in what was begun then. */
function hear(endpoint: EndpointHealth, heard: readonly Heard[], jitter: () => number): Date | null {
  let back: Date | null = null
  for (const { begun, answer, meaning, at } of heard) {
    if (answer.result === 'answered') endpoint.allowedRate = allowedRateOf(answer.headers) ?? endpoint.allowedRate
    endpoint.failures = meaning.result === 'received' ? 0 : endpoint.failures + 1
    // Somebody is there, whatever they say. What waited is brought forward as soon as they take something in.
    if (meaning.result !== 'failed') endpoint.restsUntil = null
    if (meaning.result === 'received') {
      if (endpoint.rests > 0) back ??= begun.at
      endpoint.rests = 0
    } else if (
      meaning.result === 'failed' &&
      endpoint.failures >= restsAfter &&
      (endpoint.restsUntil === null || endpoint.restsUntil <= at)
    ) {
      endpoint.restsUntil = new Date(at.getTime() + restMs(endpoint.rests, jitter()))
      endpoint.rests += 1
    }
  }
  return back
}
