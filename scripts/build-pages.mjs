// The pages are built once for what they are made of, and again when that changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bin, ownEnvironment, root } from './bootstrap.mjs'

const portal = join(root, 'portal')
const mark = join(portal, 'build', '.made-of')
const skipped = new Set(['node_modules', 'build', '.data', 'seed', 'testing', 'decisions'])

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name) && !entry.name.endsWith('.test.ts'))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]))
}

function madeOf() {
  const hash = createHash('sha256')
  const files = [...filesIn(portal), ...filesIn(join(root, 'sdk', 'src')), join(root, 'pnpm-lock.yaml')].sort()
  for (const file of files) hash.update(`${relative(root, file)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

export function buildPages({ quiet = false } = {}) {
  const wanted = madeOf()
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return
  if (!quiet) console.log('Building the pages …')
  const built = spawnSync(bin('remix', 'portal'), ['vite:build'], {
    cwd: portal,
    env: { ...ownEnvironment(), NODE_ENV: 'production' },
    encoding: 'utf8',
  })
  if (built.status !== 0) {
    console.error(built.stdout, built.stderr)
    console.error('Building the pages failed; what the compiler said stands above.')
    process.exit(1)
  }
  mkdirSync(join(portal, 'build'), { recursive: true })
  writeFileSync(mark, wanted)
}
