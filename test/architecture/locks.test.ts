import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, root } from './tree.ts'

/** A lock that takes the key as well: whoever writes a row that refers to it waits, and may hold what its holder needs. */
const withItsKey = /\.forUpdate\(|\bfor update\b(?!: )/i

function linesThatLockKeys(text: string): string[] {
  return text.split('\n').filter((line) => withItsKey.test(line))
}

test('rows are locked without their key', () => {
  const found = filesBelow('portal')
    .filter((path) => path.endsWith('.server.ts'))
    .flatMap((path) =>
      linesThatLockKeys(readFileSync(join(root, path), 'utf8')).map((line) => `${path}: ${line.trim()}`),
    )
  expect(found).toEqual([])
})

test('and the look finds one that is not', () => {
  for (const planted of ['  .forUpdate()', 'select id from notices where id = $1 for update'])
    expect(linesThatLockKeys(planted)).toHaveLength(1)
  for (const fine of ['  .forNoKeyUpdate()', 'for no key update of e', 'no lock (for update: none)'])
    expect(linesThatLockKeys(fine)).toEqual([])
})
