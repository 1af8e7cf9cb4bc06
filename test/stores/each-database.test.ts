/** What holds on every database: what stands in it, what its files show, and whose turn it is. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver, generateKeys } from '@noticeline/sdk'
import { type SqlAdapter, sqlCases, sqlStore } from '@noticeline/sdk/stores'
import { createTestPortal } from '@noticeline/sdk/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, databaseKinds } from './databases.ts'

const host = 'canary-7f3a.tern.example'

/** The planted text as it stands and as it would stand in base64, at any of its three places, and in hexadecimal. */
function formsOf(text: string): string[] {
  const inBase64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.from('\0'.repeat(shift) + text).toString('base64')
    return whole.slice(shift === 0 ? 0 : 4, -4).replace(/=+$/, '')
  })
  return [text, ...inBase64, Buffer.from(text).toString('hex')]
}

/** Files below the folder in which one of the texts stands. */
function filesWith(folder: string, texts: readonly string[]): Promise<string[]> {
  const patterns = texts.flatMap((text) => ['-e', text])
  return new Promise((resolve, reject) => {
    execFile('grep', ['-rlaF', ...patterns, folder], { maxBuffer: 1 << 24 }, (error, stdout) => {
      // 1: nothing found. Files may come and go under a living database.
      if (error !== null && typeof error.code !== 'number') reject(error)
      else resolve(stdout.split('\n').filter(Boolean))
    })
  })
}

for (const { name, why, start } of databaseKinds) {
  describe.skipIf(why !== null)(`on ${name}${why === null ? '' : ` (${why})`}`, () => {
    let folder: string
    let key: string
    let database: Database
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'keys-'))
      key = join(folder, 'store.key')
      database = await start()
    })
    afterAll(async () => {
      await database?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    test('a receiver takes notices and reports, and nothing of them can be read in rows or files', async () => {
      const { adapter, end } = await database.access()
      const portal = await createTestPortal()
      try {
        const keys = await generateKeys()
        const ran: string[] = []
        const receiver = await createReceiver({
          issuer: portal.issuer,
          audience: 'urn:noticeline:org:org_tern',
          keys,
          inbox: sqlStore(adapter, { key }),
          on: {
            'notice.issued': ({ items }) => {
              ran.push(...items.map(({ url }) => url))
              if (ran.length === 1) throw new Error(`could not reach ${host}`)
              const at = new Date().toISOString()
              return items.map(({ id }) => ({ item: id, outcome: 'content_removed', at, by: 'auto' }))
            },
            'notice.withdrawn': () => undefined,
          },
        })
        portal.attach({
          audience: 'urn:noticeline:org:org_tern',
          signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
          sealingKey: keys.sealing[0]?.publicJwk ?? null,
          to: (request) => receiver.handle(request),
        })
        const issued = await portal.issue({ items: [{ url: `https://${host}/7f3a` }] })
        await portal.issue({ items: [{ url: `https://${host}/second` }] })
        expect(issued.answers).toEqual([{ code: 202, body: '' }])
        await receiver.drain()
        expect(ran.length).toBeGreaterThanOrEqual(2)
        // Two receipts, and the outcomes of the second; the first is tried again later.
        await expect.poll(() => portal.reports.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(3)
        await receiver.stop()
        const cases = sqlCases(adapter, { key })
        await cases.open()
        for (const { id, url } of issued.notice.items) {
          await cases.write({
            [`policy item ${issued.notice.notice} ${id}`]: JSON.stringify({ id, contents: { url } }),
          })
        }
        await cases.close()

        const named = [host, issued.notice.notice, 'notice.issued', 'policy item', 'urn:noticeline', portal.issuer]
        const secret = [...named, ...issued.notice.items.map(({ id }) => id)].flatMap(formsOf)
        expect(await all(adapter, 'noticeline_cases')).toHaveLength(issued.notice.items.length)
        const tables = ['noticeline_rows', 'noticeline_cases', 'noticeline_store']
        const rows = JSON.stringify(await Promise.all(tables.map((table) => all(adapter, table))))
        expect(rows.length).toBeGreaterThan(5000)
        expect(secret.filter((text) => rows.includes(text))).toEqual([])

        // A commit need not be in the files at once; what was written before it is there when it is.
        await adapter.query('CREATE TABLE plain (sealed TEXT)', [])
        const shown = async (text: string) => {
          await adapter.query('INSERT INTO plain (sealed) VALUES (?)', [text])
          await expect.poll(() => filesWith(database.folder, [text]), { timeout: 60_000 }).not.toEqual([])
        }
        await shown('written after everything else')
        expect(await filesWith(database.folder, secret)).toEqual([])
        await shown(formsOf(host)[1] ?? '') // the look finds what is there
      } finally {
        await portal.stop()
        await end()
      }
    })

    // SQLite does not let writers wait for one another, so some of eight would hear of that instead.
    if (name === 'SQLite') return
    test('of eight that open the same new tables at once exactly one gets them', async () => {
      const accesses = await Promise.all(Array.from({ length: 8 }, () => database.access()))
      const stores = accesses.map(({ adapter }) => sqlStore(adapter, { key, tables: 'wanted' }))
      for (let round = 0; round < 2; round += 1) {
        const answers = await Promise.allSettled(stores.map((store) => store.open()))
        expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        for (const [index, { status }] of answers.entries()) if (status === 'fulfilled') await stores[index]?.close()
        for (const [index, { adapter }] of accesses.entries())
          stores[index] = sqlStore(adapter, { key, tables: 'wanted' })
      }
      for (const { end } of accesses) await end()
    })
  })
}

async function all(adapter: SqlAdapter, table: string): Promise<unknown> {
  return adapter.query(`SELECT * FROM ${table}`, [])
}
