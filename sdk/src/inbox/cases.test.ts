import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileCases, memoryCases } from './cases.ts'
import { caseConformance } from './conformance-cases.ts'

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cases-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('every store of cases keeps what they all promise', () => {
  describe('in memory', () => {
    const place = async () => ({ store: memoryCases, durable: false })
    for (const { name, run } of caseConformance(place)) test(name, run)
  })

  describe('in a folder', () => {
    const place = async () => {
      const root = await mkdtemp(join(tmpdir(), 'cases-'))
      let lives = 1
      const folder = () => join(root, String(lives))
      return {
        store: () => fileCases(folder()),
        durable: true,
        // The files as a process killed now would leave them. What it does after that goes into files nobody looks at.
        async crash() {
          const before = folder()
          lives += 1
          await mkdir(folder())
          for (const name of ['key', 'cases.log']) await copyFile(join(before, name), join(folder(), name))
        },
        remove: () => rm(root, { recursive: true }),
      }
    }
    for (const { name, run } of caseConformance(place)) test(name, run)
  })
})

describe('a store of cases', () => {
  test('that could not be opened can be opened later, also while another closes', () =>
    inFolder(async (folder) => {
      const [first, second] = [fileCases(folder), fileCases(folder)]
      await first.open()
      const refused = await Promise.allSettled([second.open(), second.open()])
      expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      await expect(second.get('one')).rejects.toMatchObject({ code: 'store_closed' })
      const closing = first.close()
      await first.open() // waits for its own end
      await closing
      await first.write({ one: 'kept' })
      await first.close()
      await second.open()
      expect(await second.get('one')).toBe('kept')
      await second.close()
    }))

  test('in a folder shows nothing of what it holds in its files', () =>
    inFolder(async (folder) => {
      const store = fileCases(folder)
      await store.open()
      await store.write({ 'item ntc_1 itm_1': '{"url":"https://secret-host.example/1"}' })
      await store.close()
      for (const name of await readdir(folder)) {
        const text = await readFile(join(folder, name), 'latin1')
        const decoded = text.split('\n').map((line) => Buffer.from(line, 'base64').toString('latin1'))
        for (const form of [text, ...decoded]) expect(form).not.toMatch(/secret-host|itm_1|ntc_1/)
      }
    }))
})
