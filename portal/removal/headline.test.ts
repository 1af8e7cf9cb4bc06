import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Axes, type Headline, headlineOf, headlines } from './headline.ts'

const anyAxes: fc.Arbitrary<Axes> = fc.record({
  excluded: fc.boolean(),
  withdrawn: fc.boolean(),
  restored: fc.boolean(),
  attribution: fc.constantFrom('waiting', 'attributed', 'unattributed'),
  delivery: fc.constantFrom(null, 'queued', 'offered', 'received', 'acknowledged', 'failed'),
  removalClaimed: fc.boolean(),
  refused: fc.boolean(),
  observation: fc.constantFrom('unverified', 'confirmed_offline', 'reappeared'),
  contradicted: fc.boolean(),
  exceeded: fc.boolean(),
  adheres: fc.boolean(),
})

// What each headline says, told apart from the order in which they are tried.
const says: { readonly [K in Headline]: (axes: Axes) => boolean } = {
  excluded: (axes) => axes.excluded,
  withdrawn_restored: (axes) => axes.withdrawn && axes.restored,
  withdrawn: (axes) => axes.withdrawn && !axes.restored,
  unattributed: (axes) => axes.attribution !== 'attributed',
  contradicted: (axes) => axes.contradicted,
  reappeared: (axes) => axes.observation === 'reappeared',
  removed_verified: (axes) => axes.removalClaimed && axes.observation === 'confirmed_offline',
  removed_claimed: (axes) => axes.removalClaimed,
  offline_unclaimed: (axes) => axes.observation === 'confirmed_offline',
  refused: (axes) => axes.refused,
  undeliverable: (axes) => axes.delivery === 'failed',
  overdue: (axes) => axes.exceeded && axes.adheres,
  beyond_reference: (axes) => axes.exceeded,
  open: () => true,
}

test('the headline is the first in the list of the vocabulary that fits', () => {
  fc.assert(
    fc.property(anyAxes, (axes) => {
      expect(headlineOf(axes)).toBe(headlines.find((headline) => says[headline](axes)))
    }),
    { numRuns: 2000 },
  )
})

test('every headline can be reached', () => {
  const nothing: Axes = {
    excluded: false,
    withdrawn: false,
    restored: false,
    attribution: 'attributed',
    delivery: 'received',
    removalClaimed: false,
    refused: false,
    observation: 'unverified',
    contradicted: false,
    exceeded: false,
    adheres: true,
  }
  const only = (axes: Partial<Axes>) => headlineOf({ ...nothing, ...axes })
  expect([
    only({ excluded: true }),
    only({ withdrawn: true, restored: true }),
    only({ withdrawn: true }),
    only({ attribution: 'waiting' }),
    only({ removalClaimed: true, contradicted: true }),
    only({ removalClaimed: true, observation: 'reappeared' }),
    only({ removalClaimed: true, observation: 'confirmed_offline' }),
    only({ removalClaimed: true }),
    only({ observation: 'confirmed_offline' }),
    only({ refused: true }),
    only({ delivery: 'failed' }),
    only({ exceeded: true }),
    only({ exceeded: true, adheres: false }),
    only({}),
  ]).toEqual(headlines)
})
