import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, root } from './tree.ts'

const files = ['portal', 'sdk', 'examples', 'test', 'scripts'].flatMap(filesBelow)
const code = files.filter((file) => /\.(ts|tsx|mjs|cjs)$/.test(file) && !file.endsWith('.d.ts'))
const nameless = /(^|\/)(utils?|helpers?|common|shared|misc|services?|lib)(\/|\.)/

test('every room has a name of its own', () => {
  expect(files.length).toBeGreaterThan(150)
  expect(files.filter((file) => nameless.test(file))).toEqual([])
  expect(nameless.test('portal/delivery/helpers.ts')).toBe(true)
})

test('no file is two ideas long', () => {
  const long = code.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401)
  expect(long).toEqual([])
})

test('the top level holds what is named for it and nothing else', () => {
  const tracked = new Set(filesBelow('.').map((file) => file.split('/')[0] ?? ''))
  const expected = [
    'portal',
    'sdk',
    'examples',
    'test',
    'scripts',
    'package.json',
    'pnpm-workspace.yaml',
    'pnpm-lock.yaml',
    'turbo.json',
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'LICENSE',
    'NOTICE',
    'biome.json',
    'knip.json',
    'tsconfig.base.json',
    'vitest.config.ts',
  ]
  expect([...tracked].filter((name) => !name.startsWith('.') && !expected.includes(name))).toEqual([])
  expect(expected.filter((name) => !tracked.has(name))).toEqual([])
})

test('the lockfile names no host', () => {
  const lockfile = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  expect(lockfile.split('\n').filter((line) => /https?:\/\//.test(line))).toEqual([])
  expect(filesBelow('.').filter((file) => file.endsWith('.npmrc'))).toEqual([])
})

test('every version is pinned exactly', () => {
  const loose: string[] = []
  for (const file of files
    .filter((name) => name.endsWith('package.json') && !name.includes('consumers'))
    .concat('package.json')) {
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'))
    for (const part of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries<string>(manifest[part] ?? {})) {
        if (!/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$|^workspace:\*$/.test(version))
          loose.push(`${file}: ${name} ${version}`)
      }
    }
  }
  expect(loose).toEqual([])
})
