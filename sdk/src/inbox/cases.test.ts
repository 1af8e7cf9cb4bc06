import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CaseStore, fileCases, memoryCases } from './cases.ts'

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cases-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function keeps(store: CaseStore): Promise<void> {
  await store.open()
  await store.write({ 'item ntc_1 itm_2': 'two', 'item ntc_1 itm_1': 'one', 'rate 1': 'x' })
  await store.write({ 'item ntc_1 itm_2': 'second', 'rate 1': null })
  expect(await store.get('item ntc_1 itm_2')).toBe('second')
  expect(await store.get('rate 1')).toBeNull()
  expect(await store.list('item ntc_1 ')).toEqual([
    ['item ntc_1 itm_1', 'one'],
    ['item ntc_1 itm_2', 'second'],
  ])
}

describe('a store of cases', () => {
  test('keeps records by name, in memory', () => keeps(memoryCases()))

  test('keeps them in a folder, for the next who opens it', () =>
    inFolder(async (folder) => {
      const first = fileCases(folder)
      await keeps(first)
      await first.close()
      await expect(first.get('rate 1')).rejects.toMatchObject({ code: 'store_closed' })
      const next = fileCases(folder)
      await next.open()
      expect((await next.list('')).length).toBe(2)
      await next.close()
    }))

  test('is closed when everybody who opened it has closed it', () =>
    inFolder(async (folder) => {
      for (const store of [fileCases(folder), memoryCases()]) {
        await store.open()
        await store.open()
        await store.close()
        await store.write({ one: 'still open' })
        await store.close()
        await expect(store.write({ one: 'closed' })).rejects.toMatchObject({ code: 'store_closed' })
      }
    }))

  test('is for one process, and shows nothing of what it holds in its files', () =>
    inFolder(async (folder) => {
      const store = fileCases(folder)
      await store.open()
      await expect(fileCases(folder).open()).rejects.toMatchObject({ code: 'store_in_use' })
      await store.write({ 'item ntc_1 itm_1': '{"url":"https://secret-host.example/1"}' })
      await store.close()
      for (const name of await readdir(folder)) {
        const text = await readFile(join(folder, name), 'latin1')
        const decoded = text.split('\n').map((line) => Buffer.from(line, 'base64').toString('latin1'))
        for (const form of [text, ...decoded]) expect(form).not.toMatch(/secret-host|itm_1|ntc_1/)
      }
    }))
})
