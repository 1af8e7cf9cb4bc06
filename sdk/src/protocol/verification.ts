import { z } from 'zod'

/** Are you there? Answered 202 and, by whoever has a signing key, with a signed receipt. */
export const verification = z.object({
  state: z.string().max(1000).optional().describe('Given when the receiver asked for one: it comes back unchanged.'),
})
/** The event with which an endpoint is tried. */
export type Verification = z.infer<typeof verification>

/** The stream was switched on, paused or switched off. */
export const streamUpdated = z.object({
  status: z.enum(['enabled', 'paused', 'disabled']).describe('What the stream is now, in the words of the framework.'),
  reason: z.string().max(1000).optional().describe('Why.'),
})
/** That a stream was paused, went on, or ended. */
export type StreamUpdated = z.infer<typeof streamUpdated>
