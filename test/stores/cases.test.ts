/** Approvals and removals on every database: killed in every transaction, beside the inbox, and in turns. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReceiver, generateKeys } from '@noticeline/sdk'
import { openPolicy, verifyDecision } from '@noticeline/sdk/policies'
import { sqlCases, sqlStore } from '@noticeline/sdk/stores'
import { createTestPortal } from '@noticeline/sdk/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addOne } from './add-one.ts'
import { type Database, databaseKinds } from './databases.ts'
import { eachOnce, effectsOfKilled, moments } from './killed-removal.ts'

for (const [index, { name, why, start }] of databaseKinds.entries()) {
  describe.skipIf(why !== null)(`cases on ${name}${why === null ? '' : ` (${why})`}`, () => {
    let folder: string
    let key: string
    let database: Database
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'cases-'))
      key = join(folder, 'store.key')
      database = await start()
    })
    afterAll(async () => {
      await database?.stop()
      await rm(folder, { recursive: true, force: true })
    })

    test('a removal whose program is killed has each effect once', async () => {
      const open = () => database.access()
      // A quarter of its transactions on each database, another one on each; all of them in memory.
      for (let at = index + 1; at < 16; at += databaseKinds.length) {
        const moment = moments[at % 2] ?? moments[0]
        expect([at, await effectsOfKilled({ open, key, tables: `killed_${at}`, at, moment })]).toEqual([at, eachOnce])
      }
    })

    test('inbox and approvals share an adapter, a prefix and a key; what was decided is there after a restart', async () => {
      const { adapter, end } = await database.access()
      const portal = await createTestPortal()
      const keys = await generateKeys()
      const ran: string[] = []
      const opened = async () => {
        const policy = await openPolicy({ keys, cases: sqlCases(adapter, { key }) })
        const receiver = await createReceiver({
          issuer: portal.issuer,
          audience: 'urn:noticeline:org:org_tern',
          keys,
          inbox: sqlStore(adapter, { key }),
          on: policy.wrap({
            'notice.issued': ({ items }) => {
              ran.push(...items.map(({ id }) => id))
              const at = new Date().toISOString()
              return items.map(({ id }) => ({ item: id, outcome: 'content_removed', at, by: 'human' }))
            },
            'notice.withdrawn': () => undefined,
          }),
        })
        await policy.start(receiver)
        const stop = async () => {
          await receiver.stop()
          await policy.stop()
        }
        return { policy, receiver, stop }
      }
      try {
        const first = await opened()
        portal.attach({
          audience: 'urn:noticeline:org:org_tern',
          signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
          sealingKey: keys.sealing[0]?.publicJwk ?? null,
          to: (request) => first.receiver.handle(request),
        })
        const many = Array.from({ length: 5 }, (_, index) => ({ items: [{ url: `https://cust${index}.example/` }] }))
        const issued = await Promise.all(many.map((given) => portal.issue(given)))
        await first.receiver.drain()
        expect([first.policy.waiting().length, ran]).toEqual([5, []])
        const item = issued[0]?.notice.items[0]?.id ?? ''
        const notice = issued[0]?.notice.notice ?? ''
        expect(await first.policy.decide(notice, { by: 'P. de Vries', approved: [item] })).toMatchObject({
          result: 'recorded',
        })
        await first.stop()

        const second = await opened()
        await second.policy.drain()
        await second.receiver.drain()
        expect(ran).toEqual([item])
        expect(second.policy.waiting()).toHaveLength(4)
        const [decision] = await second.policy.decisions(notice)
        const [signing] = keys.signing
        expect(decision && signing && (await verifyDecision(decision.raw, signing))).toMatchObject({
          by: 'P. de Vries',
        })
        await second.stop()
      } finally {
        await portal.stop()
        await end()
      }
    })

    test('of several that open, read, add one and write in turn no update is lost', async () => {
      const accesses = await Promise.all(Array.from({ length: 3 }, () => database.access()))
      const users = accesses.map(({ adapter }) => sqlCases(adapter, { key, tables: 'counted' }))
      await Promise.all(
        users.map(async (cases) => {
          for (let time = 0; time < 3; time += 1) await addOne(cases)
        }),
      )
      const [cases] = users
      await cases?.open()
      expect(await cases?.get('count')).toBe('9')
      await cases?.close()
      for (const { end } of accesses) await end()
    })
  })
}
