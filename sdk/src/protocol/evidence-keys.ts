import { z } from 'zod'
import { instant } from './fields.ts'
import { checkPublicJwk, thumbprint } from './keys.ts'

/** A key as `/.well-known/jwks-archive.json` names it. */
export const publishedKey = z.looseObject({
  not_before: instant.describe('From when it signed.'),
  not_after: instant.nullable().describe('Until when it signed; null while it does.'),
  revoked_at: instant.nullable().describe('From when nothing it signed is to be believed; null for never.'),
})

/** A key with the time in which what it signed counts. */
export interface Published {
  readonly kid: string
  readonly jwk: JsonWebKey
  readonly from: number
  readonly until: number
}

type Trusted =
  | { readonly ok: true; readonly keys: readonly Published[] }
  | { readonly ok: false; readonly at: number; readonly code: string; readonly description: string }

/** The keys of a bundle; with `published`, only as far as the portal itself says the same of them. */
export async function trusted(
  given: readonly z.infer<typeof publishedKey>[],
  published: readonly unknown[] | undefined,
): Promise<Trusted> {
  const own = await Promise.all(given.map(readKey))
  const wrong = own.indexOf(null)
  if (wrong >= 0) {
    return { ok: false, at: wrong + 1, code: 'key_unusable', description: 'A key is no public P-256 key that signs.' }
  }
  const keys = own as Published[]
  if (published === undefined) return { ok: true, keys }
  const theirs = new Map((await Promise.all(published.map(readAny))).flatMap((key) => (key ? [[key.kid, key]] : [])))
  for (const [index, { kid }] of keys.entries()) {
    if (theirs.has(kid)) continue
    const description = 'The file names a key that the portal never published.'
    return { ok: false, at: index + 1, code: 'key_foreign', description }
  }
  // The dates count as the portal gives them now: a revocation may be younger than the file.
  return { ok: true, keys: keys.map((key) => theirs.get(key.kid) ?? key) }
}

function readAny(given: unknown): Promise<Published | null> {
  const read = publishedKey.safeParse(given)
  return read.success ? readKey(read.data) : Promise.resolve(null)
}

async function readKey(given: z.infer<typeof publishedKey>): Promise<Published | null> {
  const checked = checkPublicJwk(given, 'sig')
  if (!checked.ok) return null
  const ends = [given.not_after, given.revoked_at].flatMap((at) => (at === null ? [] : Date.parse(at)))
  return {
    kid: await thumbprint(checked.jwk),
    jwk: checked.jwk,
    from: Date.parse(given.not_before),
    until: Math.min(Number.POSITIVE_INFINITY, ...ends),
  }
}
