import { describe, expect, test } from 'vitest'
import { aCase, opened, type State, type Target, World } from '../testing/removal-world.ts'
import type { Sighting, Steps } from './steps.ts'

const site = 'cust42.tern.example'

/** Verify says these, one after the other; the last for ever. */
function seen(...results: Sighting['result'][]): Partial<Steps<Target, State>> {
  let look = 0
  return { verify: async () => ({ result: results[Math.min(look++, results.length - 1)] ?? 'online' }) }
}

describe('a removal in steps', () => {
  test('runs them in their order, looks as often as it should, and reports what was seen', async () => {
    const world = new World()
    const { removal, cases } = await opened(world)
    const { notice, context } = aCase()
    const outcomes = await removal.on['notice.issued'](notice, context())
    expect(outcomes).toMatchObject([{ item: 'itm_1', outcome: 'content_removed', by: 'auto', scope_applied: 'site' }])
    expect(world.calls.join(' ')).toBe('resolve state block state purge verify verify verify')
    expect(await removal.on['notice.issued'](notice, context())).toEqual(outcomes)
    expect(world.calls).toHaveLength(8)
    expect(JSON.stringify(await cases.list(''))).not.toContain('1.jpg')
  })

  test('the case stands under its number, and nothing tells a step what was found', async () => {
    const refs: object[] = []
    const { removal } = await opened(new World(), {
      purge: async (_, ref) => {
        refs.push(ref)
        return []
      },
    })
    const { notice, context } = aCase()
    await removal.on['notice.issued'](notice, context())
    expect(refs).toMatchObject([{ id: 'ntc_a/itm_1', reason: 'case ntc_a', item: 'itm_1' }])
    expect(JSON.stringify(refs)).not.toMatch(/csam|terror|regime|category/)
  })

  test('only the step that failed is tried again; its failure names no address', async () => {
    const world = new World()
    let fails = 2
    const purge = async () => {
      world.calls.push('purge')
      if (fails-- > 0) throw new TypeError('no answer from https://cust42.tern.example/1.jpg')
      return []
    }
    const { removal, alarms } = await opened(world, { purge })
    const { notice, context } = aCase()
    for (const attempt of [1, 2]) {
      const failed = await Promise.resolve(removal.on['notice.issued'](notice, context(attempt))).catch(
        (error) => error,
      )
      expect(failed).toMatchObject({ name: 'StepFailed', step: 'purge', item: 'itm_1' })
      expect(String(failed)).not.toContain('cust42')
    }
    expect(await removal.on['notice.issued'](notice, context(3))).toMatchObject([{ outcome: 'content_removed' }])
    expect(world.calls.join(' ')).toBe('resolve state block state purge purge purge verify verify verify')
    expect(alarms).toEqual(
      [1, 2].map((attempt) => ({ code: 'step_failing', notice: 'ntc_a', item: 'itm_1', step: 'purge', attempt })),
    )
  })

  test('what is still seen online is purged again, and after its tries it is said that it could not be done', async () => {
    const world = new World()
    const { removal, alarms } = await opened(
      world,
      seen('gone_http', 'online', 'moved', 'inconclusive', 'gone_http', 'online'),
    )
    const { notice, context } = aCase()
    for (const attempt of [1, 2, 3, 4]) {
      await expect(removal.on['notice.issued'](notice, context(attempt))).rejects.toMatchObject({ step: 'verify' })
    }
    expect(await removal.on['notice.issued'](notice, context(5))).toMatchObject([
      { outcome: 'cannot_execute', reason: 'technical' },
    ])
    expect(alarms.map(({ code }) => code)).toEqual([...Array.from({ length: 4 }, () => 'step_failing'), 'step_failed'])
    expect(alarms.at(-1)).toEqual({ code: 'step_failed', notice: 'ntc_a', item: 'itm_1', step: 'verify' })
    expect(world.calls.filter((step) => step === 'purge')).toHaveLength(5)
    expect(world.effects).toEqual(['block ntc_a/itm_1'])
  })

  test('one item that fails keeps no other from being done', async () => {
    const world = new World()
    const items = [1, 2].map((n) => ({
      id: `itm_${n}`,
      url: `https://cust4${n}.tern.example/`,
      scope: 'site' as const,
    }))
    const resolve = world.steps().resolve
    const failing = {
      resolve: async (...[item, ref]: Parameters<typeof resolve>) => {
        if (item.id === 'itm_1') throw new Error('unknown')
        return resolve(item, ref)
      },
    }
    const { removal } = await opened(world, failing)
    const { notice, context } = aCase({ items })
    await expect(removal.on['notice.issued'](notice, context(1))).rejects.toThrow('itm_1')
    expect(world.effects).toEqual(['block ntc_a/itm_2'])
    expect(await removal.on['notice.issued'](notice, context(5))).toMatchObject([
      { item: 'itm_1', outcome: 'cannot_execute' },
      { item: 'itm_2', outcome: 'content_removed' },
    ])
  })
})

describe('the outcome is what was seen', () => {
  const outcome = async (over: Partial<Steps<Target, State>>, world = new World()) => {
    const { removal } = await opened(world, over)
    const { notice, context } = aCase()
    return (await removal.on['notice.issued'](notice, context()))?.[0]
  }

  test('content that is gone, or access that is denied', async () => {
    expect(await outcome(seen('gone_http'))).toMatchObject({ outcome: 'content_removed' })
    expect(await outcome(seen('gone_http', 'access_denied'))).toMatchObject({
      outcome: 'access_disabled',
      territory: ['worldwide'],
    })
    const block: Steps<Target, State>['block'] = async ({ site: at }, _, ref) => {
      world.set(at, { status: 'blocked', by: ref.id })
      return { scope_applied: 'file', territory: ['eu'], collateral: 'a thumbnail' }
    }
    const world = new World()
    expect(await outcome({ block, ...seen('gone_http') }, world)).toMatchObject({
      ...{ outcome: 'access_disabled', territory: ['eu'], scope_applied: 'file', collateral: 'a thumbnail' },
    })
  })

  test('not here, not possible, gone before', async () => {
    const found = (answer: object) => ({ resolve: async () => ({ found: false, ...answer }) as never })
    expect(await outcome(found({ outcome: 'not_hosted_here', reason: 'customer_left' }))).toMatchObject({
      reason: 'customer_left',
    })
    expect(await outcome(found({ outcome: 'cannot_execute', reason: 'police_hold' }))).toMatchObject({
      reason: 'police_hold',
    })
    const since = '2026-11-01T00:00:00.000Z'
    expect(await outcome(found({ outcome: 'already_unavailable', since }))).toMatchObject({
      outcome: 'already_unavailable',
      since,
    })
  })

  test('what another had suspended before is already unavailable, and is not ours to lift', async () => {
    const world = new World()
    world.set(site, { status: 'unpaid', by: 'billing' })
    const { removal } = await opened(world)
    const { notice, context, withdrawal, closing } = aCase()
    expect(await removal.on['notice.issued'](notice, context())).toMatchObject([{ outcome: 'already_unavailable' }])
    expect(await removal.on['notice.withdrawn'](withdrawal(), context())).toMatchObject([{ outcome: 'reinstated' }])
    await removal.on['notice.closed'](closing(), context())
    expect(world.get(site)).toEqual({ status: 'unpaid', by: 'billing' })
    expect(world.calls).not.toContain('undo')
    expect(world.calls).not.toContain('destroy')
  })

  test('further than the guard nothing is done', async () => {
    const world = new World()
    const wide = {
      resolve: async () => ({ found: true, target: { site }, reach: { sites: 2, mailboxes: 0 } }) as const,
    }
    const { removal, alarms } = await opened(world, wide)
    const { notice, context } = aCase()
    expect(await removal.on['notice.issued'](notice, context())).toMatchObject([{ outcome: 'cannot_execute' }])
    expect([world.calls, alarms]).toEqual([[], [{ code: 'beyond_guard', notice: 'ntc_a', item: 'itm_1' }]])
    const wider = await opened(world, wide, { guard: { sites: 2 } })
    expect(await wider.removal.on['notice.issued'](notice, context())).toMatchObject([{ outcome: 'content_removed' }])
  })

  test('suspend is off unless it is switched on, and then for accounts only', async () => {
    const items = [{ id: 'itm_1', url: `https://${site}/`, scope: 'account' as const }]
    for (const [suspend, scope, expected] of [
      [false, 'account', false],
      [true, 'account', true],
      [true, 'file', false],
    ] as const) {
      const world = new World()
      const over = {
        suspend: async (...[target, before, ref]: Parameters<Steps<Target, State>['block']>) => {
          world.did('suspend')
          return world.steps().block(target, before, ref)
        },
      }
      const { removal } = await opened(world, over, { suspend })
      const { notice, context } = aCase({ items: items.map((item) => ({ ...item, scope })) })
      const [outcome] = (await removal.on['notice.issued'](notice, context())) ?? []
      expect([world.effects.includes('suspend'), outcome?.also]).toEqual([
        expected,
        expected ? 'service_suspended' : undefined,
      ])
    }
  })
})
