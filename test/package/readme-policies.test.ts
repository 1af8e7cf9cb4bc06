import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { consumer, run, typechecked } from './consumer.ts'

const here = import.meta.dirname
const { unpacked } = inject('packed')

test('the code of the README about policies and steps compiles, and waits for a person before it removes', async () => {
  const readme = await readFile(join(unpacked, 'README.md'), 'utf8')
  const blocks = new Map([...readme.matchAll(/```ts (\S+)\n([\s\S]*?)```/g)].map(([, name, code]) => [name, code]))
  const at = await consumer('types-nodenext', 'readme-policies')
  for (const name of ['takedown.ts', 'policy.ts', 'decide.ts', 'steps.ts']) {
    const code = (blocks.get(name) ?? '').replace("'https://portal.example'", "process.env['PORTAL'] ?? ''")
    await writeFile(join(at, name), code)
  }
  await cp(join(here, 'consumers', 'readme-policies'), at, { recursive: true })
  expect(await typechecked(at, '--skipLibCheck')).toBe('')
  const loader = join(here, '..', 'node_modules', 'tsx', 'dist', 'loader.mjs')
  const { stdout } = await run(process.execPath, ['--import', loader, 'main.ts'], { cwd: at })
  expect(JSON.parse(stdout)).toEqual({
    waited: 1,
    reported: ['content_removed human'],
    decisions: ['P. de Vries'],
    blocked: 'suspended case ntc_b',
    outcome: 'access_disabled',
    after: 'active ',
  })
})
