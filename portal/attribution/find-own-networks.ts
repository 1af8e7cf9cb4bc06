import type { Ground } from '../ground/ground.ts'
import { type Actor, may } from '../people/may.ts'
import { normaliseEmail } from '../people/person.ts'
import { readContacts } from '../providers/read-contacts.ts'
import { isOutward, readAddress } from './address.ts'
import { claimNetwork } from './claim-network.ts'
import type { Claimed } from './network-claim.ts'

export type OwnNetworks =
  /** How many ranges were claimed by the mailbox that has answered, and whether any of them waits for somebody. */
  | { result: 'found'; claimed: number; waiting: number }
  /** The registry names another mailbox than those of the provider that have answered. */
  | { result: 'other-mailbox' }
  | { result: 'none' }
  | { result: 'lookup-failed'; retryAfterMs: number | null }
  | { result: 'invalid' }
  | { result: 'forbidden' }

/** Ranges of one answer of a registry that are claimed at once; more than that is no network of one company. */
const mostRanges = 20

/**
 * The second step of coming in: the registry is asked whose network an address, or an autonomous system, is. Where the
 * mailbox it names for abuse is one of the provider's that has answered, the network is claimed by that; nothing is typed
 * over by hand. Asks the network, so it stands outside every transaction. Asked again, it claims nothing twice.
 */
export async function findOwnNetworks(ground: Ground, actor: Actor, input: string): Promise<OwnNetworks> {
  if (actor.kind === 'nobody' || !may(actor, 'networks.write')) return { result: 'forbidden' }
  const { orgId } = actor
  const question = readQuestion(ground, input)
  if (!question) return { result: 'invalid' }
  const answer = await ground.lookups.registry(question)
  if (answer.result === 'failed') return { result: 'lookup-failed', retryAfterMs: answer.retryAfterMs }
  if (answer.result === 'none') return { result: 'none' }
  const contacts = await readContacts(ground.db.read, orgId)
  const own = new Set(
    contacts.filter(({ verifiedAt }) => verifiedAt !== null).map(({ email }) => normaliseEmail(email)),
  )
  // The first that is named is the object's own; those after it are of whoever it belongs to.
  const answered = normaliseEmail(answer.abuse[0]?.email ?? '')
  if (!own.has(answered)) return { result: 'other-mailbox' }
  const networks: Claimed[] =
    'asn' in question ? [{ asn: question.asn }] : answer.ranges.slice(0, mostRanges).map((cidr) => ({ cidr }))
  let claimed = 0
  let waiting = 0
  for (const what of networks) {
    const one = await claimNetwork(ground, actor, { orgId, what, by: 'registry_mail', answered })
    if (one.result === 'lookup-failed') return { result: 'lookup-failed', retryAfterMs: one.retryAfterMs }
    if (one.result !== 'claimed' && one.result !== 'already-claimed') continue
    claimed += 1
    if (one.result === 'claimed' && one.networkId === null) waiting += 1
  }
  return claimed === 0 ? { result: 'none' } : { result: 'found', claimed, waiting }
}

function readQuestion(ground: Ground, input: string): { ip: string } | { asn: number } | null {
  const text = input.trim()
  const asn = /^(?:as)?(\d{1,10})$/i.exec(text)?.[1]
  if (asn !== undefined) return Number(asn) > 0 && Number(asn) <= 4_294_967_295 ? { asn: Number(asn) } : null
  const address = readAddress(text)
  return address && isOutward(address, ground.config.allowedRanges) ? { ip: address.text } : null
}
