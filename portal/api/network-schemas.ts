/** The shapes of what is asked and answered about networks. */
import { z } from 'zod'
import { claimProofs } from '../attribution/claim-proof.ts'
import { at, maybe } from './notice-schemas.ts'

export const networkClaim = z
  .strictObject({
    cidr: z.string().max(60).optional().describe('A range such as 198.51.100.0/24, without host bits.'),
    asn: z.int().optional().describe('The number of an autonomous system.'),
    domain: z.string().max(253).optional().describe('A name. Makes its holder a `site_operator`, never the host.'),
    proof: z
      .enum(claimProofs, `One of ${claimProofs.join(', ')}.`)
      .describe('Ranges and systems by the registry or the holder around them; names by `dns_txt` or `file`.'),
  })
  .refine(({ cidr, asn, domain }) => [cidr, asn, domain].filter((one) => one !== undefined).length === 1, {
    error: 'Exactly one of cidr, asn and domain.',
    params: { code: 'one_of' },
  })

export const network = z.object({
  id: z.string().describe('`ncl_…`, or `net_…` where the platform’s desk saw to it.'),
  network_id: maybe(z.string()).describe('`net_…`, once it is proven: what an endpoint is bound to.'),
  network: z.string().describe('As it is written: a range, `AS…` or a name.'),
  kind: z.enum(['cidr', 'asn', 'domain']),
  proof: z.enum([...claimProofs, 'platform_desk']),
  state: z
    .enum(['proving', 'waiting_consent', 'waiting_desk', 'waiting_time', 'in_force', 'lapsing', 'refused', 'ended'])
    .describe('Only `in_force` and `lapsing` count for notices.'),
  contradictions: z.array(z.string()).describe('What speaks against it, as codes.'),
  holder: maybe(z.string()).describe('Whose network it lies in.'),
  claimed_at: at,
  proven_at: maybe(at),
  effective_at: maybe(at).describe('From when on it counts.'),
  expires_at: maybe(at).describe('By when it has to be shown.'),
  checked_at: maybe(at),
  next_check_at: maybe(at),
  grace_ends_at: maybe(at).describe('When it ends unless its proof is back.'),
  ended_at: maybe(at),
  ended_code: maybe(z.string()),
})

export const networkClaimed = network.extend({
  proof_line: maybe(z.string()).describe('What has to stand at `proof_where`.'),
  proof_where: maybe(z.string()).describe('The name of the record, the address of the file, or the registry object.'),
  mailbox: maybe(z.string()).describe('The mailbox that the registry names, and that was mailed.'),
  checks: z.array(z.object({ at, result: z.string(), detail: z.string() })).describe('Every look, newest first.'),
})
