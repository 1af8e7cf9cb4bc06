import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

test('what must not compile against the SDK does not, and everything else does', async () => {
  const tsc = join(root, 'sdk', 'node_modules', '.bin', 'tsc')
  const said = await promisify(execFile)(tsc, ['-p', join(root, 'sdk', 'tsconfig.json')]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  )
  expect(said).toBe('')
  const files = ['outcomes.ts', 'messages.ts'].map((name) => readFile(join(root, 'sdk', 'test-d', name), 'utf8'))
  const expected = (await Promise.all(files)).flatMap((text) => text.match(/@ts-expect-error: \S/g) ?? [])
  expect(expected.length).toBeGreaterThanOrEqual(25)
})
