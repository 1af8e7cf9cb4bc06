// What both commands begin with: the right Node, the pinned pnpm, the packages of the lockfile. Node's own modules only.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const mark = join(root, 'node_modules', '.installed')

/** npm hands its own settings down; pnpm would read them as its own and warn, or obey. */
export function ownEnvironment() {
  const environment = { ...process.env }
  for (const name of Object.keys(environment)) if (/^npm_/i.test(name)) delete environment[name]
  return environment
}

export function packageManager() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
}

function digest() {
  const hash = createHash('sha256').update(process.version)
  const manifests = [
    'package.json',
    'pnpm-workspace.yaml',
    'pnpm-lock.yaml',
    'portal/package.json',
    'sdk/package.json',
    'test/package.json',
  ]
  for (const name of readdirSync(join(root, 'examples'))) manifests.push(`examples/${name}/package.json`)
  for (const name of manifests) {
    const path = join(root, name)
    if (existsSync(path)) hash.update(`${name}\0`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

/** Installs what the lockfile names, only when lockfile, manifests or Node changed since the last time. */
export function install() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `Noticeline needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and try again.`,
    )
    process.exit(1)
  }
  const wanted = digest()
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return
  console.log('Installing packages (once; about half a minute with empty caches) …')
  const done = pnpm(['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn'])
  if (done.status !== 0) {
    console.error('Installing failed. Check that the npm registry is reachable and run the command again.')
    process.exit(done.status ?? 1)
  }
  mkdirSync(dirname(mark), { recursive: true })
  writeFileSync(mark, wanted)
}

export function pnpm(args, options = {}) {
  const environment = {
    ...ownEnvironment(),
    CI: process.env.CI ?? '1',
    npm_config_update_notifier: 'false',
    ...options.env,
  }
  return spawnSync('npx', ['--yes', packageManager(), ...args], {
    cwd: root,
    stdio: 'inherit',
    ...options,
    env: environment,
  })
}

/** A program of the workspace's own, by its path in node_modules/.bin. */
export function bin(name, inside = '.') {
  return join(root, inside, 'node_modules', '.bin', name)
}
