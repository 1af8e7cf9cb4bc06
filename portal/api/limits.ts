import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

/** Points a minute. Meant against floods and guessing: a busy hotline or host stays far below. */
export interface Limits {
  /** Calls of any kind from one network address, before anything is looked at. */
  perAddress: number
  /** Unknown tokens and refused signatures from one network address. */
  refusalsPerAddress: number
  /** Calls with one token. */
  perToken: number
}

export const usualLimits: Limits = { perAddress: 60_000, refusalsPerAddress: 600, perToken: 30_000 }

export type Limited = { limited: false } | { limited: true; retryAfterSeconds: number }

export interface Limiter {
  call(address: string): Promise<Limited>
  token(apiTokenId: string): Promise<Limited>
  /** Counts a refusal. Limited once there were too many. */
  countRefusal(address: string): Promise<Limited>
  /** Whether there were too many, without counting. */
  refusals(address: string): Promise<Limited>
}

/** One process counts for itself; several portals behind one name allow that much each. */
export function createLimiter(limits: Limits): Limiter {
  const perMinute = (points: number) => new RateLimiterMemory({ points, duration: 60 })
  const calls = perMinute(limits.perAddress)
  const refusals = perMinute(limits.refusalsPerAddress)
  const tokens = perMinute(limits.perToken)
  return {
    call: (address) => consume(calls, address),
    token: (apiTokenId) => consume(tokens, apiTokenId),
    countRefusal: (address) => consume(refusals, address),
    async refusals(address) {
      const seen = await refusals.get(address)
      return seen !== null && seen.consumedPoints > limits.refusalsPerAddress ? waitFor(seen) : { limited: false }
    },
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<Limited> {
  try {
    await limiter.consume(key)
    return { limited: false }
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal
    return waitFor(refusal as RateLimiterRes)
  }
}

function waitFor(refusal: RateLimiterRes): Limited {
  return { limited: true, retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) }
}

/** Who is calling, as far as the network knows. A forwarded address counts only behind a proxy that is configured. */
export function addressOf(c: Context, trustProxy: boolean): string {
  if (trustProxy) {
    const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
    if (forwarded) return forwarded
  }
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    return 'unknown' // called in process, without a socket
  }
}
