/** The page about testing, run as whoever copies it runs it: by vitest, and by `node --test`. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../architecture/tree.ts'

const run = promisify(execFile)
// Inside `test`, so that the package is found under its own name.
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(root, 'test', '.page-'))
  const page = await readFile(join(root, 'sdk/docs/testing.md'), 'utf8')
  for (const [, name = '', code = ''] of page.matchAll(/^```js (\S+)\n([\s\S]*?)^```$/gm)) {
    await writeFile(join(folder, name), code)
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  // Without one it would find ours, above.
  await writeFile(join(folder, 'vitest.config.js'), 'export default {}')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const env = () => {
  const { NODE_OPTIONS: _, VITEST: _1, ...rest } = process.env
  return { ...rest, NO_COLOR: '1' }
}

// What failed says so itself.
const printed = ({ stdout, stderr }: { stdout: string; stderr: string }): never => {
  throw new Error(`${stdout}\n${stderr}`)
}

test('vitest runs its tests', async () => {
  const vitest = join(root, 'test/node_modules/.bin/vitest')
  const given = ['run', '--root', folder, '--reporter=json']
  const { stdout } = await run(vitest, given, { cwd: folder, env: env(), timeout: 150_000 }).catch(printed)
  const { numPassedTests, numTotalTests } = JSON.parse(stdout.slice(stdout.indexOf('{')))
  expect([numPassedTests, numTotalTests]).toEqual([4, 4])
})

test('node --test runs its tests', async () => {
  const given = ['--import', 'tsx', '--test', '--test-reporter=tap', 'test-takedown.js']
  const { stdout } = await run(process.execPath, given, { cwd: folder, env: env(), timeout: 150_000 }).catch(printed)
  expect(stdout).toMatch(/^# pass 4$/m)
  expect(stdout).toMatch(/^# fail 0$/m)
})
