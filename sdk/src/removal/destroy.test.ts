import { describe, expect, test } from 'vitest'
import { aCase, opened, World } from '../testing/removal-world.ts'

const site = 'cust42.tern.example'

describe('what is kept, and destroyed', () => {
  const lawful = { basis: 'law_enforcement', reference: 'X', until: '2026-12-01T00:00:00.000Z' } as const

  test('nothing is preserved without a basis, and of sexual abuse of children only for law enforcement', async () => {
    for (const [given, expected] of [
      [{}, false],
      [{ preservation: { basis: 'tco6' } }, false],
      [{ preservation: lawful }, true],
      [{ category: 'terrorist_content', preservation: { basis: 'tco6' } }, true],
      [{ category: 'terrorist_content' }, false],
    ] as const) {
      const world = new World()
      const { removal } = await opened(world)
      const { notice, context } = aCase(given)
      const [outcome] = (await removal.on['notice.issued'](notice, context())) ?? []
      expect([given, world.calls.includes('preserve')]).toEqual([given, expected])
      const preserved = { sha256: 'a'.repeat(64), until: '2027-01-01T00:00:00.000Z' }
      expect(outcome?.preserved).toEqual(expected ? preserved : undefined)
    }
  })

  test('bytes, or anything beyond a digest and a place, are refused before they are written anywhere', async () => {
    const world = new World()
    const right = { sha256: 'a'.repeat(64), bytes: 4, where: 'vault', until: '2027-01-01T00:00:00.000Z' }
    for (const wrong of [
      { ...right, bytes: Buffer.from('abcd') },
      { ...right, content: 'abcd' },
      { ...right, sha256: 'x' },
      { ...right, until: 'later' },
    ]) {
      const { removal, cases } = await opened(world, { preserve: async () => wrong as never })
      const { notice, context } = aCase({ preservation: lawful })
      const failed = await Promise.resolve(removal.on['notice.issued'](notice, context())).catch((error) => error)
      expect(failed).toMatchObject({ step: 'preserve', cause: { code: 'preserved_invalid' } })
      expect(JSON.stringify(await cases.list(''))).not.toContain('abcd')
    }
  })

  test('a closing destroys at once where nothing is held, and after the hold where something is', async () => {
    let now = new Date('2026-11-21T09:00:00.000Z')
    const clock = { now: () => now }
    const world = new World()
    const { removal } = await opened(world, {}, { clock })
    const { notice, context, closing } = aCase({}, clock.now)
    await removal.on['notice.issued'](notice, context())
    await removal.on['notice.closed'](closing(), context())
    expect(world.effects).toEqual(['block ntc_a/itm_1', 'destroy ntc_a/itm_1'])

    const held = aCase(
      {
        notice: 'ntc_b',
        preservation: lawful,
        items: [{ id: 'itm_2', url: 'https://cust43.tern.example/', scope: 'file' }],
      },
      clock.now,
    )
    await removal.on['notice.issued'](held.notice, held.context())
    await removal.on['notice.closed'](held.closing(), held.context())
    now = new Date('2026-12-31T00:00:00.000Z') // past what the notice says, before what was agreed when it was kept
    await removal.drain()
    expect(world.effects).not.toContain('destroy ntc_b/itm_2')
    now = new Date('2027-01-01T00:00:00.000Z')
    await removal.drain()
    await removal.drain()
    expect(world.effects.filter((effect) => effect === 'destroy ntc_b/itm_2')).toHaveLength(1)
  })

  test('what was put back is never destroyed', async () => {
    const world = new World()
    const { removal, cases } = await opened(world)
    const { notice, context, withdrawal, closing } = aCase()
    await removal.on['notice.issued'](notice, context())
    await removal.on['notice.withdrawn'](withdrawal(), context())
    await removal.on['notice.closed'](closing(), context())
    expect(world.effects).not.toContain('destroy ntc_a/itm_1')
    expect(await cases.list('')).toEqual([])
  })

  test('of what was put back the copy is deleted when its hold has ended, and nothing else, once', async () => {
    let now = new Date('2026-11-21T09:00:00.000Z')
    const clock = { now: () => now }
    const world = new World()
    const { removal, cases, alarms } = await opened(world, {}, { clock })
    const { notice, context, withdrawal, closing } = aCase({ preservation: lawful }, clock.now)
    await removal.on['notice.issued'](notice, context())
    await removal.on['notice.withdrawn'](withdrawal(), context())
    // Issued again and done again, it is another copy, which is destroyed with what it was made of.
    await removal.on['notice.issued'](notice, context())
    await removal.on['notice.closed'](closing(), context())
    now = new Date('2026-12-31T00:00:00.000Z')
    await removal.drain()
    expect(world.effects.filter((effect) => /destroy|discard/.test(effect))).toEqual([])
    now = new Date('2027-01-01T00:00:00.000Z')
    await removal.drain()
    await removal.drain()
    expect(world.effects.filter((effect) => /destroy|discard/.test(effect))).toEqual([
      'destroy ntc_a/itm_1/2',
      'discard ntc_a/itm_1',
    ])
    expect([await cases.list(''), alarms]).toEqual([[], []])
  })

  test('a copy that nothing deletes is told, and one whose deletion fails is told and tried again', async () => {
    let now = new Date('2026-11-21T09:00:00.000Z')
    const clock = { now: () => now }
    let fails = 61
    const discard = async () => {
      if (fails-- > 0) throw new Error('no answer')
    }
    for (const [over, expected] of [
      [{ discard: undefined }, [{ code: 'copy_left', notice: 'ntc_a', item: 'itm_1' }]],
      [
        { discard },
        [1, 61].map((attempt) => ({ code: 'step_failing', notice: 'ntc_a', item: 'itm_1', step: 'discard', attempt })),
      ],
    ] as const) {
      now = new Date('2026-11-21T09:00:00.000Z')
      const { removal, cases, alarms } = await opened(new World(), over as never, { clock })
      const { notice, context, withdrawal, closing } = aCase({ preservation: lawful }, clock.now)
      await removal.on['notice.issued'](notice, context())
      await removal.on['notice.withdrawn'](withdrawal(), context())
      await removal.on['notice.closed'](closing(), context())
      now = new Date('2027-01-01T00:00:00.000Z')
      for (let minute = 0; minute < 63; minute += 1) await removal.drain()
      expect(alarms).toEqual(expected)
      expect(await cases.list('')).toEqual([])
    }
  })

  test('of an item that was corrected, the copy of the first place is deleted, whatever has happened there since', async () => {
    const now = () => new Date('2027-02-01T00:00:00.000Z')
    const world = new World()
    const { removal } = await opened(world, {}, { clock: { now } })
    const { notice, context } = aCase({ preservation: lawful }, now)
    await removal.on['notice.issued'](notice, context())
    world.set(site, { status: 'unpaid', by: 'billing' })
    const items = notice.items.map((item) => ({ ...item, url: 'https://cust43.tern.example/1.jpg' }))
    await removal.on['notice.corrected']({ ...notice, items, changed: [], reason: 'x' }, context())
    await removal.drain()
    expect(world.effects).toContain('discard ntc_a/itm_1')
    expect(world.get('cust43.tern.example').status).toBe('blocked')
  })
})
