import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Choosable, chooseContact, contactsInOrder, purposeOf } from './choose-contact.ts'
import { contactPurposes, stateOf } from './contact.ts'

const now = new Date('2026-11-24T10:00:00.000Z') // a Tuesday
const day = 86_400_000
const before = new Date(now.getTime() - day)
const after = new Date(now.getTime() + day)

function contact(id: string, position: number, more: Partial<Choosable> = {}): Choosable {
  return {
    id,
    position,
    purposes: ['notices', 'escalation'],
    verifiedAt: before,
    known: false,
    hours: null,
    timeZone: 'Europe/Amsterdam',
    awayFrom: null,
    awayUntil: null,
    lapsesAt: after,
    unreachableAt: null,
    complainedAt: null,
    silent: 0,
    ...more,
  }
}

const need = { now, purposes: ['notices'] as const }
const chosen = (...contacts: Choosable[]) => chooseContact(contacts, need)?.id ?? null
const nights = [{ day: 'tu', from: '22:00', until: '06:00' }] as const

describe('whom to write to', () => {
  test('the first in the order that works', () => {
    expect(chosen(contact('b', 2), contact('a', 1))).toBe('a')
  })

  test('whoever is for this purpose comes before others', () => {
    expect(chosen(contact('law', 1, { purposes: ['legal'] }), contact('abuse', 2))).toBe('abuse')
    expect(chosen(contact('law', 1, { purposes: ['legal'] }))).toBe('law')
  })

  test('outside its hours a contact is passed over where one is there round the clock, and only there', () => {
    const asleep = contact('a', 1, { hours: [...nights] })
    expect(chosen(asleep, contact('b', 2, { hours: '24x7' }))).toBe('b')
    expect(chosen(asleep, contact('b', 2))).toBe('a')
    expect(chosen(asleep, contact('b', 2, { hours: '24x7', lapsesAt: before }))).toBe('a')
  })

  test('a lapsed contact is not used while another works, and is the last resort', () => {
    const lapsed = contact('a', 1, { lapsesAt: now })
    expect(chosen(lapsed, contact('b', 2))).toBe('b')
    expect(chosen(lapsed, contact('b', 2, { silent: 3 }))).toBe('b')
    expect(chosen(lapsed)).toBe('a')
  })

  test('nothing is sent where mail comes back, or where nobody has ever answered', () => {
    expect(chosen(contact('a', 1, { unreachableAt: before }))).toBeNull()
    expect(chosen(contact('a', 1, { verifiedAt: null }))).toBeNull()
  })

  test('what a registry names is written to without having answered', () => {
    expect(chosen(contact('a', 1, { verifiedAt: null, known: true, lapsesAt: null }))).toBe('a')
  })

  test('orders go to whoever is named for authorities', () => {
    expect(['ntd_code', 'dsa_notice', 'test'].map(purposeOf)).toEqual(['notices', 'notices', 'notices'])
    expect(['tco_removal_order', 'dsa_order', 'csam_order'].map(purposeOf)).toEqual(['orders', 'orders', 'orders'])
  })
})

const instants = fc.constantFrom(null, before, now, after)
const some = fc.array(
  fc.record({
    position: fc.integer({ min: 1, max: 4 }),
    purposes: fc.subarray([...contactPurposes], { minLength: 1 }),
    verifiedAt: instants,
    known: fc.boolean(),
    hours: fc.constantFrom(null, '24x7' as const, [...nights], [{ day: 'tu' as const, from: '09:00', until: '17:00' }]),
    timeZone: fc.constantFrom('Europe/Amsterdam', 'Asia/Tokyo', 'UTC'),
    awayFrom: instants,
    awayUntil: instants,
    lapsesAt: instants,
    unreachableAt: fc.constantFrom(null, null, before),
    complainedAt: fc.constantFrom(null, null, before),
    silent: fc.integer({ min: 0, max: 4 }),
  }),
  { maxLength: 6 },
)
const contacts = some.map((list) => list.map((one, index): Choosable => ({ id: `ctc_${index}`, ...one })))

describe('whatever the contacts are', () => {
  test('the order they are given in changes nothing', () => {
    fc.assert(
      fc.property(contacts, (list) => {
        expect(contactsInOrder([...list].reverse(), need)).toEqual(contactsInOrder(list, need))
      }),
    )
  })

  test('nobody is written to who never answered, or whose mail comes back; everybody else in the end, once', () => {
    fc.assert(
      fc.property(contacts, (list) => {
        const already = new Set<string>()
        for (;;) {
          const next = chooseContact(list, { ...need, already })
          if (!next) break
          expect(already.has(next.id)).toBe(false)
          already.add(next.id)
        }
        const usable = list.filter((one) => !['unverified', 'unreachable'].includes(stateOf(one, now)))
        expect([...already].sort()).toEqual(usable.map(({ id }) => id).sort())
      }),
    )
  })

  test('while one works, none that is silent, absent or lapsed is chosen', () => {
    fc.assert(
      fc.property(contacts, (list) => {
        const choice = chooseContact(list, need)
        if (!choice || !list.some((one) => stateOf(one, now) === 'live')) return
        expect(['live', 'closed']).toContain(stateOf(choice, now))
        const always = list.some((one) => stateOf(one, now) === 'live' && one.hours === '24x7')
        if (always) expect(stateOf(choice, now)).toBe('live')
      }),
    )
  })

  test('one more that cannot be used changes nothing', () => {
    fc.assert(
      fc.property(contacts, (list) => {
        const dead = contact('ctc_dead', 0, { unreachableAt: before })
        expect(chooseContact([dead, ...list], need)).toEqual(chooseContact(list, need))
      }),
    )
  })
})
