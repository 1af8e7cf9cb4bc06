import { claimNetwork } from '../../attribution/claim-network.ts'
import { proofLine } from '../../attribution/claim-token.ts'
import type { Claimed, ClaimProof } from '../../attribution/network-claim.ts'
import type { TestGround } from '../with-ground.ts'
import type { BuiltProvider } from './provider.ts'

/** Registry and routing table say the same: this range is announced by the system whose mailbox is the range's. */
export function registered(
  ground: TestGround,
  range: string,
  { mailbox = 'abuse@tern.example', asn = 64_500, remarks = [] as string[] } = {},
): void {
  const abuse = [{ email: mailbox, name: null }]
  ground.lookups.answerRegistry(range, { handle: `HANDLE-${asn}`, ranges: [range], abuse, remarks })
  ground.lookups.answerRegistry(`AS${asn}`, { handle: `AS${asn}`, ranges: [], asn, abuse, remarks })
  ground.routing.announce(range, asn, 'Tern Hosting')
}

export interface BuiltClaim {
  claimId: string
  /** What has to stand where it is looked for. */
  line: string
}

/** A claim that was taken. */
export async function claimed(
  ground: TestGround,
  { orgId, actor }: BuiltProvider,
  what: Claimed,
  by: ClaimProof,
  answered?: string,
): Promise<BuiltClaim> {
  const made = await claimNetwork(ground, actor, { orgId, what, by, ...(answered ? { answered } : {}) })
  if (made.result !== 'claimed') throw new Error(`The claim to build on was refused: ${JSON.stringify(made)}`)
  return { claimId: made.claimId, line: proofLine(ground, made.claimId) }
}
