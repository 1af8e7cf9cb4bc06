import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SqlAdapter, type SqlStoreOptions, sqlCases, sqlStore } from '@noticeline/sdk/stores'
import { caseConformance, inboxConformance, type StorePlace } from '@noticeline/sdk/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Access, type Database, databaseKinds } from './databases.ts'

for (const { name, why, start } of databaseKinds) {
  describe.skipIf(why !== null)(`the SQL store on ${name}${why === null ? '' : ` (${why})`}`, () => {
    let database: Database
    let keys: string
    let made = 0
    beforeAll(async () => {
      keys = mkdtempSync(join(tmpdir(), 'keys-'))
      database = await start()
    })
    afterAll(async () => {
      rmSync(keys, { recursive: true, force: true })
      await database?.stop()
    })

    /** Places for one kind of store, in tables of their own. */
    const places = <Store>(open: (adapter: SqlAdapter, options: SqlStoreOptions) => Store) => {
      return async (): Promise<StorePlace<Store>> => {
        made += 1
        const tables = `place_${made}`
        const key = join(keys, tables)
        const users = new Map<Store, Access>()
        const accesses = [await database.access()]
        return {
          store() {
            const access = accesses.at(-1) as Access
            const store = open(access.adapter, { key, tables })
            users.set(store, access)
            return store
          },
          durable: true,
          async crash(store) {
            await users.get(store)?.kill()
            const next = await database.access()
            accesses.push(next)
            // As the death of a process would say, if it were one.
            await next.adapter.query(`UPDATE ${tables}_store SET holder = ''`, [])
          },
          async remove() {
            for (const access of accesses) await access.end()
          },
        }
      }
    }

    describe('the inbox', () => {
      for (const { name, run } of inboxConformance(places(sqlStore))) test(name, run)
    })

    describe('the cases', () => {
      for (const { name, run } of caseConformance(places(sqlCases))) test(name, run)
    })
  })
}

test('the README shows the adapters that are tested here', async () => {
  const readme = await readFile(join(import.meta.dirname, '..', '..', 'sdk', 'README.md'), 'utf8')
  for (const name of ['postgres', 'mariadb', 'sqlite']) {
    const path = join(import.meta.dirname, `${name}.ts`)
    expect(existsSync(path)).toBe(true)
    expect(readme).toContain(`\`\`\`ts ${name}.ts\n${await readFile(path, 'utf8')}\`\`\``)
  }
})
