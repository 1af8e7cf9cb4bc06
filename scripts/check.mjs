// `pnpm check`: format, lint, types, unit tests, architecture. What to run before every commit.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bin, install, ownEnvironment, root } from './bootstrap.mjs'

install()
const examples = readdirSync(join(root, 'examples')).filter((name) =>
  existsSync(join(root, 'examples', name, 'tsconfig.json')),
)
const steps = [
  ['format and lint', bin('biome'), ['ci', '--error-on-warnings', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'portal/tsconfig.json']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'sdk/tsconfig.json']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'test/tsconfig.json']],
  ...examples.map((name) => ['types', bin('tsc'), ['--noEmit', '-p', `examples/${name}/tsconfig.json`]]),
  ['dead code', bin('knip'), []],
  [
    'unit tests and architecture',
    bin('vitest'),
    ['run', '--project', 'portal', '--project', 'sdk', '--project', 'architecture'],
  ],
]
for (const [name, command, args] of steps) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...ownEnvironment(), NODE_ENV: 'test' } })
  if (done.status !== 0) {
    console.error(`${name}: failed (${args.join(' ')})`)
    process.exit(1)
  }
}
console.log('All clean.')
