/** For tests: the API on a ground of its own, with a few of the cast, and every answer held against the contract. */
import { audienceOf, type EventType, generateKey, issueToken } from '@noticeline/sdk/protocol'
import { expect } from 'vitest'
import { proveNetwork } from '../attribution/prove-network.ts'
import { addOrganisation, type NewOrganisation } from '../people/add-organisation.ts'
import { issueApiToken } from '../people/issue-api-token.ts'
import type { PersonActor, Scope } from '../people/may.ts'
import { projectFacts, reactions } from '../reactions.ts'
import { type Reactions, type TestGround, withGround } from '../testing/with-ground.ts'
import { type ApiParts, createApi } from './api.ts'
import type { ApiDocument } from './docs.ts'
import { schemas } from './schemas.ts'

export const at = '2026-11-22T09:00:00.000Z'

export interface Member {
  orgId: string
  /** With every scope of such an organisation. */
  token: string
}

export interface Stage {
  ground: TestGround
  call(method: string, path: string, request?: CallRequest): Promise<CallAnswer>
  /** Hotline. */
  baken: Member
  /** Another notifier. */
  oever: Member
  /** Holds 203.0.113.0/24. */
  tern: Member
  /** Holds 192.0.2.0/24. */
  mudlark: Member
  desk: Member
  /** A token with just these scopes. */
  tokenOf(member: Member, scopes: Scope[], live?: boolean): Promise<string>
  /** Registers a signing key, and signs with it. */
  signerOf(member: Member): Promise<Signer>
}

export interface Signer {
  endpointId: string
  kid: string
  sign(type: EventType, body: object, claims?: { aud?: string; iss?: string; jti?: string }): Promise<string>
}

export interface CallRequest {
  token?: string
  /** An object is sent as JSON, text as it is. */
  body?: unknown
  headers?: Record<string, string>
  /** Addresses are asked for, so the answer may hold them. */
  revealing?: boolean
}

export interface CallAnswer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the answer holds; its shape was held against the contract
  json: any
}

export function withApi(work: (stage: Stage) => Promise<void>, parts: Partial<ApiParts> = {}): Promise<void> {
  const options = { project: projectFacts, reactions: reactions as Reactions }
  return withGround(at, options, async (ground) => {
    const readiness = async () => ({ database: true, keys: true, queueLagMs: 0, deadLetters: 0, clockApartMs: null })
    const api = createApi(ground, { readiness, longPollMs: 50, ...parts })
    const document = (await (await api.request('/v1/openapi.json')).json()) as ApiDocument

    async function call(method: string, path: string, request: CallRequest = {}): Promise<CallAnswer> {
      const { token, body, headers = {}, revealing = false } = request
      const isText = typeof body === 'string'
      const answer = await api.request(path, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!revealing) expect(text).not.toMatch(/cust42|203\.0\.113\.80/)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      const isJson = /json/.test(answer.headers.get('content-type') ?? '') && text !== ''
      const json = isJson ? JSON.parse(text) : undefined
      if (isJson) holdAgainstContract(document, method, path, answer, json)
      return { status: answer.status, headers: answer.headers, text, json }
    }

    const desk = await addMember(ground, { kind: 'platform', name: 'Noticeline desk' }, [
      'deliveries:read',
      'notices:read',
    ])
    const baken = await addMember(ground, notifier('Stichting Baken', 'hotline'), notifierScopes)
    const oever = await addMember(ground, notifier('Authority Oever', 'authority'), notifierScopes)
    const tern = await addMember(ground, { kind: 'provider', name: 'Tern Hosting' }, providerScopes)
    const mudlark = await addMember(ground, { kind: 'provider', name: 'Mudlark Servers' }, providerScopes)
    const person = actorOf(desk.orgId)
    await proveNetwork(ground, person, { orgId: tern.orgId, cidr: '203.0.113.0/24' })
    await proveNetwork(ground, person, { orgId: mudlark.orgId, cidr: '192.0.2.0/24' })

    await work({
      ground,
      call,
      baken,
      oever,
      tern,
      mudlark,
      desk,
      tokenOf: async ({ orgId }, scopes, live = true) =>
        (await issueApiToken(ground, { orgId, name: 'test', scopes, live })).token,
      signerOf: (member) => addSigner(ground, call, member),
    })
  })
}

const notifierScopes: Scope[] = ['notices:write', 'notices:read', 'items:reveal']
const providerScopes: Scope[] = ['reports:write', 'stream:poll', 'endpoints:write', 'deliveries:read', 'items:reveal']

function notifier(name: string, notifierKind: 'hotline' | 'authority'): NewOrganisation {
  return { kind: 'notifier', name, notifierKind, trustedFlagger: true }
}

async function addMember(ground: TestGround, organisation: NewOrganisation, scopes: Scope[]): Promise<Member> {
  const added = await addOrganisation(ground, { ...organisation, admitted: true })
  if (added.result !== 'added') throw new Error(added.result)
  const { token } = await issueApiToken(ground, { orgId: added.orgId, name: 'test', scopes, live: true })
  return { orgId: added.orgId, token }
}

function actorOf(orgId: string): PersonActor {
  return {
    kind: 'person',
    personId: 'psn_desk',
    orgId,
    orgKind: 'platform',
    role: 'owner',
    assurance: 2,
    assuranceNeeded: 2,
    sessionId: 'ses_desk',
  }
}

async function addSigner(ground: TestGround, call: Stage['call'], member: Member): Promise<Signer> {
  const { kid, publicJwk, privateJwk } = await generateKey('sig')
  const body = { url: null, signing_keys: [publicJwk], sealing_key: null }
  const added = await call('POST', '/v1/endpoints', { token: member.token, body })
  expect(added.status).toBe(201)
  return {
    endpointId: added.json.id,
    kid,
    async sign(type, event, claims = {}) {
      const iss = claims.iss ?? audienceOf(member.orgId)
      const aud = claims.aud ?? ground.config.origin
      const jti = claims.jti === undefined ? {} : { jti: claims.jti }
      const { raw } = await issueToken(
        { iss, aud, type, body: event, now: ground.clock.now(), ...jti },
        { kid, privateJwk },
      )
      return raw
    },
  }
}

/** A notice about one file of a customer of Tern Hosting. */
export function submission(more: object = {}, item: object = {}) {
  return {
    regime: 'ntd_code',
    category: 'csam',
    legal_class: 'baseline',
    reference: 'MK-2026-000123',
    items: [{ url: 'https://cust42.tern.example/g/7f3a.jpg', ip: '203.0.113.80', scope: 'file', ...item }],
    ...more,
  }
}

/** Documented status, documented members, nothing more. */
function holdAgainstContract(
  document: ApiDocument,
  method: string,
  path: string,
  answer: Response,
  json: unknown,
): void {
  const pathname = path.split('?')[0] ?? ''
  const template = Object.keys(document.paths)
    .sort((a, b) => a.split('{').length - b.split('{').length)
    .find((one) => new RegExp(`^${one.replaceAll(/[.]/g, '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname))
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()]
  const problem = answer.headers.get('content-type') === 'application/problem+json'
  const said = operation?.responses[answer.status]
  if (operation && !problem) expect(Object.keys(operation.responses)).toContain(String(answer.status))
  const mediaType = answer.headers.get('content-type')?.split(';')[0] ?? ''
  const name = problem ? 'Problem' : said?.content?.[mediaType]?.schema.$ref?.split('/').at(-1)
  const schema = name === undefined ? undefined : schemas[name as keyof typeof schemas]
  if (schema) expect(schema.parse(json)).toEqual(json)
}
