/** Clocks that are turned while everything runs, and machines whose clocks are apart. */
import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../running/portal.ts'
import type { World } from './world.ts'

const year = 365 * 86_400
const all = (seconds: number) => ({ portal: seconds, worker: seconds, receiver: seconds, database: seconds })

/** What is done to the clocks, each under load, and everything back in its place at the end. */
export const turns: Readonly<Record<string, (world: World, ms: number) => Promise<string[]>>> = {
  'everything a year ahead, and back': (world, ms) => turned(world, all(year), ms),
  'everything a year back, and forward': (world, ms) => turned(world, all(-year), ms),
  'the portal alone a year ahead, and back': (world, ms) => turned(world, { portal: year }, ms),
  'the worker alone a year back, and forward': (world, ms) => turned(world, { worker: -year }, ms),
  'portal and worker 90 s apart either way, the receiver too': async (world, ms) => {
    const first = await turned(world, { portal: 90, worker: -90, receiver: -90 }, ms)
    return [...first, ...(await turned(world, { portal: -90, worker: 90, receiver: 90 }, ms))]
  },
}

async function turned(world: World, by: Parameters<World['turn']>[0], ms: number): Promise<string[]> {
  await wait(ms)
  world.turn(by)
  await wait(ms)
  const problems: string[] = []
  const apart = Math.abs((by.portal ?? 0) - (by.database ?? 0)) > 60
  // The embedded database keeps this machine's time, so there every turn of the portal is one away from it.
  if (world.server.name === 'debian' || by.portal !== undefined) {
    const wanted = world.server.name === 'debian' ? apart : Math.abs(by.portal ?? 0) > 60
    await until(async () => (await warns(world)) === wanted, 20_000).catch(() =>
      problems.push(`/readyz ${wanted ? 'does not say' : 'says'} that the clocks are apart`),
    )
  }
  world.turn(all(0))
  await wait(ms)
  return problems
}

async function warns(world: World): Promise<boolean> {
  const answer = await fetch(`${world.direct}/readyz`).catch(() => null)
  const said = (await answer?.json().catch(() => null)) as { warnings?: string[] } | null
  return said?.warnings?.includes('clock_apart') ?? false
}

/** In Amsterdam an hour is left out at the one and happens twice at the other. */
const changes = ['2026-03-29T01:00:00.000Z', '2026-10-25T01:00:00.000Z'] as const

/** Every machine is carried across both changes of daylight saving, under load: deadlines stay exact durations. */
export async function acrossDaylightSaving(world: World): Promise<string[]> {
  const problems: string[] = []
  for (const at of changes) {
    const change = Date.parse(at) / 1000
    const now = Date.now() / 1000
    // Half an hour before and after, by minutes: what is received before is due after.
    for (const minutes of [-31, -30, 29, 31]) {
      world.turn(all(Math.round(change - now) + minutes * 60))
      await wait(1500)
    }
    const { rows } = await world.look((client) =>
      client.query<{ n: number }>(`
        select count(*)::int as n from addressees a join notices n on n.id = a.notice_id
        where a.received_at is not null and a.obstacles = '[]' and a.due_at - a.received_at <> n.deadline_within::interval`),
    )
    if (rows[0]?.n) problems.push(`${rows[0].n} deadlines are not exact across ${at}`)
  }
  return problems
}
