import { createHash } from 'node:crypto'
import { raw } from 'hono/html'
import { docsPage } from './docs-page.ts'
import { docsStyle } from './docs-style.ts'
import { type Face, openRoute } from './route.ts'

const styleHash = createHash('sha256').update(docsStyle).digest('base64')
/** One style sheet, known by its hash; no script, no image, nothing from elsewhere. */
const docsPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

export interface ApiDocument {
  info: { title: string; version: string; description?: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JsonSchema> }
}

export interface Operation {
  tags: string[]
  summary: string
  description?: string
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; required?: boolean; schema?: JsonSchema; description?: string }[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>
}

export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  description?: string
  enum?: unknown[]
  const?: unknown
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
}

/** The contract for machines, and the same for people. Added last: it says what was added before it. */
export function addDocs(face: Face): void {
  const { api, ground } = face
  const { origin } = ground.config
  let written: ApiDocument | undefined
  const read = (): ApiDocument => {
    written ??= api.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Noticeline',
        version: '1',
        description:
          'Notices in, signed events out, reports back. Addresses are in no answer unless revealed on purpose.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: origin }],
      tags: [{ name: 'Notifier' }, { name: 'Provider' }, { name: 'Everybody' }],
    }) as unknown as ApiDocument
    return written
  }

  openRoute(
    face,
    {
      method: 'get',
      path: '/v1/openapi.json',
      tag: 'Everybody',
      summary: 'This contract, for machines',
      answers: { 200: { description: 'OpenAPI 3.1.', schema: 'Schema' } },
    },
    ({ answer }) => answer(200, read()),
  )

  openRoute(
    face,
    {
      method: 'get',
      path: '/docs',
      tag: 'Everybody',
      summary: 'This contract, for people',
      answers: { 200: { description: 'A page.', schema: 'Text', mediaType: 'text/html' } },
    },
    ({ c }) => c.html(raw(docsPage(read())), 200, { 'Content-Security-Policy': docsPolicy }),
  )
}
