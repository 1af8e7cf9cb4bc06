/** What the forms about endpoints hold → what the verbs take, and their complaints → words beside a field. */
import type { InputError } from '../facts/input-error.ts'
import { type Complaint, complain, complaintsOf, given, word } from './forms.server.ts'
import type { Text } from './language/text.ts'

export type EndpointField =
  | 'url'
  | 'description'
  | 'signing_keys'
  | 'jwks_uri'
  | 'sealing_key'
  | 'networks'
  | 'in_flight'
export type EndpointDraft = Partial<Record<EndpointField | 'how', string>>

const labels = {
  url: 'endpoint-url',
  description: 'endpoint-description',
  signing_keys: 'endpoint-signing',
  jwks_uri: 'endpoint-jwks-uri',
  sealing_key: 'endpoint-sealing',
  networks: 'endpoint-networks',
  in_flight: 'pace-in-flight',
} as const

export function draftOf(form: FormData): EndpointDraft {
  const names = ['how', 'url', 'description', 'signing_keys', 'jwks_uri', 'sealing_key', 'in_flight'] as const
  return Object.fromEntries(names.map((name) => [name, word(form, name)]))
}

/** The networks that are ticked; none: it serves all that no other endpoint does. */
export function readNetworks(form: FormData): string[] {
  return form.getAll('network').filter((value) => typeof value === 'string')
}

/** The body of a registration, as the API takes it, or what is wrong with what was pasted. */
export function readRegistration(form: FormData, text: Text): { input: unknown; complaints: Complaint[] } {
  const signing = readKeys(form, 'signing_keys', text)
  const sealing = readKeys(form, 'sealing_key', text)
  const description = given(form, 'description')
  const jwksUri = given(form, 'jwks_uri')
  const input = {
    url: word(form, 'how') === 'poll' ? null : word(form, 'url'),
    ...(description === undefined ? {} : { description }),
    ...(jwksUri === undefined ? { signing_keys: signing.keys } : { jwks_uri: jwksUri }),
    ...(jwksUri !== undefined && signing.keys.length > 0 ? { signing_keys: signing.keys } : {}),
    sealing_key: sealing.keys[0] ?? null,
    networks: readNetworks(form),
  }
  return { input, complaints: [...signing.complaints, ...sealing.complaints] }
}

/** One JWK, a list of them, or a key set: whatever a tool wrote. */
export function readKeys(
  form: FormData,
  field: 'signing_keys' | 'sealing_key',
  text: Text,
): { keys: object[]; complaints: Complaint[] } {
  const pasted = word(form, field)
  if (pasted === '') return { keys: [], complaints: [] }
  const no = (key: 'jwk.not-json' | 'jwk.not-a-key') => {
    const { message } = complain(text, field, key)
    return { keys: [], complaints: [{ field, message: `${text(labels[field])}: ${message}` }] }
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(pasted)
  } catch {
    return no('jwk.not-json')
  }
  const set = typeof parsed === 'object' && parsed !== null && 'keys' in parsed ? parsed.keys : parsed
  const keys = Array.isArray(set) ? set : [set]
  const allObjects = keys.length > 0 && keys.every((key) => typeof key === 'object' && key !== null)
  return allObjects ? { keys, complaints: [] } : no('jwk.not-a-key')
}

export function endpointComplaints(errors: readonly InputError[], text: Text): Complaint[] {
  return complaintsOf(errors, text, (pointer) => {
    const field = pointer.split('/')[1] as EndpointField
    return field in labels ? { field, label: text(labels[field]) } : null
  })
}

/** Somebody else's key: whose is not told. */
export function keyComplaint(pointer: string, text: Text): Complaint[] {
  return endpointComplaints([{ pointer, code: 'key_known_elsewhere', message: '' }], text)
}
