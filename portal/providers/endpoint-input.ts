import { checkPublicJwk, thumbprint } from '@noticeline/sdk/protocol'
import { z } from 'zod'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import type { Ground } from '../ground/ground.ts'
import { mostInFlight } from './endpoint.ts'

const jwk = z.record(z.string(), z.unknown()).describe('A public key (RFC 7517) on P-256. Its kid is not looked at.')

/** The body of `POST /v1/endpoints`. */
export const endpointInput = z
  .strictObject({
    url: z.string().max(2048).nullable().describe('Where to push; null: poll only.'),
    description: z.string().trim().max(200).optional(),
    signing_keys: z.array(jwk).max(8, 'At most 8 keys.').optional().describe('The keys reports are signed with.'),
    jwks_uri: z.string().max(2048).optional().describe('Where the provider publishes them instead.'),
    sealing_key: jwk.nullable().optional().describe('Tokens are sealed for this key; null: plain JWS over TLS.'),
    networks: z
      .array(z.string().max(64))
      .max(200, 'At most 200 networks.')
      .optional()
      .describe('Ids (`net_…`) of ranges and systems of yours it serves; left out or empty: all that no other serves.'),
    in_flight: z
      .int()
      .refine((number) => number >= 1 && number <= mostInFlight, {
        message: `From 1 to ${mostInFlight}, or null.`,
        params: { code: 'not_in_range' },
      })
      .meta({ minimum: 1, maximum: mostInFlight })
      .nullable()
      .optional()
      .describe(
        'How many requests at once; null: two, or as many as your WebHook-Allowed-Rate needs. After a failure one.',
      ),
  })
  .describe('A webhook address, or a poll stream, with its keys.')

/** The body of `PATCH /v1/endpoints/{id}`: what is left out stays. */
export const endpointChange = endpointInput.partial()

export interface NewKey {
  thumbprint: string
  jwk: JsonWebKey
  use: 'sig' | 'enc'
  pointer: string
}

export interface ReadEndpoint {
  url?: string | null
  description?: string | null
  jwksUri?: string | null
  /** The keys of each use that was named; what is not in the list is let go. */
  keys: NewKey[]
  uses: ('sig' | 'enc')[]
  /** Each once, as they were given. */
  networks?: string[]
  inFlight?: number | null
}

export type EndpointReading = { ok: true; read: ReadEndpoint } | { ok: false; errors: InputError[] }

/** Reads what was sent, and looks up a published key set: it asks the network, so it stands outside transactions. */
export async function readEndpoint(
  ground: Ground,
  schema: typeof endpointInput | typeof endpointChange,
  input: unknown,
): Promise<EndpointReading> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) return { ok: false, errors: inputErrorsOf(parsed.error) }
  const { url, description, signing_keys: signing, jwks_uri: jwksUri, sealing_key: sealing } = parsed.data
  const errors: InputError[] = []
  if (typeof url === 'string') errors.push(...urlErrors(ground, url))
  if (jwksUri !== undefined && signing !== undefined && signing.length > 0) {
    errors.push({ pointer: '/jwks_uri', code: 'one_of', message: 'Give signing_keys or jwks_uri, not both.' })
  }
  const keys: NewKey[] = []
  const take = async (candidate: unknown, use: 'sig' | 'enc', pointer: string) => {
    const checked = checkPublicJwk(candidate, use)
    if (checked.ok) keys.push({ thumbprint: await thumbprint(checked.jwk), jwk: checked.jwk, use, pointer })
    else errors.push({ pointer, code: checked.code, message: checked.detail })
  }
  for (const [index, candidate] of (signing ?? []).entries()) await take(candidate, 'sig', `/signing_keys/${index}`)
  if (sealing) await take(sealing, 'enc', '/sealing_key')
  if (jwksUri !== undefined && errors.length === 0) {
    const set = await readKeySet(ground, jwksUri)
    if (set.ok) keys.push(...set.keys)
    else errors.push(set.error)
  }
  errors.push(...repeated(keys))
  if (errors.length > 0) return { ok: false, errors }
  const uses: ('sig' | 'enc')[] = []
  if (signing !== undefined || jwksUri !== undefined) uses.push('sig')
  if (sealing !== undefined) uses.push('enc')
  const read: ReadEndpoint = { keys, uses }
  if (url !== undefined) read.url = url
  if (description !== undefined) read.description = description
  if (parsed.data.in_flight !== undefined) read.inFlight = parsed.data.in_flight
  if (parsed.data.networks !== undefined) read.networks = [...new Set(parsed.data.networks)]
  // Keys that were sent take the place of a published set.
  if (jwksUri !== undefined) read.jwksUri = jwksUri
  else if (signing !== undefined) read.jwksUri = null
  return { ok: true, read }
}

/** The signing keys a provider publishes. Keys of another kind or use in the set are somebody else's business. */
export async function readKeySet(
  ground: Ground,
  uri: string,
): Promise<{ ok: true; keys: NewKey[] } | { ok: false; error: InputError }> {
  const no = (code: string, message: string) => ({ ok: false, error: { pointer: '/jwks_uri', code, message } }) as const
  const [refusal] = urlErrors(ground, uri)
  if (refusal) return no(refusal.code, refusal.message)
  const found = await ground.lookups.keySet(uri)
  if (found.result === 'failed') return no('key_set_unavailable', `The key set could not be read: ${found.detail}`)
  const keys: NewKey[] = []
  for (const candidate of found.keys.slice(0, 16)) {
    const checked = checkPublicJwk(candidate, 'sig')
    if (!checked.ok) continue
    keys.push({ thumbprint: await thumbprint(checked.jwk), jwk: checked.jwk, use: 'sig', pointer: '/jwks_uri' })
  }
  return keys.length > 0 ? { ok: true, keys } : no('no_usable_key', 'The key set holds no ES256 key on P-256.')
}

/** What may be an endpoint at all: https, except where configuration opens a range, and nobody's inside. */
export function urlErrors(ground: Ground, url: string): InputError[] {
  const refused = ground.outbound.refuses(url)
  return refused ? [{ pointer: '/url', code: refused.code, message: refused.detail }] : []
}

function repeated(keys: readonly NewKey[]): InputError[] {
  return keys
    .filter((key, index) => keys.findIndex((other) => other.thumbprint === key.thumbprint) !== index)
    .map(({ pointer }) => ({ pointer, code: 'key_repeated', message: 'This key is given twice; each has one use.' }))
}

/** Whether an endpoint may be bound to these: networks of its organisation that count, and something is pushed there. */
export function networkErrors(
  networks: readonly string[],
  url: string | null,
  bindable: ReadonlySet<string>,
): InputError[] {
  if (networks.length > 0 && url === null) {
    const message = 'A poll stream is the whole organisation’s. Leave the networks out.'
    return [{ pointer: '/networks', code: 'poll_serves_all', message }]
  }
  return networks.flatMap((id, index) =>
    bindable.has(id)
      ? []
      : [
          {
            pointer: `/networks/${index}`,
            code: 'unknown_network',
            message: 'This is not a range or system of yours.',
          },
        ],
  )
}

/** A poll stream is fetched from as fast as its provider likes: there is nothing to set. */
export function inFlightErrors(inFlight: number | null | undefined, url: string | null): InputError[] {
  if (typeof inFlight !== 'number' || url !== null) return []
  return [{ pointer: '/in_flight', code: 'poll_only', message: 'Nothing is pushed to a poll stream. Leave it out.' }]
}
