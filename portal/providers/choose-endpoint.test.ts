import { expect, test } from 'vitest'
import { chooseEndpoint, standsInOf } from './choose-endpoint.ts'

const all = { id: 'end_all', networks: [] }
const wide = { id: 'end_wide', networks: ['net_22'] }
const narrow = { id: 'end_narrow', networks: ['net_24', 'net_6'] }

test.each([
  ['the one bound most narrowly', [all, wide, narrow], [['net_24', 'net_22']], 'end_narrow'],
  ['the wider one, where no narrower is bound', [all, wide, narrow], [['net_25', 'net_22']], 'end_wide'],
  ['the one that is bound to nothing, where none is bound', [wide, all], [['net_9']], 'end_all'],
  ['none, where none serves it', [wide, narrow], [['net_9']], null],
  ['one that serves all of several networks', [wide, narrow, all], [['net_24'], ['net_6']], 'end_narrow'],
  ['the one for the rest, where nobody serves all of several', [wide, narrow, all], [['net_24'], ['net_9']], 'end_all'],
  [
    'the widest of what it takes counts',
    [narrow, wide],
    [
      ['net_24', 'net_22'],
      ['net_25', 'net_22'],
    ],
    'end_wide',
  ],
  ['for an item in no network, the one for the rest', [wide, all], [['net_22'], []], 'end_all'],
  ['of two alike, the older', [wide, { id: 'end_second', networks: ['net_22'] }], [['net_22']], 'end_wide'],
  ['none of none', [], [['net_22']], null],
] as const)('%s', (_, endpoints, items, chosen) => {
  expect(chooseEndpoint(endpoints, standsInOf(items))?.id ?? null).toBe(chosen)
})

test('items in the same networks go one way, in whatever order they come', () => {
  expect(standsInOf([['b'], ['a', 'c'], ['b']])).toBe('a,c b')
  expect(standsInOf([['a', 'c'], ['b']])).toBe('a,c b')
  expect(standsInOf([])).toBeNull()
})
