import { expect, test } from 'vitest'
import { kinds } from '../../sdk/src/cli/init/files.ts'
import { readmeBlocks } from './readme-blocks.ts'

// `pnpm readme` follows them to the first removal, with what npm installs; here nothing is fetched.
test('the README leads from an empty folder by lines that are there', async () => {
  const blocks = await readmeBlocks()
  const frameworks = ['express', 'fastify', 'node-http']
  expect([...blocks.keys()]).toEqual([...frameworks, 'prepare', 'start', 'agent', 'agent-start', 'agent-decide'])
  for (const framework of frameworks) expect(blocks.get(framework)).toContain(`init --framework ${framework}\n`)
  for (const [, kind] of [...blocks.values()].join('\n').matchAll(/--framework (\S+)/g)) expect(kinds).toContain(kind)
})
