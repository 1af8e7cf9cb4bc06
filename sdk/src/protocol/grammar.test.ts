import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBase64url, readJsonObject } from './grammar.ts'

test('base64url has one spelling for any bytes', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom('=', '+', '/', ' ', '\n', 'é'), (bytes, stray) => {
      const text = Buffer.from(bytes).toString('base64url')
      expect(readBase64url(text)).toEqual(Buffer.from(bytes))
      expect(readBase64url(text + stray)).toBeNull()
    }),
  ))

test.each(['A', 'AB', 'ABC', 'AAAAB'])('%s has stray bits or a length that cannot be', (text) => {
  expect(readBase64url(text)).toBeNull()
})

test('JSON that everybody reads alike comes out as it went in', () =>
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 5 })), (given) => {
      const text = JSON.stringify({ nested: given })
      const clean = !/\\u0000|\\u[dD][89a-fA-F]|__proto__|-0/.test(text) && numbersKeepTheirDigits(given)
      if (clean) expect(readJsonObject(text)).toEqual(JSON.parse(text))
    }),
    { numRuns: 500 },
  ))

function numbersKeepTheirDigits(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER
  return typeof value !== 'object' || value === null || Object.values(value).every(numbersKeepTheirDigits)
}

test('any text is read or refused, never thrown at', () =>
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      readJsonObject(text)
    }),
  ))

test.each([
  ['a member twice', '{"a":1,"a":1}'],
  ['a member twice, once escaped', '{"a":1,"\\u0061":1}'],
  ['a member twice, deep inside', '{"a":[{"b":{"c":1,"d":2,"c":3}}]}'],
  ['__proto__', '{"a":{"__proto__":{"admin":true}}}'],
  ['NUL', '{"a":"\\u0000"}'],
  ['half a surrogate pair', '{"a":"\\ud83d"}'],
  ['a top-level number with a fraction', '{"iat":1.0}'],
  ['a top-level number with an exponent', '{"iat":1e9}'],
  ['a top-level minus zero', '{"iat":-0}'],
  ['a number that loses digits', '{"a":{"b":9007199254740993}}'],
  ['a number that is infinite', '{"a":{"b":1e999}}'],
  ['33 levels', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`],
  ['a list', '[1]'],
  ['null', 'null'],
  ['a comment', '{"a":1}// yes'],
  ['single quotes', "{'a':1}"],
  ['a byte order mark', '\uFEFF{"a":1}'],
])('refuses %s', (_, text) => {
  expect(readJsonObject(text)).toBeNull()
})

test.each([
  ['the same name in different objects', '{"a":{"x":1},"b":{"x":2},"c":[{"x":3},{"x":4}]}'],
  ['a name as a value', '{"a":"b","b":"a","c":["a","a"]}'],
  ['brackets and quotes in strings', '{"a":"{\\"a\\":1,\\"a\\":2}","b":"]}\\\\"}'],
  ['fractions further down', '{"a":{"b":1.50,"c":-2e-3}}'],
  ['32 levels', `${'{"a":'.repeat(32)}1${'}'.repeat(32)}`],
  ['a whole pair of surrogates', '{"a":"\\ud83d\\ude00 🖼"}'],
])('takes %s', (_, text) => {
  expect(readJsonObject(text)).toEqual(JSON.parse(text))
})
