/** The shapes of answers about endpoints, deliveries and streams. */
import { z } from 'zod'
import { stepNames } from '../delivery/rehearsal.ts'
import { unlimitedRate } from '../providers/allowed-rate.ts'
import { contactKinds, contactPurposes } from '../providers/contact.ts'
import { contactHours } from '../providers/contact-hours.ts'
import { at, maybe, orgId } from './notice-schemas.ts'

export const endpoint = z.object({
  id: z.string().describe('`end_…`'),
  url: maybe(z.string()).describe('Null: poll only.'),
  description: maybe(z.string()),
  issuer: z.string().describe('The `iss` of everything sent to it.'),
  audience: z.string().describe('The `aud` of everything sent to it, and the `iss` of everything it sends.'),
  poll_url: z.string(),
  state: z.enum(['unverified', 'active', 'paused', 'retired']),
  verified: z.boolean(),
  verified_at: maybe(at),
  verified_grade: maybe(z.enum(['answered', 'signed'])),
  media_type: z.string(),
  signing_keys: z.array(z.string()).describe('Thumbprints.'),
  sealing_key: maybe(z.string()).describe('Its thumbprint; null: plain JWS over TLS.'),
  jwks_uri: maybe(z.string()),
  networks: z.array(z.string()).describe('Ids of the networks it serves; none: all that no other endpoint serves.'),
  in_flight: maybe(z.int()).describe(
    'How many requests at once, as you set it; null: two, or as many as your WebHook-Allowed-Rate needs.',
  ),
  allowed_rate: maybe(z.int()).describe(
    `How many requests a minute it asked for itself (WebHook-Allowed-Rate); ${unlimitedRate} for \`*\`, null: it said nothing.`,
  ),
  failures: z.int().describe('Failed attempts in a row; after one, one request is in flight at a time.'),
  rests_until: maybe(at).describe(
    'It kept failing: until then nothing is tried, and then one delivery. Null: it does not rest.',
  ),
  created_at: at,
  updated_at: at,
})

export const endpointAdded = endpoint
  .pick({ id: true, issuer: true, audience: true, poll_url: true })
  .extend({ verified: z.literal(false) })

export const endpointRemoved = z.object({ id: z.string(), removed: z.literal(true) })

export const endpointConfirmed = z.object({
  verified: z.literal(true),
  media_type: z.string().describe('Which form of the push its firewall lets through.'),
})

export const rehearsal = z.object({
  id: z.string().describe('`rhl_…`'),
  endpoint: z.string(),
  notice: z.string().describe('The number of the test notice; it is in no list.'),
  state: z.enum(['running', 'passed', 'failed']),
  passed: z.boolean(),
  started_at: at,
  ended_at: maybe(at),
  card: z.array(
    z.object({
      step: z.enum(stepNames),
      title: z.string().describe('What the step asks of a receiver.'),
      result: z
        .enum(['passed', 'advice', 'failed', 'skipped', 'waiting'])
        .describe('`advice`: it works, and could be better.'),
      code: maybe(z.string()).describe('What was found; null where all is as it should be.'),
      detail: maybe(z.string()).describe('The same in words, with what to do next.'),
      at: maybe(at),
      ms: maybe(z.int()),
    }),
  ),
})

export const deliveryLog = z.object({
  id: z.string().describe('`dlv_…`'),
  provider: orgId,
  provider_name: z.string(),
  notice: z.string(),
  jti: z.string(),
  event: z.string(),
  seq: z.int(),
  endpoint: maybe(z.string()),
  state: z.enum(['queued', 'offered', 'received', 'acknowledged', 'failed']),
  offered_at: maybe(at),
  received_at: maybe(at),
  received_how: maybe(z.enum(['push', 'poll', 'signed_receipt', 'form_confirmed'])),
  acknowledged_at: maybe(at),
  next_attempt_at: maybe(at),
  last_code: maybe(z.string()),
  resent_at: maybe(at).describe('When it was last asked for again.'),
  deadline_at: at,
  created_at: at,
  attempts: z.array(
    z.object({
      id: z.string(),
      number: z.int(),
      started_at: at,
      finished_at: maybe(at),
      result: maybe(z.enum(['received', 'refused', 'failed', 'abandoned'])).describe('Null while it runs.'),
      status: maybe(z.int()),
      code: maybe(z.string()),
      ms: maybe(z.int()),
    }),
  ),
})

export const deliveryResent = z.object({ id: z.string().describe('`dlv_…`'), queued: z.literal(true) })

export const deliveriesRecovered = z.object({
  count: z.int().describe('How many deliveries are sent again; those whose tokens were erased are not among them.'),
})

export const streamStatus = z.object({
  stream_id: z.string(),
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: z.string().optional().describe('Why it is not enabled, where somebody said so.'),
})

export const streamVerification = z.strictObject({
  stream_id: z.string().describe('The id of the endpoint.'),
  state: z.string().max(1000).optional().describe('Comes back unchanged in the event, so that you know yours.'),
})

export const contact = z.object({
  id: z.string().describe('`ctc_…`'),
  kind: z.enum(contactKinds),
  purposes: z.array(z.enum(contactPurposes)).describe('What it is written to about before others are.'),
  name: maybe(z.string()),
  email: z.string(),
  phone: maybe(z.string()).describe('As given: a phone is not verified.'),
  languages: z.array(z.string()),
  hours: contactHours.describe('"24x7", a weekly table in `time_zone`, or null: not said.'),
  time_zone: z.string(),
  away: maybe(z.object({ from: at, until: maybe(at) })),
  position: z.int().describe('Its place in the order of escalation, from 1.'),
  state: z
    .enum(['live', 'unverified', 'closed', 'away', 'silent', 'complained', 'lapsed', 'unreachable'])
    .describe(
      '`live` is written to; `closed`, `away`, `silent`, `complained` (it called our mail unwanted) and `lapsed` after others; the rest not at all.',
    ),
  verified_at: maybe(at),
  lapses_at: maybe(at).describe('Until when the last proof holds that somebody answers there.'),
  unreachable_at: maybe(at).describe('Since when mail comes back.'),
  unreachable_code: maybe(z.string()).describe('What the mail server said, as a code of RFC 3463.'),
  created_at: at,
  updated_at: at,
})

export const contactAdded = contact.extend({
  code_mailed: z.boolean().describe('False where that mailbox was written to too often today.'),
})

export const contactRemoved = z.object({ id: z.string(), removed: z.literal(true) })

export const contactAsked = z.object({ id: z.string(), code_mailed: z.literal(true) })
