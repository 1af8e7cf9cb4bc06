import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rotateKeys } from '../receiver/own-keys.ts'
import { loadOrCreateKeys } from './own-keys-file.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'))
  path = join(folder, 'deeper', 'keys.json')
})
afterEach(() => rm(folder, { recursive: true }))

test('keys are made once, for their owner only, and are the same ever after', async () => {
  const both = await Promise.all([loadOrCreateKeys(path), loadOrCreateKeys(path)])
  expect(both[0]).toEqual(both[1])
  expect(await loadOrCreateKeys(path)).toEqual(both[0])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect([both[0].signing.length, both[0].sealing.length]).toEqual([1, 1])
})

test('rotated keys written to the file put the new ones first and keep the old', async () => {
  const old = await loadOrCreateKeys(path)
  await writeFile(path, JSON.stringify(await rotateKeys(old)))
  const rotated = await loadOrCreateKeys(path)
  expect(rotated.signing).toHaveLength(2)
  expect(rotated.signing[1]).toEqual(old.signing[0])
  expect(rotated.sealing[1]).toEqual(old.sealing[0])
})

test('a file that others can read, or that holds no keys, is refused by its code', async () => {
  await loadOrCreateKeys(path)
  await chmod(path, 0o640)
  await expect(loadOrCreateKeys(path)).rejects.toMatchObject({ code: 'keys_readable_by_others' })
  await chmod(path, 0o600)
  const text = await readFile(path, 'utf8')
  for (const wrong of ['', '{}', '{"signing":[],"sealing":[]}', text.replace(/"kid": ".{43}"/, '"kid": "mine"')]) {
    await writeFile(path, wrong)
    await expect(loadOrCreateKeys(path)).rejects.toMatchObject({ code: 'keys_invalid' })
  }
})
