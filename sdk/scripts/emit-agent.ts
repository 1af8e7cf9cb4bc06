/** Writes the JSON Schemas of what the agent's command reads and prints. Run after a change to them; a test compares. */
import { writeFileSync } from 'node:fs'
import { agentSchemas } from '../src/agent/schemas.ts'

const schemas = Object.entries(agentSchemas())
for (const [name, schema] of schemas)
  writeFileSync(new URL(`../agent/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`)
process.stdout.write(`${schemas.length} schemas written\n`)
