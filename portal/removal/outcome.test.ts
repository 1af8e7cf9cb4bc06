import { expect, test } from 'vitest'
import { claimsRemoval, endsItem, isTerritorial, standsAsUnavailable } from './outcome.ts'

const outcome = (code: string, territory: string[] | null = null) => ({ code, territory })
const at = (text: string) => new Date(text)

test('what ends an item is the table of the vocabulary', () => {
  const ends = (code: string) => endsItem(outcome(code, ['worldwide']), 'ntd_code')
  const endings = [
    'content_removed',
    'access_disabled',
    'already_unavailable',
    'not_hosted_here',
    'refused',
    'duplicate',
  ]
  expect(endings.filter((code) => !ends(code))).toEqual([])
  expect(['forwarded', 'cannot_execute', 'reinstated'].filter(ends)).toEqual([])
})

test('refusing, sending on and linking claim no removal', () => {
  for (const code of ['refused', 'not_hosted_here', 'duplicate', 'forwarded', 'cannot_execute', 'reinstated']) {
    expect(claimsRemoval(outcome(code), 'ntd_code')).toBe(false)
  }
})

test('disabling access in one country does not meet a removal order for the union', () => {
  expect(endsItem(outcome('access_disabled', ['NL']), 'tco_removal_order')).toBe(false)
  expect(endsItem(outcome('access_disabled', ['eu']), 'tco_removal_order')).toBe(true)
  expect(endsItem(outcome('access_disabled', ['worldwide']), 'tco_removal_order')).toBe(true)
  expect(endsItem(outcome('access_disabled', ['NL']), 'ntd_code')).toBe(true)
})

test('only a disabling that is not worldwide is territorial', () => {
  expect(isTerritorial(outcome('access_disabled', ['eu']))).toBe(true)
  expect(isTerritorial(outcome('access_disabled', ['worldwide']))).toBe(false)
  expect(isTerritorial(outcome('content_removed'))).toBe(false)
})

test('gone before receipt and seen by nobody later stands as unavailable', () => {
  const since = at('2026-11-21T08:00:00.000Z')
  const received = at('2026-11-21T09:00:00.000Z')
  expect(standsAsUnavailable(since, received, [at('2026-11-21T07:00:00.000Z')])).toBe(true)
  expect(standsAsUnavailable(since, received, [at('2026-11-21T08:00:00.001Z')])).toBe(false)
  expect(standsAsUnavailable(received, received, [])).toBe(false)
  expect(standsAsUnavailable(null, received, [])).toBe(false)
})
