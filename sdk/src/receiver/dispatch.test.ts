import { describe, expect, test } from 'vitest'
import { memoryStore } from '../inbox/memory.ts'
import { eventTypes } from '../protocol.ts'
import { codesOf, reinstated, removed, withReceiver } from '../testing/with-receiver.ts'
import type { NoticeContext } from './handlers.ts'
import { rerun } from './rerun.ts'

const one = { id: 'itm_1', url: 'https://cust42.tern.example/g/1.jpg' }
const two = { id: 'itm_2', url: 'https://cust42.tern.example/g/2.jpg' }

test('a message on which the process dies again and again is tried later every time', () => {
  const inbox = memoryStore()
  const putOff: number[] = []
  const on = ({ clock }: { clock: { now(): Date } }) => ({
    // What the store holds while a handler runs is what a process that dies then leaves behind.
    'notice.issued': async () => {
      const [left] = await inbox.messages('waiting')
      putOff.push(Math.round((Date.parse(left?.nextAt ?? '') - clock.now().getTime()) / 1000))
      throw new Error('as good as dead')
    },
  })
  return withReceiver({ on, inbox }, async ({ portal, receiver, clock }) => {
    await portal.issue({ items: [one] })
    for (let run = 0; run < 4; run += 1) {
      await receiver.drain()
      clock.forward(3_600_000)
    }
    const [first, second, third = 0, fourth = 0] = putOff
    expect([first, second]).toEqual([0, 1])
    expect(Math.abs(third - 5)).toBeLessThanOrEqual(1)
    expect(Math.abs(fourth - 30)).toBeLessThanOrEqual(6)
  })
})

describe('a handler that throws', () => {
  test('runs again after a while, and its outcome is reported once', () => {
    const attempts: number[] = []
    const on = () => ({
      'notice.issued': (_: unknown, { attempt }: NoticeContext) => {
        attempts.push(attempt)
        if (attempt < 3) throw new Error('panel does not answer')
        return [removed('itm_1')]
      },
    })
    return withReceiver({ on }, async ({ portal, receiver, clock }) => {
      await portal.issue({ items: [one] })
      for (let round = 0; round < 5; round += 1) {
        await receiver.drain()
        await receiver.drain()
        clock.forward(10_000)
      }
      expect(attempts).toEqual([1, 2, 3])
      expect(portal.reports.map(({ type }) => type)).toEqual(['notice.received', 'items.reported'])
    })
  })

  test('is given up after 13 runs, kept, listed, and tried again when asked', () => {
    let broken = true
    let runs = 0
    const on = () => ({
      'notice.issued': () => {
        runs += 1
        if (broken) throw new TypeError('no such panel')
        return [removed('itm_1')]
      },
    })
    return withReceiver({ on }, async ({ portal, receiver, clock, alarms }) => {
      const { notice } = await portal.issue({ items: [one] })
      for (let round = 0; round < 40; round += 1) {
        await receiver.drain()
        clock.forward(24 * 3_600_000)
      }
      expect(runs).toBe(13)
      const [letter] = await receiver.deadLetters()
      expect(letter).toMatchObject({
        kind: 'message',
        txn: notice.notice,
        attempts: 13,
        reason: 'TypeError: no such panel',
      })
      expect(alarms).toContainEqual({ code: 'message_dead', id: letter?.id, txn: notice.notice })
      expect(await receiver.retry('nobody')).toBe(false)
      broken = false
      expect(await receiver.retry(letter?.id ?? '')).toBe(true)
      await receiver.drain()
      expect(await receiver.deadLetters()).toEqual([])
      expect(runs).toBe(14)
    })
  })

  test('holds up no other notice', () => {
    const on = () => ({
      'notice.issued': (notice: { items: { id: string }[] }) => {
        if (notice.items[0]?.id === 'itm_1') throw new Error('never')
        return [removed('itm_2')]
      },
    })
    return withReceiver({ on }, async ({ portal, receiver }) => {
      await portal.issue({ items: [one] })
      await portal.issue({ items: [two] })
      await receiver.drain()
      expect(portal.reports.filter(({ type }) => type === 'items.reported')).toHaveLength(1)
    })
  })

  test('whose results do not fit is tried again like one that threw, and nothing of it is reported', () => {
    const results = [[removed('itm_9')], [{ ...removed('itm_1'), at: 'yesterday' }], [removed('itm_1')]]
    const on = () => ({ 'notice.issued': () => results.shift() })
    return withReceiver({ on }, async ({ portal, receiver, clock }) => {
      await portal.issue({ items: [one] })
      for (let round = 0; round < 4; round += 1) {
        await receiver.drain()
        clock.forward(60_000)
      }
      expect(results).toEqual([])
      expect(portal.reports.filter(({ type }) => type === 'items.reported')).toHaveLength(1)
    })
  })
})

describe('the revisions of one notice', () => {
  test('run one at a time, notices side by side', () => {
    let most = 0
    let meet = () => {}
    const met = new Promise<void>((resolve) => {
      meet = resolve
    })
    const busy = new Set<string>()
    const twice: string[] = []
    const visit = async (notice: string) => {
      if (busy.has(notice)) twice.push(notice)
      busy.add(notice)
      most = Math.max(most, busy.size)
      if (busy.size === 2) meet()
      await met
      busy.delete(notice)
      return undefined
    }
    const on = () => ({
      'notice.issued': (_: unknown, { caseId }: NoticeContext) => visit(caseId),
      'notice.withdrawn': (_: unknown, { caseId }: NoticeContext) => visit(caseId),
    })
    return withReceiver({ on }, async ({ portal, receiver }) => {
      for (const notice of ['ntc_a', 'ntc_b']) {
        const issued = await portal.issue({ items: [one, two], notice })
        await portal.withdraw(issued.notice, { items: ['itm_1'] })
      }
      await receiver.drain()
      expect([most, twice]).toEqual([2, []])
      expect((await receiver.health()).messages).toMatchObject({ waiting: 0, done: 4 })
    })
  })

  test('a withdrawal that comes first leaves nothing for the notice to do', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      portal.misbehave({ hold: true })
      const { notice } = await portal.issue({ items: [one] })
      await portal.withdraw(notice)
      await portal.release('reversed')
      await receiver.drain()
      expect(ran).toEqual(['withdrawn itm_1'])
      expect(portal.reports.filter(({ type }) => type === 'notice.received')).toHaveLength(2)
    }))

  test('a withdrawal of some items leaves the others', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      portal.misbehave({ hold: true })
      const { notice } = await portal.issue({ items: [one, two] })
      await portal.withdraw(notice, { items: ['itm_1'] })
      await portal.release('reversed')
      await receiver.drain()
      expect(ran.sort()).toEqual(['issued itm_2', 'withdrawn itm_1'])
    }))

  test('a withdrawal reports what was put back under its own revision, with the notice at hand', () => {
    const contexts: NoticeContext[] = []
    const on = () => ({
      'notice.withdrawn': ({ items }: { items: string[] }, context: NoticeContext) => {
        contexts.push(context)
        return items.map((id) => reinstated(id))
      },
    })
    return withReceiver({ on }, async ({ portal, receiver }) => {
      const { notice } = await portal.issue({ items: [one] })
      await receiver.drain()
      await portal.withdraw(notice)
      await receiver.drain()
      expect(contexts[0]?.notice?.items[0]?.url).toBe(one.url)
      expect(contexts[0]?.handled).toEqual(['itm_1'])
      expect(portal.reports.at(-1)).toMatchObject({ message: { seq: 2, results: [{ outcome: 'reinstated' }] } })
    })
  })

  test('a notice issued again runs nothing for items that were handled', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      const first = await portal.issue({ items: [one], notice: 'ntc_a' })
      await receiver.drain()
      await portal.issue({ items: [one, two], notice: 'ntc_a', seq: 2, reissue_of: first.jti })
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1', 'issued itm_2'])
      await portal.issue({ items: [one], notice: 'ntc_a', seq: 3 })
      await receiver.drain()
      expect(ran).toHaveLength(2)
    }))

  test('an older issue that comes late runs nothing', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      portal.misbehave({ hold: true })
      await portal.issue({ items: [one], notice: 'ntc_a', seq: 1 })
      await portal.issue({ items: [one], notice: 'ntc_a', seq: 2 })
      await portal.release('reversed')
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1'])
    }))

  test('items put back and then issued again are handled again', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      const { notice } = await portal.issue({ items: [one] })
      await receiver.drain()
      await portal.withdraw(notice)
      await receiver.drain()
      await portal.issue({ items: [one], notice: notice.notice, seq: 3 })
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1', 'withdrawn itm_1', 'issued itm_1'])
    }))

  test('a notice not handled yet is seen as corrected', () => {
    const urls: string[] = []
    const on = () => ({
      'notice.issued': (notice: { items: { url: string }[] }) => void urls.push(notice.items[0]?.url ?? ''),
      'notice.corrected': () => undefined,
    })
    return withReceiver({ on }, async ({ portal, receiver }) => {
      portal.misbehave({ hold: true })
      const { notice } = await portal.issue({ items: [one] })
      await portal.correct(notice, [{ ...one, scope: 'file', url: 'https://cust43.tern.example/right.jpg' }])
      await portal.release('reversed')
      await receiver.drain()
      expect(urls).toEqual(['https://cust43.tern.example/right.jpg'])
    })
  })

  test('closing waits for a withdrawal that has not been carried out, and then empties what names addresses', () => {
    const ran: string[] = []
    let broken = true
    const on = () => ({
      'notice.withdrawn': () => {
        if (broken) throw new Error('cannot put back yet')
        ran.push('put back')
        return [reinstated('itm_1')]
      },
      'notice.closed': () => void ran.push('deleted'),
    })
    return withReceiver({ on }, async ({ portal, receiver, clock }) => {
      const { notice } = await portal.issue({ items: [one] })
      await receiver.drain()
      await portal.withdraw(notice)
      await portal.close(notice)
      await receiver.drain()
      expect(ran).toEqual([])
      broken = false
      clock.forward(3_600_000)
      await receiver.drain()
      expect(ran).toEqual(['put back', 'deleted'])
      expect(codesOf(await portal.send({ type: eventTypes.issued, body: notice, notice: notice.notice }))).toEqual([
        202,
      ])
    })
  })
})

describe('a notice given to its handlers again', () => {
  test('runs with what still stands, after a reissue too, and reports once more', () =>
    withReceiver({ on: () => ({ 'notice.corrected': () => undefined }) }, async ({ portal, receiver, ran }) => {
      const items = [1, 2].map((n) => ({ id: `itm_${n}`, url: `https://cust42.tern.example/${n}` }))
      const { notice, jti } = await portal.issue({ items, notice: 'ntc_a' })
      await receiver.drain()
      await portal.withdraw(notice, { seq: 2, items: ['itm_1'] })
      await portal.issue({ items: items.slice(1), notice: 'ntc_a', seq: 3, reissue_of: jti })
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1 itm_2', 'withdrawn itm_1'])
      expect(await rerun(receiver, 'ntc_a')).toBe(true)
      expect(await rerun(receiver, 'ntc_a')).toBe(false)
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1 itm_2', 'withdrawn itm_1', 'issued itm_2'])
      expect(portal.reports.at(-1)).toMatchObject({ message: { seq: 3, results: [{ item: 'itm_2' }] } })
    }))

  test('not once it was closed, and not where there is none', () =>
    withReceiver({ on: () => ({ 'notice.closed': () => undefined }) }, async ({ portal, receiver }) => {
      const { notice } = await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }] })
      await portal.close(notice)
      await receiver.drain()
      expect(await rerun(receiver, notice.notice)).toBe(false)
      expect(await rerun(receiver, 'ntc_none')).toBe(false)
    }))

  test('asked for while its handler is just ending, it is not lost', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      const { notice } = await portal.issue({ items: [{ id: 'itm_1', url: 'https://cust42.tern.example/1' }] })
      while (!(await rerun(receiver, notice.notice))) await new Promise(setImmediate)
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1', 'issued itm_1'])
    }))
})
