import { defineConfig } from 'tsup'
import { descriptionsLeaveTheBundle } from './scripts/without-descriptions.ts'

/** One file a door, with what doors have in common beside them; zod and jose stay outside. */
export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts', 'src/stores.ts', 'src/protocol.ts', 'src/testing.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: {
    // The name is global only where the types of the browser are.
    banner: "import type { webcrypto as web } from 'node:crypto'\ntype JsonWebKey = web.JsonWebKey",
  },
  splitting: true,
  treeshake: true,
  clean: true,
  esbuildPlugins: [descriptionsLeaveTheBundle],
})
