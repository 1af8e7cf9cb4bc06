import { expect, test } from 'vitest'
import { languages } from '../language/catalogue.ts'
import { local, zoneName } from './moment.tsx'

test('the hour that happens twice is told apart by the name of its zone', () => {
  const [summer, winter] = [new Date('2026-10-25T00:30:00.000Z'), new Date('2026-10-25T01:30:00.000Z')]
  for (const language of languages) {
    expect(local(summer, language, 'Europe/Amsterdam')).toEqual(local(winter, language, 'Europe/Amsterdam'))
    const names = [summer, winter].map((at) => zoneName(at, language, 'Europe/Amsterdam'))
    expect(new Set(names).size, names.join()).toBe(2)
  }
})

test('the hour that is left out is not shown', () => {
  const last = local(new Date('2026-03-29T00:59:59.000Z'), 'en', 'Europe/Amsterdam')
  const next = local(new Date('2026-03-29T01:00:00.000Z'), 'en', 'Europe/Amsterdam')
  expect([last.time, next.time]).toEqual(['01:59:59', '03:00:00'])
})
