import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { generateKeys, rotateKeys } from '../receiver/own-keys.ts'
import { loadKeys, loadOrCreateKeys, saveKeys } from './own-keys-file.ts'

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

test('rotated keys saved to the file put the new ones first and keep the old', async () => {
  const old = await loadOrCreateKeys(path)
  await saveKeys(path, await rotateKeys(old))
  const rotated = await loadOrCreateKeys(path)
  expect(rotated.signing).toHaveLength(2)
  expect(rotated.signing[1]).toEqual(old.signing[0])
  expect(rotated.sealing[1]).toEqual(old.sealing[0])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await readdir(join(folder, 'deeper'))).sort()).toEqual(['keys.json', 'keys.json.key'])
})

test('the file is sealed: no key and no thumbprint can be read in it, and without the key beside it it is shut', async () => {
  const keys = await loadOrCreateKeys(path)
  const text = await readFile(path, 'utf8')
  for (const { kid, privateJwk } of [...keys.signing, ...keys.sealing]) {
    for (const part of [kid, privateJwk.d, privateJwk.x]) expect(text).not.toContain(part)
  }
  expect((await stat(`${path}.key`)).mode & 0o777).toBe(0o600)
  await rename(`${path}.key`, `${path}.gone`)
  await expect(loadOrCreateKeys(path)).rejects.toMatchObject({ code: 'store_key_missing' })
  await writeFile(`${path}.key`, `${Buffer.alloc(32).toString('base64url')}\n`, { mode: 0o600 })
  await expect(loadOrCreateKeys(path)).rejects.toMatchObject({ code: 'keys_invalid' })
  await rm(`${path}.key`)
  await rename(`${path}.gone`, `${path}.key`)
  expect(await loadKeys(path)).toEqual(keys)
})

test('a passphrase opens what it sealed, and nothing else does', async () => {
  const keys = await loadOrCreateKeys(path, { passphrase: 'a long one' })
  expect(await readdir(join(folder, 'deeper'))).toEqual(['keys.json'])
  expect(await loadOrCreateKeys(path, { passphrase: 'a long one' })).toEqual(keys)
  await expect(loadOrCreateKeys(path, { passphrase: 'another' })).rejects.toMatchObject({ code: 'keys_locked' })
  await expect(loadOrCreateKeys(path)).rejects.toMatchObject({ code: 'keys_locked' })
})

test('a plain file is read as it is, and sealed when it is saved', async () => {
  const keys = await generateKeys()
  await mkdir(join(folder, 'deeper'))
  await writeFile(path, JSON.stringify(keys), { mode: 0o600 })
  expect(await loadOrCreateKeys(path)).toEqual(keys)
  await saveKeys(path, keys)
  expect(await readFile(path, 'utf8')).not.toContain(keys.signing[0]?.kid)
  expect(await loadKeys(path)).toEqual(keys)
  expect(await loadKeys(join(folder, 'none.json'))).toBeNull()
})

test('a file that others can read, or that holds no keys, is refused by its code', async () => {
  const keys = await loadOrCreateKeys(path)
  await chmod(path, 0o640)
  await expect(loadOrCreateKeys(path)).rejects.toMatchObject({ code: 'keys_readable_by_others' })
  await chmod(path, 0o600)
  await chmod(`${path}.key`, 0o640)
  await expect(loadOrCreateKeys(path)).rejects.toMatchObject({ code: 'keys_readable_by_others' })
  await chmod(`${path}.key`, 0o600)
  const sealed = await readFile(path, 'utf8')
  const plain = JSON.stringify(keys).replace(/"kid":".{43}"/, '"kid":"mine"')
  for (const wrong of ['', 'null', '{}', '{"signing":[],"sealing":[]}', plain, sealed.replace(': 1,', ': 2,')]) {
    await writeFile(path, wrong)
    await expect(loadOrCreateKeys(path)).rejects.toMatchObject({ code: 'keys_invalid' })
  }
})
