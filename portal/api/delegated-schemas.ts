/** The shapes of what a reseller is shown. */
import { z } from 'zod'
import { sights } from '../attribution/delegation.ts'
import { headlines } from '../removal/headline.ts'
import { at, maybe, orgId } from './notice-schemas.ts'

export const delegatedPart = z.object({
  id: z.string().describe('`dlg_…`'),
  holder: orgId.describe('Whose network it is, and who answers for what is in it.'),
  holder_name: z.string(),
  part: z.string().describe('A range, or a name.'),
  sees: z.enum(sights).describe('What the holder lets you see.'),
  ends_at: at,
  open: z.int(),
  ended: z.int(),
  items: maybe(
    z.array(
      z.object({
        item: z.string(),
        headline: z.enum(headlines),
        handling: z.string(),
        clock: z.string(),
        scope: z.string(),
        category: z.string(),
        regime: z.string(),
        due_at: maybe(at),
        ended_at: maybe(at),
        updated_at: at,
      }),
    ),
  ).describe('Null where you are shown how many, and no more.'),
})

export const delegatedRevealed = z.object({
  item: z.string(),
  url: z.string(),
  ip: maybe(z.string()),
  port: maybe(z.int()),
  hashes: z.record(z.string(), z.string()),
  may_be_forwarded: maybe(z.string()).describe('What the notifier wrote for a customer.'),
})
