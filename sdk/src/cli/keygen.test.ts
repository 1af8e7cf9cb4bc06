import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadKeys } from '../inbox/own-keys-file.ts'
import { typed } from '../testing/typed.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'keygen-'))
})
afterEach(() => rm(cwd, { recursive: true }))
const path = () => join(cwd, 'noticeline', 'keys.json')

test('keys are made once, sealed, for their owner only, and their thumbprints are printed', async () => {
  const made = await typed(['keygen'], { cwd })
  const keys = await loadKeys(path())
  expect(made.code).toBe(0)
  expect(made.out).toContain(`signs   ${keys?.signing[0]?.kid}`)
  expect(made.out).toContain(`opens   ${keys?.sealing[0]?.kid}`)
  expect((await stat(path())).mode & 0o777).toBe(0o600)
  expect(await readFile(path(), 'utf8')).not.toContain(keys?.signing[0]?.privateJwk.d)
  const again = JSON.parse((await typed(['keygen', '--json'], { cwd })).out)
  expect(again).toMatchObject({ result: 'there', signing: [keys?.signing[0]?.kid] })
})

test('new keys come before the old, and old ones go when told', async () => {
  const first = JSON.parse((await typed(['keygen', '--json'], { cwd })).out)
  const rotated = JSON.parse((await typed(['keygen', '--rotate', '--json'], { cwd })).out)
  expect(rotated).toMatchObject({ result: 'changed', signing: [expect.any(String), first.signing[0]] })
  const kept = JSON.parse((await typed(['keygen', '--drop-old', '--json'], { cwd })).out)
  expect([kept.signing, kept.sealing]).toEqual([[rotated.signing[0]], [rotated.sealing[0]]])
  expect((await loadKeys(path()))?.signing).toHaveLength(1)
})

test('with a passphrase it is sealed by that, and no key lies beside it', async () => {
  const env = { NOTICELINE_KEYS_PASSPHRASE: 'a long one' }
  await typed(['keygen'], { cwd, env })
  expect(await readdir(join(cwd, 'noticeline'))).toEqual(['keys.json'])
  expect(await typed(['keygen'], { cwd })).toMatchObject({ code: 4, err: expect.stringContaining('keys_locked') })
  expect((await typed(['keygen', '--rotate'], { cwd, env })).code).toBe(0)
})

test('public keys are printed when asked for, and nothing secret ever', async () => {
  const { out } = await typed(['keygen', '--public', '--json'], { cwd })
  const { signing_keys: signing, sealing_key: sealing } = JSON.parse(out)
  expect(signing[0]).toMatchObject({ use: 'sig', crv: 'P-256' })
  expect(sealing).toMatchObject({ use: 'enc' })
  const keys = await loadKeys(path())
  for (const { privateJwk } of [...(keys?.signing ?? []), ...(keys?.sealing ?? [])])
    expect(out).not.toContain(privateJwk.d)
})

test('a file that others can read, or a folder in its place, is refused and left alone', async () => {
  await typed(['keygen'], { cwd })
  await chmod(path(), 0o644)
  expect(await typed(['keygen', '--rotate'], { cwd })).toMatchObject({
    code: 4,
    err: expect.stringContaining('keys_readable_by_others'),
  })
  expect(await typed(['keygen', '--keys', 'noticeline'], { cwd })).toMatchObject({ code: 4 })
})
