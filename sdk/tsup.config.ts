import { readFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'

const description = /\s*\.describe\(\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,?\s*\)/g

/** What a member means stands in the published JSON Schemas and in the types; at run time nobody reads it. */
export const withoutDescriptions = {
  name: 'without-descriptions',
  setup(build: { onLoad(options: { filter: RegExp }, load: (file: { path: string }) => Promise<object>): void }) {
    build.onLoad({ filter: /[\\/]protocol[\\/][a-z-]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(description, ''),
      loader: 'ts',
    }))
  },
}

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
  esbuildPlugins: [withoutDescriptions],
})
