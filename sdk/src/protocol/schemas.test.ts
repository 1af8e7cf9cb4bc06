import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { publishedSchemas } from './schemas.ts'
import { messageSchemas } from './version.ts'

const folder = new URL('../../schemas/', import.meta.url)

test('the committed schemas are the ones the wire emits, each and no other', () => {
  const emitted = publishedSchemas()
  const committed = readdirSync(folder).filter((name) => name.endsWith('.schema.json'))
  expect(committed.sort()).toEqual(
    Object.keys(emitted)
      .map((name) => `${name}.schema.json`)
      .sort(),
  )
  for (const [name, schema] of Object.entries(emitted))
    expect(JSON.parse(readFileSync(new URL(`${name}.schema.json`, folder), 'utf8')), name).toEqual(
      JSON.parse(JSON.stringify(schema)),
    )
})

test('schemas are open: none refuses a member it does not know', () => {
  expect(JSON.stringify(publishedSchemas())).not.toContain('"additionalProperties":false')
})

test('every field of every message has its sentence', () => {
  const silent: string[] = []
  const walk = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { properties } = schema as { properties?: Record<string, { description?: string }> }
    for (const [name, property] of Object.entries(properties ?? {}))
      if (!path.includes('/allOf') && !property.description?.endsWith('.')) silent.push(`${path}/${name}`)
    for (const [name, child] of Object.entries(schema)) walk(child, `${path}/${name}`)
  }
  for (const [name, schema] of Object.entries(publishedSchemas())) walk(schema, name)
  expect(silent).toEqual([])
})

test('what an outcome cannot do without stands in the schema too', () => {
  const schema = JSON.stringify(publishedSchemas()['items.reported'])
  expect(schema).toContain('{"if":{"properties":{"outcome":{"const":"forwarded"}}')
  expect(schema).toContain('"then":{"required":["downstream"]}')
})

test('the reader is the schema: there is one per event type', () => {
  for (const schema of Object.values(messageSchemas)) expect(schema).toBeInstanceOf(z.ZodType)
  expect(Object.keys(messageSchemas)).toHaveLength(11)
})
