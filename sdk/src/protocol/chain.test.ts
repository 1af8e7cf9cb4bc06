import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { checkChain, genesis, hashOfLink, type Link } from './chain.ts'
import { type Head, inclusionPath, merkleRoot, rootOfPath } from './merkle.ts'

const link = (seq: number, previous: Uint8Array, payload = `{"n":${seq}}`): Link & { hash: Buffer } => {
  const made = { chain: 'ntc_1', seq, id: `fct_${seq}`, kind: 'a.b', at: new Date(seq * 1000), payload, previous }
  return { ...made, hash: hashOfLink(made) }
}

function chainOf(length: number) {
  const links: (Link & { hash: Buffer })[] = []
  for (let seq = 1; seq <= length; seq += 1) links.push(link(seq, links.at(-1)?.hash ?? genesis))
  return links
}

describe('a chain', () => {
  test('that nobody touched is whole, and so is an empty one', () => {
    const links = chainOf(4)
    expect(checkChain(links)).toEqual({ result: 'whole', length: 4, head: links[3]?.hash })
    expect(checkChain([])).toEqual({ result: 'whole', length: 0, head: genesis })
  })

  test.each([
    ['chain', { chain: 'ntc_2' }, 'foreign'],
    ['id', { id: 'fct_9' }, 'hash'],
    ['kind', { kind: 'a.c' }, 'hash'],
    ['time', { at: new Date(1) }, 'hash'],
    ['payload', { payload: '{"n":9}' }, 'hash'],
    ['previous', { previous: Buffer.alloc(32, 1) }, 'previous'],
    ['place', { seq: 4 }, 'missing'],
  ])('with another %s names that link', (_, change, reason) => {
    const links = chainOf(4).map((one) => (one.seq === 3 ? { ...one, ...change } : one))
    expect(checkChain(links)).toEqual({ result: 'broken', seq: 3, reason })
  })

  test('from which a link was taken out names the gap', () => {
    expect(checkChain(chainOf(4).filter(({ seq }) => seq !== 2))).toEqual({
      result: 'broken',
      seq: 2,
      reason: 'missing',
    })
  })

  test('whose link was rewritten with its own hash breaks at the next one', () => {
    const links = chainOf(4)
    links[1] = link(2, links[0]?.hash ?? genesis, '{"n":99}')
    expect(checkChain(links)).toEqual({ result: 'broken', seq: 3, reason: 'previous' })
  })

  test('does not hash alike what only reads alike: every field stands behind its length', () => {
    const one = { ...link(1, genesis), kind: 'ab', id: 'c' }
    expect(hashOfLink({ ...one, id: 'cab', kind: '' })).not.toEqual(hashOfLink(one))
  })
})

describe('a root', () => {
  const heads = (count: number): Head[] =>
    Array.from({ length: count }, (_, index) => ({
      chain: `ntc_${String(index).padStart(3, '0')}`,
      seq: index + 1,
      hash: createHash('sha256').update(String(index)).digest(),
    }))

  test('is the same whatever order the heads come in', () => {
    expect(merkleRoot([...heads(7)].reverse())).toEqual(merkleRoot(heads(7)))
  })

  test.each([1, 2, 3, 5, 8, 13])('is reached from each of %i heads by its path, and by no other head', (count) => {
    const all = heads(count)
    const root = merkleRoot(all)
    for (const head of all) {
      const path = inclusionPath(all, head.chain) ?? []
      expect(rootOfPath(head, path)).toEqual(root)
      expect(rootOfPath({ ...head, seq: head.seq + 1 }, path)).not.toEqual(root)
    }
    expect(inclusionPath(all, 'ntc_none')).toBeNull()
  })

  test('of a tree with one head more or one changed is another', () => {
    const changed = heads(5).map((head, index) => (index === 2 ? { ...head, hash: Buffer.alloc(32) } : head))
    expect(merkleRoot(changed)).not.toEqual(merkleRoot(heads(5)))
    expect(merkleRoot(heads(6))).not.toEqual(merkleRoot(heads(5)))
    // The last one doubled would be the same tree, were an odd one carried up by pairing it with itself.
    expect(merkleRoot([...heads(3), ...heads(3).slice(2)])).not.toEqual(merkleRoot(heads(3)))
  })
})
