import { expect, test } from 'vitest'
import { reachOf } from './reach.ts'

test('whoever holds it was reached by what it came over; a delivery that failed has no channel; anything else is not yet', () => {
  expect(reachOf('received', 'push')).toBe('webhook')
  expect(reachOf('acknowledged', 'signed_receipt')).toBe('webhook')
  expect(reachOf('received', 'poll')).toBe('poll')
  expect(reachOf('received', 'form_confirmed')).toBe('mail')
  expect(reachOf('failed', null)).toBe('no_channel')
  for (const state of [null, 'queued', 'offered'] as const) expect(reachOf(state, null)).toBe('not_yet')
})
