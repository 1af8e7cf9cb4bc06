import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { problems } from './problems.ts'
import { withApi } from './with-api.ts'

test('/docs loads nothing, runs nothing, and its style is the one its policy names', () =>
  withApi(async ({ call }) => {
    const { headers, text } = await call('GET', '/docs')
    expect(headers.get('content-type')).toContain('text/html')
    expect(text).not.toMatch(/<script|<img|<link|<iframe|src=|@import|url\(/)
    const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
    expect(style).toContain('prefers-color-scheme:dark')
  }))

test('/docs explains every call, every schema and every problem, and its links lead somewhere', () =>
  withApi(async ({ call }) => {
    const { text } = await call('GET', '/docs')
    const { json } = await call('GET', '/v1/openapi.json')
    for (const path of Object.keys(json.paths)) expect(text).toContain(`<code>${path}</code>`)
    for (const name of Object.keys(json.components.schemas)) expect(text).toContain(`id="schema-${name}"`)
    for (const code of Object.keys(problems)) expect(text).toContain(`id="problem-${code}"`)
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  }))

test('/docs keeps markup in the contract as text', () =>
  withApi(async ({ call }) => {
    const { text } = await call('GET', '/docs')
    expect(text).toContain('Bearer &lt;token&gt;')
  }))
