// `npm start`: sets everything up, then becomes the portal. No configuration: the demo, with its cast and its loop.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { install, root } from './bootstrap.mjs'
import { buildPages } from './build-pages.mjs'

const began = performance.now()
install()
buildPages()
// Same process from here on: signals reach the server itself, and nothing is orphaned.
const tsx = await import(pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'esm', 'api', 'index.mjs')).href)
tsx.register()
process.chdir(join(root, 'portal'))
const { startPortal } = await import(pathToFileURL(join(root, 'portal', 'server.ts')).href)
await startPortal({ began })
