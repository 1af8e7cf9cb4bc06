import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { needlesFor, rareWord, searchBytes } from './needles.ts'

const word = rareWord()
const needles = needlesFor(word)
const address = `https://${word}.tern.example/g/7f3a.jpg`

const ways: [string, string][] = [
  ['as it is', address],
  ['the host label alone', word],
  ['in upper case', address.toUpperCase()],
  ['percent-encoded', [...address].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')],
  ['in a JSON string', JSON.stringify({ url: address })],
  ['in hexadecimal', Buffer.from(address).toString('hex')],
  ...[0, 1, 2].map((shift): [string, string] => [
    `in base64url at alignment ${shift}`,
    Buffer.from('x'.repeat(shift) + address).toString('base64url'),
  ]),
  ...[0, 1, 2].map((shift): [string, string] => [
    `in base64 at alignment ${shift}`,
    Buffer.from('x'.repeat(shift) + address).toString('base64'),
  ]),
  [
    'inside a signed token',
    `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify({ events: { url: address } })).toString('base64url')}.c2ln`,
  ],
]

test.each(ways)('an address is found %s', (_how, text) => {
  expect(searchBytes(Buffer.from(`before ${text} after`), needles)).not.toEqual([])
})

test('an address is found in gzip, in the middle of other bytes', () => {
  const bytes = Buffer.concat([Buffer.from('noise'), gzipSync(Buffer.from(address)), Buffer.from('noise')])
  expect(searchBytes(bytes, needles).map(({ form }) => form)).toContain('gzip, plain')
})

test('and nothing is found where nothing is', () => {
  expect(searchBytes(Buffer.from(rareWord().repeat(1000)), needles)).toEqual([])
})
