import { z } from 'zod'
import { ssfConfiguration } from './discovery.ts'
import { pollRequest, pollResponse, refusalBody } from './poll.ts'
import { itemOutcome, requiredByOutcome } from './report.ts'
import { messageSchemas } from './version.ts'
import { type EventType, outcomeReasons } from './words.ts'

/** The short name of an event type, as its schema is published under: `notice.issued`, `verification`. */
export function schemaName(type: EventType): string {
  return type.slice(Math.max(type.lastIndexOf(':'), type.lastIndexOf('/')) + 1)
}

/**
 * The JSON Schemas we publish, by name (draft 2020-12). They are open: what they do not know they let pass, as a receiver
 * does.
 */
export function publishedSchemas(): Record<string, Record<string, unknown>> {
  const events = Object.entries(messageSchemas).map(
    ([type, schema]) => [schemaName(type as EventType), schema] as const,
  )
  const bodies = { 'poll-request': pollRequest, 'poll-response': pollResponse, refusal: refusalBody }
  const all = [...events, ...Object.entries(bodies), ['ssf-configuration', ssfConfiguration] as const]
  return Object.fromEntries(all.map(([name, schema]) => [name, jsonSchemaOf(name, schema)]))
}

function jsonSchemaOf(name: string, schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      if ((zodSchema as unknown) === itemOutcome) jsonSchema.allOf = outcomeConditions()
    },
  })
  return { $schema, $id: `urn:noticeline:schema:${name}`, title: name, ...rest }
}

// What superRefine demands, said again in the words of JSON Schema.
function outcomeConditions(): z.core.JSONSchema.BaseSchema[] {
  return Object.entries(requiredByOutcome).map(([outcome, required]) => {
    const reasons = outcomeReasons[outcome as keyof typeof outcomeReasons]
    return {
      if: { properties: { outcome: { const: outcome } }, required: ['outcome'] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
      then: { required: [required], ...(reasons ? { properties: { reason: { enum: [...reasons] } } } : {}) },
    }
  })
}
