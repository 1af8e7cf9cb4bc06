import { describe, expect, test } from 'vitest'
import { aCase, opened, type State, type Target, World } from '../testing/removal-world.ts'
import type { Steps } from './steps.ts'

const site = 'cust42.tern.example'

describe('a withdrawal', () => {
  test('puts back the state read before, once, and looks that it holds', async () => {
    const world = new World()
    const { removal } = await opened(world)
    const { notice, context, withdrawal } = aCase()
    await removal.on['notice.issued'](notice, context())
    expect(world.get(site)).toEqual({ status: 'blocked', by: 'ntc_a/itm_1' })
    for (let run = 0; run < 2; run += 1) {
      expect(await removal.on['notice.withdrawn'](withdrawal(), context())).toMatchObject([
        { item: 'itm_1', outcome: 'reinstated' },
      ])
    }
    expect(world.get(site)).toEqual({ status: 'up', by: null })
    expect(world.effects).toEqual(['block ntc_a/itm_1', 'undo ntc_a/itm_1'])
  })

  test('does not undo what another has put since', async () => {
    const world = new World()
    const { removal, alarms } = await opened(world)
    const { notice, context, withdrawal } = aCase()
    await removal.on['notice.issued'](notice, context())
    world.set(site, { status: 'unpaid', by: 'billing' })
    expect(await removal.on['notice.withdrawn'](withdrawal(), context())).toMatchObject([{ outcome: 'cannot_execute' }])
    expect(world.get(site)).toEqual({ status: 'unpaid', by: 'billing' })
    expect(alarms).toMatchObject([{ code: 'changed_by_another' }])
  })

  test('of a notice that never ran touches nothing; one that does not ask for it puts nothing back', async () => {
    const world = new World()
    const { removal, alarms } = await opened(world)
    const { notice, context, withdrawal, closing } = aCase()
    expect(await removal.on['notice.withdrawn'](withdrawal(), context())).toMatchObject([
      { note: 'Nothing had been done about it.' },
    ])
    await removal.on['notice.issued'](notice, context())
    const held = withdrawal({ restore: false, reason: 'police_hold' })
    expect(await removal.on['notice.withdrawn'](held, context())).toBeUndefined()
    await removal.on['notice.closed'](closing(), context())
    expect(world.effects).toEqual(['block ntc_a/itm_1'])
    expect(alarms).toMatchObject([{ code: 'held' }])
  })

  test('puts nothing back under another notice that found it so; the withdrawal of that one does', async () => {
    const world = new World()
    const { removal, alarms } = await opened(world)
    const first = aCase()
    const second = aCase({ notice: 'ntc_b', items: [{ id: 'itm_2', url: `https://${site}/2.jpg`, scope: 'file' }] })
    await removal.on['notice.issued'](first.notice, first.context())
    expect(await removal.on['notice.issued'](second.notice, second.context())).toMatchObject([
      { outcome: 'already_unavailable' },
    ])
    for (let run = 0; run < 2; run += 1) {
      expect(await removal.on['notice.withdrawn'](first.withdrawal(), first.context())).toMatchObject([
        { item: 'itm_1', outcome: 'cannot_execute', note: expect.stringContaining('Another notice rests on it') },
      ])
    }
    expect([world.get(site).status, alarms]).toEqual([
      'blocked',
      [{ code: 'rested_on', notice: 'ntc_a', item: 'itm_1' }],
    ])
    expect(await removal.on['notice.withdrawn'](second.withdrawal(), second.context())).toMatchObject([
      { item: 'itm_2', outcome: 'reinstated' },
    ])
    expect(world.get(site)).toEqual({ status: 'up', by: null })
    expect(world.effects).toEqual(['block ntc_a/itm_1', 'block ntc_b/itm_2', 'undo ntc_b/itm_2'])
  })

  test('waits for another notice about the place that is half done; of two at once nothing stays blocked', async () => {
    const world = new World()
    const first = aCase()
    const second = aCase({ notice: 'ntc_b', items: [{ id: 'itm_2', url: `https://${site}/2.jpg`, scope: 'file' }] })
    let busy = true
    const purge = async (_: Target, { id }: { id: string }) => {
      if (busy && id.startsWith('ntc_b')) throw new Error('no answer')
      return []
    }
    const { removal } = await opened(world, { purge })
    await removal.on['notice.issued'](first.notice, first.context())
    await expect(removal.on['notice.issued'](second.notice, second.context())).rejects.toMatchObject({ step: 'purge' })
    const withdrawn = () => removal.on['notice.withdrawn'](first.withdrawal(), first.context())
    await expect(withdrawn()).rejects.toMatchObject({ step: 'undo' })
    busy = false
    await removal.on['notice.issued'](second.notice, second.context(2))
    await Promise.all([withdrawn(), removal.on['notice.withdrawn'](second.withdrawal(), second.context())])
    expect(world.get(site)).toEqual({ status: 'up', by: null })
  })

  test('of the one that only found it so puts nothing back, and the first one still can', async () => {
    const world = new World()
    const { removal } = await opened(world)
    const first = aCase()
    const second = aCase({ notice: 'ntc_b', items: [{ id: 'itm_2', url: `https://${site}/2.jpg`, scope: 'file' }] })
    await removal.on['notice.issued'](first.notice, first.context())
    await removal.on['notice.issued'](second.notice, second.context())
    await removal.on['notice.withdrawn'](second.withdrawal(), second.context())
    expect(world.get(site).status).toBe('blocked')
    expect(await removal.on['notice.withdrawn'](first.withdrawal(), first.context())).toMatchObject([
      { outcome: 'reinstated' },
    ])
    expect(world.get(site)).toEqual({ status: 'up', by: null })
  })

  test('an undo that did not hold is tried again', async () => {
    const world = new World()
    let tries = 0
    const undo: Steps<Target, State>['undo'] = async ({ site: at }, before) => {
      tries += 1
      if (tries > 1) world.set(at, before)
    }
    const { removal } = await opened(world, { undo })
    const { notice, context, withdrawal } = aCase()
    await removal.on['notice.issued'](notice, context())
    await expect(removal.on['notice.withdrawn'](withdrawal(), context())).rejects.toMatchObject({ step: 'undo' })
    expect(await removal.on['notice.withdrawn'](withdrawal(), context())).toMatchObject([{ outcome: 'reinstated' }])
  })

  test('an item corrected to another place is put back at the first one, and a notice issued again is done again', async () => {
    const world = new World()
    const { removal } = await opened(world)
    const { notice, context, withdrawal } = aCase()
    await removal.on['notice.issued'](notice, context())
    const items = notice.items.map((item) => ({ ...item, url: 'https://cust43.tern.example/1.jpg' }))
    await removal.on['notice.corrected']({ ...notice, items, changed: [], reason: 'x' }, context())
    expect([world.get(site).status, world.get('cust43.tern.example').status]).toEqual(['up', 'blocked'])
    await removal.on['notice.withdrawn'](withdrawal(), context())
    await removal.on['notice.issued']({ ...notice, items }, context())
    expect(world.effects).toEqual(
      ['block', 'undo', 'block', 'undo', 'block'].map(
        (step, index) => `${step} ntc_a/itm_1${['', '', '/2', '/2', '/3'][index]}`,
      ),
    )
  })
})
