// `pnpm soak [part…] [--database embedded|debian] [--rounds N] [--seed S] [--resume]`: the long proofs, with a table at the end.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { install, root } from './bootstrap.mjs'
import { buildPages } from './build-pages.mjs'

install()
buildPages()
const tsx = await import(pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'esm', 'api', 'index.mjs')).href)
tsx.register()
await import(pathToFileURL(join(root, 'test', 'soak', 'run.ts')).href)
