// `pnpm generated`: everything that is written by a program and committed. Tests compare it, so a forgotten run is found.
import { spawnSync } from 'node:child_process'
import { bin, install, ownEnvironment, root } from './bootstrap.mjs'

install()
const steps = [
  ['JSON Schemas of the wire', 'sdk', 'scripts/emit-schemas.ts'],
  ['JSON Schemas of the agent', 'sdk', 'scripts/emit-agent.ts'],
  ['the commands of noticeline', 'sdk', 'scripts/emit-commands.ts'],
  ['what every door of the SDK exports', 'sdk', 'scripts/emit-api.ts'],
  ['the reference of the SDK', 'sdk', 'scripts/emit-reference.ts'],
  ['schema.sql and the types of the tables', 'portal', 'scripts/db-types.ts'],
]
for (const [what, folder, script] of steps) {
  const done = spawnSync(bin('tsx'), [script], { cwd: `${root}/${folder}`, stdio: 'inherit', env: ownEnvironment() })
  if (done.status !== 0) {
    console.error(`${what}: failed`)
    process.exit(1)
  }
  console.log(`${what}: written`)
}
