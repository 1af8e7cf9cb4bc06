import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { type InputError, inputErrorsOf } from '../facts/input-error.ts'
import type { Ground } from '../ground/ground.ts'
import type { Act, ProgramActor, Scope } from '../people/may.ts'
import { askProgram } from './access.ts'
import { answerJson, type Refused, refuse, refuseFailed } from './answers.ts'
import { nulErrors, parseJson, readBody } from './body.ts'
import { documentRoute, type SchemaName } from './document.ts'
import { type Answer, isKey, keptUsually, type Making, once, withoutKey } from './idempotency.ts'
import { addressOf, type Limiter } from './limits.ts'
import type { ProblemCode } from './problems.ts'

/** What every route of this face stands on. */
export interface Face {
  api: OpenAPIHono
  ground: Ground
  limiter: Limiter
  /** What has been put at which address, for OPTIONS and 405. */
  routes: { method: string; path: string }[]
}

export interface Definition<Q extends z.ZodObject = z.ZodObject> {
  method: 'get' | 'post' | 'patch' | 'delete'
  /** As OpenAPI writes it: `/v1/notices/{id}`. */
  path: string
  tag: 'Notifier' | 'Provider' | 'Everybody'
  summary: string
  description?: string
  query?: Q
  /** Media types it takes, with the schema of each. */
  body?: Readonly<Record<string, SchemaName>>
  /** What it answers where all went well. */
  answers: Readonly<Record<number, { description: string; schema?: SchemaName; mediaType?: string }>>
  /** What it may refuse beside what every call refuses. */
  refusals?: readonly ProblemCode[]
  /** Present where the call creates something: then it takes an Idempotency-Key. */
  creates?: { keyRequired?: boolean; keepMs?: number }
}

export interface ProgramDefinition<Q extends z.ZodObject = z.ZodObject> extends Definition<Q> {
  act: Act
  scope: Scope
  /** Whether a signature does as well as a token. */
  orSigned?: boolean
}

export interface Asking<Q extends z.ZodObject> {
  c: Context
  query: z.output<Q>
  /** The one parameter of the path. */
  id: string
  answer(status: ContentfulStatusCode, body: unknown, headers?: Readonly<Record<string, string>>): Response
  refuse(code: ProblemCode, more?: Omit<Refused, 'code'>): Response
}

export interface ProgramAsking<Q extends z.ZodObject> extends Asking<Q> {
  actor: ProgramActor
  /** The body as JSON, unchecked: the verb it goes to checks it. */
  input: unknown
  /** What binds a call that creates something to its key. */
  making: Making
}

/** A route for everybody, or one that finds out by itself who is asking (a signed report). */
export function openRoute<Q extends z.ZodObject>(
  face: Face,
  definition: Definition<Q>,
  handle: (asking: Asking<Q>) => Promise<Response> | Response,
): void {
  put(face, definition, async (c) => {
    const asking = readAsking(face, definition, c)
    return asking instanceof Response ? asking : handle(asking)
  })
}

/** A route for programs with a bearer token. In this order: who, how often, how, what; then once, if it creates. */
export function programRoute<Q extends z.ZodObject>(
  face: Face,
  definition: ProgramDefinition<Q>,
  handle: (asking: ProgramAsking<Q>) => Promise<Response>,
): void {
  put(face, definition, (c) => answerProgram(face, definition, handle, c))
}

/** The steps of a program's call, for a route that takes other callers too. */
export async function answerProgram<Q extends z.ZodObject>(
  face: Face,
  definition: ProgramDefinition<Q>,
  handle: (asking: ProgramAsking<Q>) => Promise<Response>,
  c: Context,
): Promise<Response> {
  const { ground } = face
  const origin = ground.config.origin
  const actor = await whoAsks(face, definition, c)
  if (actor instanceof Response) return actor
  const asking = readAsking(face, definition, c)
  if (asking instanceof Response) return asking

  const key = definition.creates ? c.req.header('idempotency-key') : undefined
  if (key === undefined && definition.creates?.keyRequired)
    return refuse(c, origin, { code: 'idempotency_key_required' })
  if (key !== undefined && !isKey(key)) return refuse(c, origin, { code: 'idempotency_key_invalid' })

  const body = definition.body ? await readInput(c, origin, ['application/json']) : { text: '', input: undefined }
  if (body instanceof Response) return body
  const work = (making: Making) => handle({ ...asking, actor, input: body.input, making })
  if (key === undefined) return work(withoutKey)

  const call = {
    orgId: actor.orgId,
    route: `${definition.method.toUpperCase()} ${definition.path}`,
    key,
    content: `${c.req.path}\n${body.text}`,
    keepMs: definition.creates?.keepMs ?? keptUsually,
  }
  const done = await once(ground, call, async (making) => keepable(await work(making)))
  switch (done.result) {
    case 'answered':
      return replay(c, done.answer, done.replayed)
    case 'running':
      return refuse(c, origin, { code: 'idempotency_in_progress', headers: { 'Retry-After': '1' } })
    case 'mismatch':
      return refuse(c, origin, { code: 'idempotency_mismatch' })
  }
}

/**
 * The program that is asking, or the answer that tells it why not. Guessing is slowed down per address; whoever shares
 * that address and has a token goes on.
 */
async function whoAsks(
  { ground, limiter }: Face,
  definition: Pick<ProgramDefinition, 'act' | 'scope'>,
  c: Context,
): Promise<ProgramActor | Response> {
  const { origin, trustProxy } = ground.config
  const asked = await askProgram(ground, c.req.header('authorization'), definition.act, definition.scope)
  if (asked.asked) {
    const calls = await limiter.token(asked.actor.apiTokenId)
    return calls.limited ? tooMany(c, origin, calls.retryAfterSeconds) : asked.actor
  }
  if (asked.refused.code === 'unauthenticated') {
    const guesses = await limiter.countRefusal(addressOf(c, trustProxy))
    if (guesses.limited) return tooMany(c, origin, guesses.retryAfterSeconds)
  }
  return refuse(c, origin, asked.refused)
}

export function tooMany(c: Context, origin: string, seconds: number): Response {
  return refuse(c, origin, { code: 'rate_limited', headers: { 'Retry-After': String(seconds) } })
}

/** The body as JSON, or the answer that says what is wrong with it. */
export async function readInput(
  c: Context,
  origin: string,
  accepted: readonly string[],
): Promise<{ text: string; input: unknown } | Response> {
  const body = await readBody(c.req.raw, accepted)
  if (!body.read) return refuse(c, origin, body)
  const json = parseJson(body.text)
  if (!json.parsed) return refuse(c, origin, { code: 'malformed_json', detail: json.detail })
  const errors = nulErrors(body.text, json.value)
  return errors.length === 0 ? { text: body.text, input: json.value } : refuse(c, origin, { code: 'invalid', errors })
}

function put(face: Face, definition: Definition, handle: (c: Context) => Promise<Response>): void {
  const { api, ground } = face
  documentRoute(api, definition)
  face.routes.push({ method: definition.method.toUpperCase(), path: definition.path })
  api.on(definition.method.toUpperCase(), honoPath(definition.path), async (c) => {
    try {
      return await handle(c)
    } catch (error) {
      ground.log.error('api.failed', { method: c.req.method, route: definition.path, error })
      return refuseFailed(c, ground.config.origin, error)
    }
  })
}

function readAsking<Q extends z.ZodObject>(face: Face, definition: Definition<Q>, c: Context): Asking<Q> | Response {
  const origin = face.ground.config.origin
  const parameters = Object.values(c.req.param() as Record<string, string>)
  // Nothing has an id with NUL in it, and the database takes no such text.
  if (parameters.some((one) => one.includes('\0'))) return refuse(c, origin, { code: 'not_found' })
  let query = {} as z.output<Q>
  if (definition.query) {
    const nul = Object.entries(c.req.query()).filter(([name, value]) => `${name}${value}`.includes('\0'))
    if (nul.length > 0) return refuse(c, origin, { code: 'invalid_parameter', errors: nul.map(nulParameter) })
    const read = definition.query.safeParse(c.req.query())
    if (!read.success) {
      const errors = inputErrorsOf(read.error).map(
        (error): InputError => ({ ...error, pointer: `/query${error.pointer}` }),
      )
      return refuse(c, origin, { code: 'invalid_parameter', errors })
    }
    query = read.data
  }
  return {
    c,
    query,
    id: parameters[0] ?? '',
    answer: (status, body, headers) => answerJson(c, status, body, headers),
    refuse: (code, more) => refuse(c, origin, { code, ...more }),
  }
}

function nulParameter([name]: [string, string]): InputError {
  const pointer = name.includes('\0') ? '/query' : `/query/${name}`
  return { pointer, code: 'control_character', message: 'A parameter holds no character NUL.' }
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

const keptHeaders = ['content-type', 'location', 'etag', 'retry-after']

async function keepable(response: Response): Promise<Answer> {
  const headers: Record<string, string> = {}
  for (const name of keptHeaders) {
    const value = response.headers.get(name)
    if (value !== null) headers[name] = value
  }
  return { status: response.status, headers, body: await response.text() }
}

function replay(c: Context, answer: Answer, replayed: boolean): Response {
  const headers = replayed ? { ...answer.headers, 'Idempotency-Replayed': 'true' } : answer.headers
  return c.body(answer.body, answer.status as ContentfulStatusCode, headers)
}
