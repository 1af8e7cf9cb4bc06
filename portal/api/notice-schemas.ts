/** The shapes of answers about notices: for the OpenAPI document, and held against real answers by the tests. */

import { z } from 'zod'
import { reaches } from '../delivery/reach.ts'

export const at = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC, milliseconds.')
export const maybe = <S extends z.ZodType>(schema: S) => schema.nullable()
export const orgId = z.string().describe('An organisation, `org_…`.')

const clock = z
  .object({
    state: z.enum(['waiting', 'running', 'paused', 'met', 'exceeded']),
    started_at: maybe(at).describe(
      'The earliest provable receipt, or when silence counted as one where the norm says so.',
    ),
    due_at: maybe(at),
    late_by: maybe(z.string()).describe('ISO 8601, where it is or was late.'),
    outages: z
      .array(
        z.object({
          part: z
            .enum(['portal', 'worker'])
            .describe('`portal`: nothing could be reported or looked up; `worker`: nothing was delivered.'),
          began_at: at,
          ended_at: at,
          when_due: z
            .boolean()
            .describe(
              'The time ran out while it lasted. A signed report counts from the instant it names all the same.',
            ),
        }),
      )
      .describe("The platform's own outages of a minute or more in which this clock ran, the oldest first."),
  })
  .describe('The fourth axis: time, counted from receipt.')

const delivery = maybe(z.enum(['queued', 'offered', 'received', 'acknowledged', 'failed'])).describe(
  'The first axis: null until somebody is addressed.',
)
const handling = z.string().describe('The second axis: `open`, `in_progress` or the code of the outcome that holds.')
const grade = z.enum(['signed', 'authenticated', 'form_confirmed', 'by_phone'])
const confidence = z.enum(['low', 'medium', 'high'])

const inChain = {
  provider: orgId,
  provider_name: z.string(),
  role: z.string().describe('hosting, reseller, site_operator or reverse_proxy.'),
  accountable: z.boolean(),
}

export const item = z.object({
  id: z.string().describe('`itm_…`'),
  position: z.int(),
  scope: z.enum(['file', 'page', 'account', 'site']),
  seen_at: maybe(at),
  headline: z.string().describe('Derived from the four axes; the first that fits wins.'),
  attribution: z.object({
    state: z.enum(['waiting', 'attributed', 'unattributed']),
    provider: maybe(orgId).describe('The accountable provider; null while nobody is found.'),
    provider_name: maybe(z.string()),
    role: maybe(z.string()),
    confidence: maybe(confidence),
    evidence: z.array(z.string()),
    at: maybe(at),
    chain: z.array(z.object({ ...inChain, confidence })),
  }),
  delivery,
  handling,
  observation: z.string().describe('The third axis: `unverified`, `confirmed_offline` or `reappeared`.'),
  observed: z.object({
    grade: maybe(z.enum(['machine', 'analyst'])),
    confirmed_at: maybe(at),
    first_offline_at: maybe(at),
    last_online_at: maybe(at),
    contradicted: z.boolean().describe('Seen online after the claimed removal.'),
  }),
  clock,
  addressees: z.array(
    z.object({
      ...inChain,
      offered_at: maybe(at),
      received_at: maybe(at),
      received_how: maybe(z.enum(['push', 'poll', 'signed_receipt', 'form_confirmed'])),
      reach: z
        .enum(reaches)
        .describe('Reached by `webhook`, `poll` or `mail`; `not_yet`; or `no_channel` of it answers.'),
      due_at: maybe(at),
      ended_at: maybe(at),
      delivery,
      handling,
      grade: maybe(grade),
      clock,
    }),
  ),
  outcomes: z.array(
    z.object({
      id: z.string(),
      report: z.string(),
      provider: orgId,
      outcome: z.string(),
      at,
      by: z.enum(['auto', 'human']),
      grade,
      reason: maybe(z.string()),
      since: maybe(at),
      territory: maybe(z.array(z.string())),
      downstream: maybe(z.string()),
      of: maybe(z.string()),
      also: z.array(z.string()),
      scope_applied: maybe(z.string()),
      police_informed: maybe(z.string()),
      recorded_at: at,
    }),
  ),
  observations: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      result: z.string(),
      confidence,
      at,
      notifier: maybe(orgId).describe('The notifier that looked; null where the platform did.'),
      recorded_at: at,
    }),
  ),
  withdrawn_at: maybe(at),
  closed_at: maybe(at),
  url: z.string().optional().describe('Only after a reveal.'),
  ip: maybe(z.string()).optional().describe('Only after a reveal.'),
  port: maybe(z.int()).optional().describe('Only after a reveal.'),
  hashes: z.record(z.string(), z.string()).optional().describe('Only after a reveal.'),
  grounds: z
    .object({ reasons: maybe(z.string()), legal_basis: z.array(z.string()) })
    .optional()
    .describe('Only after a reveal, as the two texts below: free text may name an address.'),
  for_provider_only: maybe(z.string()).optional(),
  may_be_forwarded: maybe(z.string()).optional(),
})

export const notice = z.object({
  id: z.string().describe('`ntc_…`'),
  state: z.enum(['open', 'withdrawn', 'closed']).describe('Of the notice as a whole; what counts stands at its items.'),
  reference: maybe(z.string()),
  regime: z.string(),
  category: z.string(),
  legal_class: maybe(z.string()),
  binding: z.boolean(),
  notifier: z.object({ id: orgId, kind: z.enum(['hotline', 'authority', 'other']), name: z.string() }),
  deadline: z.object({
    from: z.literal('receipt'),
    within: z.string().describe('ISO 8601.'),
    on_obstacle: z.enum(['restart', 'pause', 'none']),
  }),
  submitted_at: at,
  withdrawn_at: maybe(at),
  withdraw_reason: maybe(z.string()),
  closed_at: maybe(at),
  seq: z.int().describe('The revision last spoken.'),
  items: z.array(item),
})

export const wholeNotice = notice.extend({
  timeline: z.array(
    z.object({
      at,
      kind: z.string().describe('What happened, as `noun.past-participle`.'),
      seq: z.int(),
      items: z.array(z.string()).optional(),
      organisation: orgId.optional(),
      organisation_name: z.string().optional(),
      delivery: z.string().optional(),
      report: z.string().optional(),
      observation: z.string().optional(),
      result: z.string().optional(),
      code: z.string().optional(),
      how: z.string().optional(),
      method: z.string().optional(),
      grade: z.string().optional(),
      reason: z.string().optional(),
      number: z.int().optional(),
    }),
  ),
})

export const inboxRow = z.object({
  notice: z.string(),
  item: z.string(),
  position: z.int(),
  reference: maybe(z.string()),
  regime: z.string(),
  category: z.string(),
  scope: z.string(),
  role: maybe(z.string()),
  accountable: z.boolean(),
  notifier: z.object({ id: orgId, name: z.string() }),
  headline: z.string(),
  delivery,
  handling,
  observation: z.string(),
  clock: clock.shape.state,
  submitted_at: at,
  received_at: maybe(at),
  due_at: maybe(at),
  ended_at: maybe(at),
  updated_at: at,
})
