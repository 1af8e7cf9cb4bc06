import { RateLimiterMemory } from 'rate-limiter-flexible'

/** Enough for whoever doubts a mail or two, and far from what guessing takes. One process counts for itself. */
const perAddress = new RateLimiterMemory({ points: 10, duration: 15 * 60 })
const forAll = new RateLimiterMemory({ points: 600, duration: 15 * 60 })

/** Whether somebody may ask once more; it counts. */
export async function mayAsk(address: string): Promise<boolean> {
  try {
    await perAddress.consume(address)
    await forAll.consume('all')
    return true
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal
    return false
  }
}

const longEnoughMs = 300

/** Every answer takes as long, so that the time it takes says nothing. */
export async function inEvenTime<T>(work: () => Promise<T>): Promise<T> {
  const [answer] = await Promise.all([work(), new Promise((resolve) => setTimeout(resolve, longEnoughMs))])
  return answer
}
