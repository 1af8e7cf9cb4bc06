import { z } from 'zod'
import { headline, instant, itemId, noticeId, noticeIssued, noticeItem } from './wire.ts'

const { url, ip, port, scope, hashes, seen_at } = noticeItem.shape
const { seq, reference, regime, binding, category, legal_class, notifier, grounds, preservation, disclosure } =
  noticeIssued.shape
const { for_provider_only, may_be_forwarded } = noticeIssued.shape

/**
 * What a command reads from its standard input, as one JSON object. Within `v: 1` members are only added: ignore those you
 * do not know.
 */
export const agentRequest = z.object({
  v: z.literal(1).describe('The version of this object.'),
  act: z
    .enum(['take_down', 'put_back', 'closed'])
    .describe(
      'take_down: make it unreachable. put_back: undo that. closed: nothing more will be asked, delete for good.',
    ),
  key: z
    .string()
    .describe(
      'The case and the item, fit for a file name: the same for every run and every act. Do things once by it.',
    ),
  case: noticeId.describe(
    'The notice. It says nothing about what was found: the reason to write into a control panel.',
  ),
  item: itemId.describe('The item of the notice.'),
  attempt: z.int().min(1).describe('1 on the first run; the same thing may be asked again at any time.'),
  seq: seq.describe('The revision of the notice that is dealt with.'),
  received_at: instant.describe('When the notice was stored here.'),
  url: url.optional(),
  host: z
    .string()
    .optional()
    .describe('The host of the address, in lower case and without a port: a name, never a path.'),
  path: z
    .string()
    .optional()
    .describe('The path of the address without query, percent-decoded once where that makes text. It starts with /.'),
  ip,
  port,
  scope: scope.optional(),
  hashes,
  seen_at,
  deadline: z
    .object({
      due: instant.describe('When the time is over.'),
      seconds_left: z.int().describe('Whole seconds until then; negative when it has passed.'),
    })
    .nullable()
    .describe('By when; null where the notice names no time.'),
  regime: regime.optional(),
  binding: binding.optional(),
  category: category.optional(),
  legal_class,
  reference,
  notifier: notifier.optional(),
  grounds,
  preservation: preservation.describe('Whether anything may be kept; with basis none, nothing is copied anywhere.'),
  disclosure: disclosure.optional(),
  for_provider_only,
  may_be_forwarded,
  reason: z
    .string()
    .optional()
    .describe('For put_back: error, not_illegal, misattributed, police_hold, or corrected (another address follows).'),
  headline: headline.optional().describe('For closed: how the item ended.'),
})
export type AgentRequest = z.infer<typeof agentRequest>
