import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { arrayText } from './array-text.server.ts'

const texts = [
  '',
  'plain',
  'ntc_01',
  'null',
  'NULL',
  'a b',
  'a,b',
  '{',
  '}',
  '"',
  '\\',
  '\\"',
  'é',
  '\n',
  "'",
  '\\N',
  ' x ',
  null,
]

test('every list comes back as it was sent: quotes, commas, braces, nothing and the word null', () =>
  withGround('2026-11-22T10:00:00.000Z', async (ground) => {
    const bytes = [Buffer.alloc(0), Buffer.from([0, 34, 92, 255])]
    const dates = [new Date('2026-11-22T10:00:00.123Z'), new Date('1999-12-31T23:59:59.999Z'), null]
    const { rows } = await sql<{
      texts: string[]
      numbers: number[]
      truths: boolean[]
      dates: Date[]
      bytes: Buffer[]
    }>`
      select ${texts}::text[] as texts, ${[1, -2, 0.5, null]}::float8[] as numbers, ${[true, false, null]}::boolean[] as truths,
             ${dates}::timestamptz[] as dates, ${bytes}::bytea[] as bytes, ${[]}::text[] as none`.execute(
      ground.db.read,
    )
    expect(rows[0]).toEqual({
      texts,
      numbers: [1, -2, 0.5, null],
      truths: [true, false, null],
      dates,
      bytes,
      none: [],
    })
  }))

test('what is none of these is left to the driver', () => {
  expect(arrayText([['a']])).toBeNull()
  expect(arrayText([{ a: 1 }])).toBeNull()
})
