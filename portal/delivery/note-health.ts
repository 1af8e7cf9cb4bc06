import type { OutboundAnswer, Tx } from '../ground/ground.ts'
import { allowedRateOf } from '../providers/allowed-rate.ts'
import type { Begun } from './begin-attempts.ts'
import { restMs, restsAfter } from './pace.ts'
import { type Answer, slowErrs } from './push-answer.ts'
import { bringForward, lockHealth, updateHealth } from './result-store.server.ts'

interface Heard {
  begun: Pick<Begun, 'channel'>
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
  for (const before of await lockHealth(tx.db, ids)) {
    const now = { ...before, restsUntil: before.restsUntil }
    let back = false
    for (const { begun, answer, meaning, at } of heard) {
      if (begun.channel.id !== before.id) continue
      if (answer.result === 'answered') now.allowedRate = allowedRateOf(answer.headers) ?? now.allowedRate
      now.failures = meaning.result === 'received' ? 0 : now.failures + 1
      if (meaning.result !== 'failed') {
        // Somebody is there, whatever they say.
        back ||= now.rests > 0 && meaning.result === 'received'
        Object.assign(now, { rests: 0, restsUntil: null })
      } else if (now.failures >= restsAfter && (now.restsUntil === null || now.restsUntil <= at)) {
        now.restsUntil = new Date(at.getTime() + restMs(now.rests, jitter()))
        now.rests += 1
      }
    }
    const { failures, rests, restsUntil, allowedRate } = now
    await updateHealth(tx.db, before.id, { failures, rests, restsUntil, allowedRate })
    if (back) await bringForward(tx.db, before.id, slowErrs, tx.now)
  }
}
