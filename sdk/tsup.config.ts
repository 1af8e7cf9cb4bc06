import { basename } from 'node:path'
import { defineConfig } from 'tsup'
import { descriptionsLeaveTheBundle } from './scripts/without-descriptions.ts'

const doors = [
  'src/index.ts',
  'src/node.ts',
  'src/fastify.ts',
  'src/poll.ts',
  'src/policies.ts',
  'src/removal.ts',
  'src/stores.ts',
  'src/protocol.ts',
  'src/testing.ts',
]

/** One file a door, with what doors have in common beside them, and the program; zod and jose stay outside. */
export default defineConfig({
  entry: { ...Object.fromEntries(doors.map((path) => [basename(path, '.ts'), path])), cli: 'src/cli/main.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: {
    entry: doors,
    // The name is global only where the types of the browser are.
    banner: "import type { webcrypto as web } from 'node:crypto'\ntype JsonWebKey = web.JsonWebKey",
  },
  splitting: true,
  treeshake: true,
  clean: true,
  esbuildPlugins: [descriptionsLeaveTheBundle],
})
