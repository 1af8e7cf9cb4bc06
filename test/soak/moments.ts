/** Kills at the moments that matter most, one after the other, each made sure of by the gates. */
import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../running/portal.ts'
import { readEffects } from './ledger.ts'
import type { World } from './world.ts'

/** Longer than any rest or retry between the strokes before and the one that is waited for. */
const patienceMs = 90_000

export const moments: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'portal, between what was written and the 201': async (world) => {
    const struck = world.front.onceAnswered('/v1/notices', async () => {
      await world.portal.kill()
      return 'drop'
    })
    const submitted = world.stream.submit()
    await struck
    await world.recover()
    await submitted
  },

  'portal and worker, between the 201 and the delivery': async (world) => {
    await world.stream.submit()
    await Promise.all([world.portal.kill(), world.worker?.kill()])
    await world.recover()
  },

  'database, between the 201 and the delivery': async (world) => {
    await world.stream.submit()
    await world.server.kill()
    await world.recover()
  },

  'worker, between attempt and result': (world) =>
    strike(
      world,
      (act) => world.hook.onceAsked('/noticeline', act),
      () => world.working.kill(),
      'drop',
    ),

  'worker, between the 202 and its result': (world) =>
    strike(
      world,
      (act) => world.hook.onceAnswered('/noticeline', act),
      () => world.working.kill(),
      'drop',
    ),

  'receiver, between storing and its 202': (world) =>
    strike(
      world,
      (act) => world.hook.onceAnswered('/noticeline', act),
      () => world.receiver.kill(),
      'drop',
    ),

  'receiver, between the 202 and its handler': (world) =>
    strike(
      world,
      (act) => world.hook.onceAnswered('/noticeline', act),
      () => world.receiver.kill(),
      'pass',
    ),

  'receiver, between handler and report': async (world) => {
    const before = readEffects(world.kept).length
    await strike(
      world,
      (act) => world.front.onceAsked('/v1/reports', act),
      async () => {
        // What it reports first is the receipt: it waits here while the handler does its work.
        await until(() => readEffects(world.kept).length > before, patienceMs)
        await world.receiver.kill()
      },
      'drop',
    )
  },

  'portal, between a report and its record': (world) =>
    strike(
      world,
      (act) => world.front.onceAsked('/v1/reports', act),
      () => world.portal.kill(),
      'drop',
    ),

  'portal, between a report and its answer': (world) =>
    strike(
      world,
      (act) => world.front.onceAnswered('/v1/reports', act),
      () => world.portal.kill(),
      'drop',
    ),
}

type Act = () => Promise<'pass' | 'drop'>

/** Arms the gate, submits a notice, and starts again what was killed. */
async function strike(
  world: World,
  arm: (act: Act) => Promise<void>,
  kill: () => Promise<void>,
  verdict: 'pass' | 'drop',
): Promise<void> {
  const struck = arm(async () => {
    await kill()
    return verdict
  })
  world.stream.send()
  const late = wait(2 * patienceMs, undefined, { ref: false }).then(() => {
    throw new Error('The moment never came')
  })
  await Promise.race([struck, late])
  await world.recover()
}
