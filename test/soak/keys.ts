import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../running/portal.ts'
import { Hosting } from './hosting.ts'
import type { World } from './world.ts'

/** After the last rotation what was refused arrives by the timetable alone: so many tries in a row are no bad luck. */
const byItselfMs = 20 * 60_000

/**
 * Another key signs every so often while notices travel, at once instead of a day after it was published, so that every
 * receiver's set is stale: one asks the portal itself, one is answered by a cache that is minutes old, and one does not
 * reach the portal for three minutes of four. What they refuse meanwhile has to arrive after all, and by itself.
 */
export async function rotateUnderLoad(
  world: World,
  { times, everyMs, tell }: { times: number; everyMs: number; tell: (line: string) => void },
): Promise<string[]> {
  const whole = everyMs >= 60_000
  await Hosting.open(world, 'mudlark', { KEYS_CACHED_S: whole ? '150' : '8' })
  await Hosting.open(world, 'teal', { KEYS_AWAY_S: whole ? '180' : '3' })
  for (const stream of world.streams) stream.start(600)
  const kids = new Set<string>()
  for (let round = 0; round < times; round += 1) {
    const began = performance.now()
    const kid = await world.inGround(async ({ ground }) => {
      await ground.keys.rotate()
      const now = ground.clock.now()
      await ground.db.read.updateTable('signingKeys').set({ activeFrom: now }).where('activeFrom', '>', now).execute()
      await ground.keys.keepFresh()
      return (await ground.keys.current()).kid
    })
    kids.add(kid)
    tell('rotated')
    await wait(Math.max(0, everyMs - (performance.now() - began)))
  }
  for (const stream of world.streams) await stream.stop(20_000)
  const problems = kids.size === times ? [] : [`${times} rotations made ${kids.size} keys`]
  await until(async () => (await countRefused(world)).waiting === 0, byItselfMs).catch(async () => {
    problems.push(`${(await countRefused(world)).waiting} notices were refused and did not arrive by themselves`)
  })
  const { refusals, longestS } = await countRefused(world)
  for (const [name, count] of refusals) tell(`${name}: ${count} refused for a key it did not know, and taken later`)
  tell(`the longest way took ${longestS} s`)
  for (const name of ['Mudlark Servers', 'Teal'])
    if (!refusals.has(name)) problems.push(`the keys that ${name} holds were meant to be stale and never were`)
  return problems
}

async function countRefused(world: World) {
  return world.look(async (client) => {
    const { rows } = await client.query<{ name: string; count: number }>(
      `select o.name, count(*)::int as count from attempts a join organisations o on o.id = a.org_id
       where a.code = 'invalid_key' group by o.name order by o.name`,
    )
    const { rows: left } = await client.query<{ waiting: number; longest: number | null }>(
      `select count(*) filter (where next_attempt_at is not null)::int as waiting,
              extract(epoch from max(received_at - created_at))::int as longest from deliveries`,
    )
    return {
      refusals: new Map(rows.map(({ name, count }) => [name, count])),
      waiting: left[0]?.waiting ?? 0,
      longestS: left[0]?.longest ?? 0,
    }
  })
}
