import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

test('one value is one text, whatever the order of its members', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, aa: true })).toBe(
    '{"aa":true,"b":[1,{"c":"x","d":null}]}',
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
