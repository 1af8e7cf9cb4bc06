/** Writes `schemas/*.schema.json` from the wire. Run after a change to it; a test compares. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { publishedSchemas } from '../src/protocol.ts'

const folder = new URL('../schemas/', import.meta.url)
for (const name of readdirSync(folder)) if (name.endsWith('.schema.json')) rmSync(new URL(name, folder))
const schemas = Object.entries(publishedSchemas())
for (const [name, schema] of schemas)
  writeFileSync(new URL(`${name}.schema.json`, folder), `${JSON.stringify(schema, null, 2)}\n`)
process.stdout.write(`${schemas.length} schemas written\n`)
