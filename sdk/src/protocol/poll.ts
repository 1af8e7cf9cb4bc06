import { z } from 'zod'

const setErr = z.object({
  err: z.string().min(1).max(100).describe('The code, as RFC 8935 names it.'),
  description: z.string().max(2000).optional().describe('One sentence for a person.'),
})

/** What a poll asks (RFC 8936). */
export const pollRequest = z.object({
  maxEvents: z.int().min(0).optional().describe('How many tokens at most; 0 only acknowledges.'),
  returnImmediately: z.boolean().optional().describe('Whether to answer at once; otherwise the answer may take 50 s.'),
  ack: z.array(z.string().max(200)).max(1000).optional().describe('The jti of tokens that are stored durably.'),
  setErrs: z.record(z.string().max(200), setErr).optional().describe('The jti of refused tokens, and why.'),
})
/** What a poll asks (RFC 8936). */
export type PollRequest = z.infer<typeof pollRequest>

/** What a poll is answered (RFC 8936). */
export const pollResponse = z.object({
  sets: z.record(z.string(), z.string()).describe('jti → token or envelope.'),
  moreAvailable: z.boolean().optional().describe('Whether more is waiting.'),
})
/** What a poll is answered (RFC 8936). */
export type PollResponse = z.infer<typeof pollResponse>

/** The body of a 400 (RFC 8935). */
export const refusalBody = setErr
