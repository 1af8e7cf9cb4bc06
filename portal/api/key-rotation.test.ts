import { createReceiver, type Receiver } from '@noticeline/sdk'
import { memoryStore } from '@noticeline/sdk/stores'
import { expect, test } from 'vitest'
import { attemptDueDeliveries } from '../delivery/attempt-delivery.ts'
import { recordKey } from '../reactions.ts'
import * as build from '../testing/build/delivery.ts'
import type { TestGround } from '../testing/with-ground.ts'
import { createApi } from './api.ts'

const second = 1000

interface Stale {
  name: string
  cidr: string
  ip: string
  /** Whether, and as of when, the key endpoint answers this receiver. */
  keys: (ground: TestGround, ask: () => Promise<Response>) => Promise<Response>
}

const down = () => new Response('', { status: 503 })

/** What stands between a receiver and the newest key set. */
function staleOnes(): Stale[] {
  let copy: { at: number; text: string } | null = null
  return [
    // Asks when it sees a key it does not know, at most once in 30 s.
    { name: 'Tern Hosting', cidr: '203.0.113.0/24', ip: '203.0.113.80', keys: (_, ask) => ask() },
    // Behind a cache that keeps what it has for 90 s, whatever is asked.
    {
      name: 'Gullwing',
      cidr: '198.51.100.0/24',
      ip: '198.51.100.7',
      keys: async (ground, ask) => {
        const now = +ground.clock.now()
        if (!copy || now - copy.at > 90 * second) copy = { at: now, text: await (await ask()).text() }
        return new Response(copy.text, { headers: { 'content-type': 'application/json' } })
      },
    },
    // Cannot reach us in every other minute.
    {
      name: 'Mudlark Servers',
      cidr: '192.0.2.0/24',
      ip: '192.0.2.9',
      keys: async (ground, ask) => (Math.floor(+ground.clock.now() / 60_000) % 2 === 0 ? down() : ask()),
    },
  ]
}

/** Another key signs from now on, as if its day ahead were over: the old one stays published. */
async function rotateNow(ground: TestGround): Promise<void> {
  await ground.keys.rotate()
  const now = ground.clock.now()
  await ground.db.read.updateTable('signingKeys').set({ activeFrom: now }).where('activeFrom', '>', now).execute()
  await ground.keys.keepFresh()
}

test.each([
  ['rotated', 10, rotateNow],
  // Each signs everything anew that is open, so a few show as much.
  ['revoked', 3, (ground: TestGround) => ground.keys.rotate({ compromised: true })],
] as const)(
  'with the key %s every minute for %i minutes under load, three receivers on stale key sets refuse none for good',
  (_, minutes, change) =>
    build.withLine(
      '2026-11-21T10:00:00.000Z',
      async (ground, on) => {
        const api = createApi(ground, { readiness: async () => ({}) as never })
        const handled = new Map<string, number>()
        const receivers: Receiver[] = []
        const refused: number[] = []
        const stale = staleOnes()
        for (const [index, one] of stale.entries()) {
          const provider = index === 0 ? on.provider : await build.anotherProvider(ground, on, one.name, one.cidr)
          const url = `https://hooks${index}.receiver.example/in`
          const { signing, sealing } = await build.endpoint(ground, provider, { url, sealed: index > 0 })
          const receiver = await createReceiver({
            issuer: ground.config.origin,
            audience: `urn:noticeline:org:${provider.orgId}`,
            keys: { signing: [signing], sealing: sealing ? [sealing] : [] } as never,
            inbox: memoryStore(),
            clock: ground.clock,
            fetch: (at, init) => {
              const path = new URL(at).pathname
              const ask = async () => api.request(path, init as RequestInit)
              return path.endsWith('jwks.json') ? one.keys(ground, ask) : Promise.resolve(ask())
            },
            on: {
              'notice.issued': async ({ notice, items }) => {
                const id = `${notice} ${provider.orgId}`
                handled.set(id, (handled.get(id) ?? 0) + 1)
                const at = ground.clock.now().toISOString()
                return items.map(({ id: item }) => ({ item, outcome: 'content_removed', at, by: 'auto' }) as const)
              },
              'notice.withdrawn': async () => [],
            },
          })
          receivers.push(receiver)
          refused.push(0)
          ground.outbound.answer(url, async ({ message }) => {
            const answer = await receiver.handle(
              new Request(url, {
                method: 'POST',
                headers: { 'content-type': message?.contentType ?? '' },
                body: message?.body ?? '',
              }),
            )
            if (answer.status !== 202) refused[index] = (refused[index] ?? 0) + 1
            return { status: answer.status, body: await answer.text() }
          })
        }
        const noticeIds: string[] = []
        const work = async () => {
          await ground.runReactions()
          while ((await attemptDueDeliveries(ground, { workerId: 'one', limit: 32, jitter: () => 0.5 })) > 0);
          for (const receiver of receivers) await receiver.drain()
          await ground.runReactions()
        }
        for (let minute = 0; minute < minutes; minute += 1) {
          await change(ground)
          const items = stale.map(({ ip }) => ({ url: `https://cust${minute}.files.example/${ip}`, ip }))
          noticeIds.push((await build.submittedNotice(ground, on, { items })).noticeId)
          await work()
          ground.clock.advance(60 * second)
          await work()
        }
        // No more keys; what was refused is tried again by the ordinary timetable.
        for (let later = 0; later < 5; later += 1) {
          ground.clock.advance(150 * second)
          await work()
        }
        for (const receiver of receivers) await receiver.stop(0)
        const waiting = await ground.db.read
          .selectFrom('deliveries')
          .select(['state', 'lastCode'])
          .where('state', 'not in', ['received', 'acknowledged'])
          .where((where) => where.or([where('lastCode', 'is', null), where('lastCode', '<>', 'superseded')]))
          .execute()
        expect(waiting).toEqual([])
        expect(handled.size).toBe(noticeIds.length * stale.length)
        expect([...handled.values()].filter((times) => times !== 1)).toEqual([])
        // The key sets were stale indeed: some were refused on the way, or nothing was shown here.
        expect(refused.reduce((sum, count) => sum + count)).toBeGreaterThan(0)
      },
      {},
      { keyChanged: recordKey },
    ),
  60_000,
)
