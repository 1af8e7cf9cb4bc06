import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import { z } from 'zod'
import { type ProblemCode, problems } from './problems.ts'
import type { Definition, ProgramDefinition } from './route.ts'
import { schemas } from './schemas.ts'

export type SchemaName = keyof typeof schemas

/** Refused by every call, and so not repeated at each. */
const always: readonly ProblemCode[] = [
  'rate_limited',
  'internal',
  'database_unavailable',
  'storage_full',
  'key_unavailable',
]
const withToken: readonly ProblemCode[] = ['unauthenticated', 'forbidden', 'scope_missing']
const withBody: readonly ProblemCode[] = ['malformed_json', 'body_too_large', 'unsupported_media_type']
const withKey: readonly ProblemCode[] = ['idempotency_key_invalid', 'idempotency_in_progress', 'idempotency_mismatch']

/** Puts the schemas of bodies and answers into the document, from the same zod that checks them. */
export function documentSchemas(api: OpenAPIHono): void {
  for (const [name, schema] of Object.entries(schemas)) {
    const { $schema: _, ...emitted } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    api.openAPIRegistry.registerComponent('schemas', name, emitted as never)
  }
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of an organisation (nl_live_…, nl_test_…), issued with scopes and shown once.',
  })
}

export function documentRoute(api: OpenAPIHono, definition: Definition): void {
  const { scope, orSigned } = definition as Partial<ProgramDefinition>
  const path = definition.path.match(/\{(\w+)\}/)?.[1]
  const required = definition.creates?.keyRequired === true
  api.openAPIRegistry.registerPath({
    method: definition.method,
    path: definition.path,
    tags: [definition.tag],
    summary: definition.summary,
    ...(definition.description ? { description: definition.description } : {}),
    security: scope ? [{ bearer: [scope] }, ...(orSigned ? [{}] : [])] : [],
    request: {
      ...(path ? { params: z.object({ [path]: z.string() }) } : {}),
      ...(definition.query ? { query: definition.query } : {}),
      ...(definition.creates ? { headers: keyHeader(required) } : {}),
      ...(definition.body ? { body: { required: true, content: contentOf(definition.body) } } : {}),
    },
    responses: merged(answersOf(definition), refusalsOf(definition, scope !== undefined)),
  } as RouteConfig)
}

function keyHeader(required: boolean): z.ZodObject {
  const header = z.string().min(1).max(255).describe('1 to 255 printable ASCII characters; new for every new thing.')
  return z.object({ 'Idempotency-Key': required ? header : header.optional() })
}

function contentOf(body: NonNullable<Definition['body']>) {
  return Object.fromEntries(Object.entries(body).map(([mediaType, name]) => [mediaType, { schema: refTo(name) }]))
}

type Responses = Record<string, { description: string; content?: Record<string, { schema: { $ref: string } }> }>

function answersOf(definition: Definition): Responses {
  return Object.fromEntries(
    Object.entries(definition.answers).map(([status, { description, schema, mediaType }]) => [
      status,
      schema
        ? { description, content: { [mediaType ?? 'application/json']: { schema: refTo(schema) } } }
        : { description },
    ]),
  )
}

function refusalsOf(definition: Definition, token: boolean): Responses {
  const codes = [
    ...(token ? withToken : []),
    ...(definition.body ? withBody : []),
    ...(definition.creates ? withKey : []),
    ...(definition.creates?.keyRequired ? (['idempotency_key_required'] as const) : []),
    ...(definition.query ? (['invalid_parameter'] as const) : []),
    ...(definition.refusals ?? []),
    ...always,
  ]
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set(codes)) {
    const [status] = problems[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, listed]) => [
      status,
      {
        description: listed.map((code) => `\`${code}\`: ${problems[code][2]}`).join('\n'),
        content: { 'application/problem+json': { schema: refTo('Problem') } },
      },
    ]),
  )
}

/** A status may mean an answer of its own and a problem: both are said. */
function merged(answers: Responses, refusals: Responses): Responses {
  const both = { ...refusals, ...answers }
  for (const [status, answer] of Object.entries(answers)) {
    const refusal = refusals[status]
    if (!refusal) continue
    both[status] = {
      description: `${answer.description}\n${refusal.description}`,
      content: { ...answer.content, ...refusal.content },
    }
  }
  return both
}

function refTo(name: SchemaName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` }
}
