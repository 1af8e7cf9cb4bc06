import { z } from 'zod'
import { checkChain, type Link } from './chain.ts'
import { type Published, publishedKey, trusted } from './evidence-keys.ts'
import { digest, instant, noticeId } from './fields.ts'
import { isObject, readJsonSegment } from './grammar.ts'
import { rootOfPath } from './merkle.ts'
import { setDigest, type VerifiedToken, verifyToken } from './token.ts'
import { pointerTo } from './version.ts'

/** The event in a signed root. The portal keeps it; it travels in bundles only. */
export const rootSealedType = 'urn:noticeline:event:root.sealed'

const link = z.object({
  seq: z.int().min(1).describe('Its place in the chain, from 1.'),
  id: z.string().min(1).max(200).describe('The fact.'),
  kind: z.string().min(1).max(100).describe('What happened.'),
  at: instant.describe('When.'),
  payload: z.string().max(262_144).describe('The stored text. Its bytes are what is hashed.'),
  previous: digest.describe('The hash of the link before; 32 zero bytes before the first.'),
  hash: digest.describe('SHA-256 over the fields, each behind its length.'),
})

const seal = z.object({
  seq: z.int().min(1).describe('The link that was the head of this chain when the root was sealed.'),
  path: z
    .array(z.object({ side: z.enum(['left', 'right']).describe('On which side the neighbour stands.'), hash: digest }))
    .max(64)
    .describe('The neighbours on the way from the head to the root.'),
  root: digest.describe('The Merkle root over the heads of all chains.'),
  at: instant.describe('When it was sealed.'),
  signed: z
    .string()
    .max(4096)
    .nullable()
    .describe('The root as the portal signed it; null where it was not (once a day).'),
})

const token = z.union([
  z.object({ raw: z.string().max(262_144).describe('The token, as it was sent.') }),
  z.object({
    set_sha256: digest.describe('The digest of a token that was erased with its last item.'),
    header: z.string().max(1000).describe('The first segment of it.'),
    signature: z.string().max(200).describe('The last segment of it.'),
  }),
])

/** The evidence about one notice in one file, for whoever checks it without the portal. */
export const evidenceBundle = z.object({
  noticeline_evidence: z.literal(1).describe('The version of this form.'),
  issuer: z.string().min(1).max(300).describe('The portal, as tokens name it.'),
  notice: noticeId.describe('The notice; also the name of its chain.'),
  made_at: instant.describe('When the file was made.'),
  keys: z.array(publishedKey).min(1).max(1000).describe('The keys of the portal, with their dates.'),
  chain: z.array(link).min(1).describe('What happened, from the first fact on.'),
  seals: z.array(seal).max(10_000).describe('Roots that hold a head of this chain, oldest first.'),
  tokens: z.array(token).max(10_000).describe('What was sent about the notice.'),
})
/** Everything about one notice, for a third party to check. */
export type EvidenceBundle = z.infer<typeof evidenceBundle>

/** Where the first broken link is. `at` counts from 1, within its part. */
export interface Broken {
  readonly result: 'broken'
  readonly part: 'form' | 'chain' | 'seal' | 'root' | 'key' | 'token'
  readonly at: number | null
  /** Stable; new ones may be added. */
  readonly code: string
  readonly description: string
}

/** Evidence in which everything fits. */
export interface Whole {
  readonly result: 'whole'
  readonly notice: string
  readonly issuer: string
  readonly links: number
  readonly tokens: number
  /** Tokens of which only the digest is left: it stands in the chain, and nothing more can be said. */
  readonly erased: number
  /** The newest link under a root, and under a signed root. Whoever rewrote a later one would not be found out by this file. */
  readonly sealedTo: { readonly seq: number; readonly at: string } | null
  readonly signedTo: { readonly seq: number; readonly at: string } | null
  /** Whether the keys were compared with ones that did not come with the file. */
  readonly keys: 'compared' | 'as_given'
}
/** What a check of evidence found. */
export type EvidenceCheck = Whole | Broken

/**
 * Checks a bundle from its first link to its signed roots: the chain, the path of each seal, the signature on each root,
 * the dates of the keys, and that each token stands in the chain. Answers with the first thing that does not hold.
 *
 * A file can prove nothing about its own keys: give the portal's (`/.well-known/jwks-archive.json`) where you can.
 */
export async function checkEvidence(given: unknown, published?: readonly unknown[]): Promise<EvidenceCheck> {
  const read = evidenceBundle.safeParse(given)
  if (!read.success) {
    const [issue] = read.error.issues
    const where = pointerTo(issue?.path ?? []) || 'the top'
    return broken('form', null, 'form_wrong', `The file is no bundle of this form. Look at ${where}.`)
  }
  const bundle = read.data
  const keys = await trusted(bundle.keys, published)
  if (!keys.ok) return broken('key', keys.at, keys.code, keys.description)
  const chain = checkLinks(bundle)
  if (chain !== null) return chain
  let sealed: Whole['sealedTo'] = null
  let signed: Whole['signedTo'] = null
  for (const [index, one] of bundle.seals.entries()) {
    const fault = (await checkSeal(bundle, one, keys.keys))?.(index + 1)
    if (fault) return fault
    const to = { seq: one.seq, at: one.at }
    if (one.seq >= (sealed?.seq ?? 0)) sealed = to
    if (one.signed !== null && one.seq >= (signed?.seq ?? 0)) signed = to
  }
  for (const [index, one] of bundle.tokens.entries()) {
    const fault = (await checkToken(bundle, one, keys.keys))?.(index + 1)
    if (fault) return fault
  }
  return {
    result: 'whole',
    notice: bundle.notice,
    issuer: bundle.issuer,
    links: bundle.chain.length,
    tokens: bundle.tokens.length,
    erased: bundle.tokens.filter((one) => !('raw' in one)).length,
    sealedTo: sealed,
    signedTo: signed,
    keys: published === undefined ? 'as_given' : 'compared',
  }
}

type Fault = (at: number) => Broken

function fault(part: Broken['part'], code: string, description: string): Fault {
  return (at) => broken(part, at, code, description)
}

function broken(part: Broken['part'], at: number | null, code: string, description: string): Broken {
  return { result: 'broken', part, at, code, description }
}

const chainWords = {
  missing: 'A link is missing before this one, or the order is another.',
  foreign: 'This link belongs to another chain.',
  previous: 'This link does not name the one before it: one of the two was exchanged.',
  hash: 'What this link says is not what was hashed.',
} as const

function checkLinks({ chain, notice }: EvidenceBundle): Broken | null {
  const links = chain.map((one): Link & { hash: Uint8Array } => ({
    ...one,
    chain: notice,
    at: new Date(one.at),
    previous: Buffer.from(one.previous, 'base64url'),
    hash: Buffer.from(one.hash, 'base64url'),
  }))
  const checked = checkChain(links)
  if (checked.result === 'whole') return null
  return broken('chain', checked.seq, `link_${checked.reason}`, chainWords[checked.reason])
}

async function checkSeal(
  bundle: EvidenceBundle,
  { seq, path, root, at, signed }: EvidenceBundle['seals'][number],
  keys: readonly Published[],
): Promise<Fault | null> {
  const head = bundle.chain[seq - 1]
  if (head === undefined) return fault('seal', 'head_missing', 'The link that was sealed is not in the file.')
  const steps = path.map(({ side, hash }) => ({ side, hash: Buffer.from(hash, 'base64url') }))
  const reached = rootOfPath({ chain: bundle.notice, seq, hash: Buffer.from(head.hash, 'base64url') }, steps)
  if (reached.toString('base64url') !== root) {
    return fault('seal', 'path_elsewhere', 'The path from the head of the chain does not lead to this root.')
  }
  if (signed === null) return null
  const verified = await verifiedBy(signed, bundle, keys, bundle.issuer)
  if (typeof verified === 'function') return verified
  const { type, body } = verified.event
  const said = isObject(body) ? body : {}
  if (type !== rootSealedType) return fault('root', 'not_a_root', 'What was signed is no root.')
  if (said['root'] !== root) return fault('root', 'root_differs', 'Another root was signed than this one.')
  if (said['at'] !== at) return fault('root', 'instant_differs', 'The root was signed with another instant of sealing.')
  return null
}

async function checkToken(
  bundle: EvidenceBundle,
  one: EvidenceBundle['tokens'][number],
  keys: readonly Published[],
): Promise<Fault | null> {
  const sha = 'raw' in one ? setDigest(one.raw) : one.set_sha256
  if ('raw' in one) {
    const audience = readJsonSegment(one.raw.split('.')[1] ?? '')?.['aud']
    const verified = await verifiedBy(one.raw, bundle, keys, typeof audience === 'string' ? audience : '')
    if (typeof verified === 'function') return (at) => ({ ...verified(at), part: 'token' })
    if ((verified.claims.txn ?? bundle.notice) !== bundle.notice) {
      return fault('token', 'other_notice', 'The token is about another notice.')
    }
  }
  const queued = bundle.chain.some(({ kind, payload }) => kind === 'delivery.queued' && digestIn(payload) === sha)
  return queued ? null : fault('token', 'not_in_chain', 'No link of the chain says that this token was sent.')
}

function digestIn(payload: string): unknown {
  try {
    const value: unknown = JSON.parse(payload)
    return isObject(value) ? value['setSha256'] : null
  } catch {
    return null
  }
}

/** By a key of the portal, at a time when it was one. */
async function verifiedBy(
  raw: string,
  bundle: EvidenceBundle,
  keys: readonly Published[],
  audience: string,
): Promise<VerifiedToken | Fault> {
  const verified = await verifyToken(raw, {
    key: async (kid) => keys.find((key) => key.kid === kid)?.jwk ?? null,
    issuer: bundle.issuer,
    audience,
    now: new Date(bundle.made_at),
    maxAgeSeconds: Number.MAX_SAFE_INTEGER,
  })
  if (!verified.accepted) return fault('root', verified.refusal.code, verified.refusal.description)
  const { header, claims } = verified.token
  const key = keys.find(({ kid }) => kid === header.kid)
  const at = claims.iat * 1000
  // Signing follows the choice of a key by a moment, and instants of tokens are whole seconds.
  const slack = 60_000
  if (key && (at < key.from - slack || at > key.until + slack)) {
    return (index) => broken('key', index, 'key_not_then', 'It names a key that did not sign at that time.')
  }
  return verified.token
}
