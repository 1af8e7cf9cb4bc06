import { expect, test } from 'vitest'
import { removed, withReceiver } from '../testing/with-receiver.ts'

const items = ['itm_1', 'itm_2'].map((id) => ({ id, url: `https://cust42.tern.example/${id}` }))

function orders<T>(things: readonly T[]): T[][] {
  return things.length < 2
    ? [[...things]]
    : things.flatMap((thing, index) => orders(things.toSpliced(index, 1)).map((rest) => [thing, ...rest]))
}

for (const pace of ['one by one', 'all at once'] as const) {
  test(`whatever the order in which a notice, its withdrawal and its reissue come (${pace}), the end is the same`, () => {
    const down = new Map<string, Set<string>>()
    const runs: string[] = []
    const on = () => ({
      'notice.issued': (notice: { notice: string; items: { id: string }[] }) => {
        const here = down.get(notice.notice) ?? new Set()
        down.set(notice.notice, here)
        for (const { id } of notice.items) {
          here.add(id)
          runs.push(`${notice.notice} ${id}`)
        }
        return notice.items.map(({ id }) => removed(id))
      },
      'notice.withdrawn': (withdrawal: { notice: string; items: string[] }) => {
        for (const id of withdrawal.items) down.get(withdrawal.notice)?.delete(id)
        return undefined
      },
      'deadline.changed': () => undefined,
    })
    return withReceiver({ on }, async ({ portal, receiver }) => {
      for (const [index, order] of orders([0, 1, 2, 3]).entries()) {
        portal.misbehave({ hold: true })
        const name = `ntc_${index}`
        const { notice, ...first } = await portal.issue({ items, notice: name })
        const rest = [
          await portal.withdraw(notice, { seq: 2, items: ['itm_1'] }),
          await portal.issue({ items: items.slice(1), notice: name, seq: 3, reissue_of: first.jti }),
          await portal.changeDeadline(notice, new Date('2026-11-23T09:00:00.000Z'), 4),
        ]
        const tokens = [first, ...rest].map(({ raw }) => raw)
        for (const place of order) {
          expect((await portal.push(tokens[place] ?? '')).code).toBe(202)
          if (pace === 'one by one') await receiver.drain()
        }
        await receiver.drain()
        expect([order, [...(down.get(name) ?? [])]]).toEqual([order, ['itm_2']])
        expect(runs.filter((run) => run === `${name} itm_2`)).toHaveLength(1)
      }
      expect((await receiver.health()).messages).toMatchObject({ waiting: 0, dead: 0, done: 24 * 4 })
    })
  })
}
