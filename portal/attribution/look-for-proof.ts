import type { Ground, TextsAnswer } from '../ground/ground.ts'
import { proofHash, proofHashesIn, recordName } from './claim-token.ts'
import { evidenceOf } from './gather-evidence.ts'
import { writtenAs } from './network-claim.ts'
import { type ClaimRow, selectClaimByToken } from './network-claim-store.server.ts'

/** What a look at a proof came to. Only `missing` begins the time of grace: what cannot be seen has not gone. */
export type CheckResult =
  | 'found'
  | 'missing'
  /** The name servers do not say the same. */
  | 'disagree'
  | 'failed'
  /** Only one name server was asked, which is no agreement: the claim waits until configuration names another. */
  | 'one_resolver'
  /** A token stands there, of another claim or another organisation. */
  | 'of_another'

export interface Check {
  result: CheckResult
  /** In words and codes for the history; of a name server, its address. */
  detail: string
}

const lookupMs = 4000

/** Looks whether the proof of a claim stands where it has to. Asks the network, so it stands outside transactions. */
export async function lookForProof(ground: Ground, claim: ClaimRow): Promise<Check> {
  switch (claim.proof) {
    case 'dns_txt':
      return lookInRecords(ground, claim)
    case 'file':
      return lookInFile(ground, claim)
    case 'registry_object':
    case 'registry_mail':
      return lookInRegistry(ground, claim)
    case 'parent_consent':
      return { result: claim.consentedAt ? 'found' : 'missing', detail: 'consent' }
  }
}

async function lookInRecords(ground: Ground, claim: ClaimRow): Promise<Check> {
  const answers = await ground.lookups.texts(recordName(claim.domain ?? ''), lookupMs)
  const own = proofHash(ground, claim.id)
  const seen = answers.map((answer) => ({ resolver: answer.resolver, saw: sawOwn(answer, own) }))
  const detail = seen.map(({ resolver, saw }) => `${resolver}: ${saw}`).join(', ')
  const count = (what: 'found' | 'missing' | 'failed') => seen.filter(({ saw }) => saw === what).length
  if (count('found') > 0 && count('missing') > 0) return { result: 'disagree', detail }
  if (count('found') >= 2) return { result: 'found', detail }
  if (count('found') === 1) return { result: seen.length === 1 ? 'one_resolver' : 'failed', detail }
  // As with what is there, two have to say that it is not.
  if (count('missing') < 2 && count('failed') > 0) return { result: 'failed', detail }
  const texts = answers.flatMap((answer) => (answer.result === 'found' ? answer.texts : []))
  return (await ofAnother(ground, claim, texts)) ?? { result: 'missing', detail }
}

function sawOwn(answer: TextsAnswer, own: Buffer): 'found' | 'missing' | 'failed' {
  if (answer.result === 'failed') return 'failed'
  const texts = answer.result === 'found' ? answer.texts : []
  return proofHashesIn(texts).some((hash) => hash.equals(own)) ? 'found' : 'missing'
}

async function lookInFile(ground: Ground, claim: ClaimRow): Promise<Check> {
  const file = await ground.lookups.proofFile(claim.domain ?? '')
  if (file.result === 'failed') return { result: 'failed', detail: file.detail }
  const texts = file.result === 'found' ? [file.text] : []
  return lookIn(ground, claim, texts, file.result === 'none' ? 'no such file' : 'the file')
}

/** The object's text; or, where the mailbox was the proof, whether the registry still names the same one. */
async function lookInRegistry(ground: Ground, claim: ClaimRow): Promise<Check> {
  const answer =
    claim.asn === null
      ? await ground.lookups.registry({ range: writtenAs(claim) })
      : await ground.lookups.registry({ asn: claim.asn })
  if (answer.result === 'failed') return { result: 'failed', detail: answer.code }
  const { proof } = claim
  if (answer.result === 'none') return { result: 'missing', detail: 'no such object' }
  if (proof === 'registry_object') return lookIn(ground, claim, answer.remarks, answer.registry)
  const { mailbox } = evidenceOf(answer)
  const same = mailbox !== null && mailbox === claim.registry?.mailbox
  return { result: same ? 'found' : 'missing', detail: same ? answer.registry : `${answer.registry}: another mailbox` }
}

async function lookIn(ground: Ground, claim: ClaimRow, texts: readonly string[], where: string): Promise<Check> {
  const own = proofHash(ground, claim.id)
  if (proofHashesIn(texts).some((hash) => hash.equals(own))) return { result: 'found', detail: where }
  return (await ofAnother(ground, claim, texts)) ?? { result: 'missing', detail: where }
}

/** A token is one organisation's, and one claim's. One that is somebody else's is said to be, so that nobody looks long. */
async function ofAnother(ground: Ground, claim: ClaimRow, texts: readonly string[]): Promise<Check | null> {
  for (const hash of proofHashesIn(texts)) {
    const other = await selectClaimByToken(ground.db.read, hash)
    if (other) {
      const whose = other.orgId === claim.orgId ? 'another claim of the same organisation' : 'another organisation'
      return { result: 'of_another', detail: `the token of ${whose}` }
    }
  }
  return null
}
