// `pnpm shots FOLDER`: pictures of every page, to be looked at.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { install, root } from './bootstrap.mjs'
import { buildPages } from './build-pages.mjs'

const folder = process.argv[2]
if (!folder) {
  console.error('Say where the pictures go: pnpm shots FOLDER, outside the tree.')
  process.exit(1)
}
install()
buildPages()
const tsx = await import(pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'esm', 'api', 'index.mjs')).href)
tsx.register()
const { takeShots } = await import(pathToFileURL(join(root, 'test', 'pages', 'shots.ts')).href)
await takeShots(folder)
