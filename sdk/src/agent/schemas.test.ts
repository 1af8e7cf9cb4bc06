import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { packageFile } from '../cli/shipped.ts'
import { exampleRequest } from './example-request.ts'
import { agentRequest } from './request.ts'
import { agentSchemas } from './schemas.ts'

test('the published schemas are what the agent goes by (pnpm generated)', async () => {
  for (const [name, schema] of Object.entries(agentSchemas()))
    expect(JSON.parse(await readFile(packageFile('agent', `${name}.schema.json`), 'utf8'))).toEqual(schema)
})

test('what a command is tried with is what it will be asked', () => {
  for (const act of ['take_down', 'put_back'] as const)
    expect(agentRequest.parse(exampleRequest(act, 1, new Date(0)))).toEqual(exampleRequest(act, 1, new Date(0)))
})
