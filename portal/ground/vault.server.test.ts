import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createVault, VaultError } from './vault.server.ts'

const root = randomBytes(32)
const vault = createVault({ wrappingKey: root })

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof VaultError) return error.code
    throw error
  }
  return 'opened'
}

describe('sealing', () => {
  test('what was sealed opens again, text and bytes, the empty text included', () => {
    const key = vault.newKey()
    const bytes = randomBytes(100_000)
    expect(vault.open(key, 'item:itm_1', vault.seal(key, 'item:itm_1', 'käse')).toString()).toBe('käse')
    expect(vault.open(key, 'item:itm_1', vault.seal(key, 'item:itm_1', '')).toString()).toBe('')
    expect(vault.open(key, 'item:itm_1', vault.seal(key, 'item:itm_1', bytes)).equals(bytes)).toBe(true)
  })

  test('the same text sealed twice is not the same bytes, nor are two keys', () => {
    const key = vault.newKey()
    expect(vault.seal(key, 'item:itm_1', 'one')).not.toEqual(vault.seal(key, 'item:itm_1', 'one'))
    expect(vault.newKey()).not.toEqual(vault.newKey())
  })

  test('neither the wrapped key nor the sealed bytes hold what was sealed, the data key or the root', () => {
    const key = vault.newKey()
    const sealed = Buffer.from(vault.seal(key, 'item:itm_1', 'a-recognisable-text'))
    expect(sealed.includes('recognisable')).toBe(false)
    expect(Buffer.concat([sealed, key]).includes(root.subarray(0, 8))).toBe(false)
  })

  test('one altered bit anywhere is refused', () => {
    const key = vault.newKey()
    const sealed = Buffer.from(vault.seal(key, 'item:itm_1', 'one'))
    for (let index = 0; index < sealed.length; index += 1) {
      const altered = Buffer.from(sealed)
      altered[index] = (altered[index] ?? 0) ^ 1
      expect(codeOf(() => vault.open(key, 'item:itm_1', altered))).toBe(index === 0 ? 'malformed' : 'altered')
    }
    for (let index = 0; index < key.length; index += 1) {
      const altered = Buffer.from(key)
      altered[index] = (altered[index] ?? 0) ^ 1
      const code = codeOf(() => vault.open(altered, 'item:itm_1', sealed))
      expect(code).toBe(index === 0 ? 'malformed' : index < 5 ? 'key_unknown' : 'altered')
    }
  })

  test('what was sealed for one thing opens for no other, and under no other data key', () => {
    const key = vault.newKey()
    const sealed = vault.seal(key, 'item:itm_1', 'one')
    expect(codeOf(() => vault.open(key, 'item:itm_2', sealed))).toBe('altered')
    expect(codeOf(() => vault.open(vault.newKey(), 'item:itm_1', sealed))).toBe('altered')
  })

  test('a destroyed data key is erasure, and says so', () => {
    const sealed = vault.seal(vault.newKey(), 'item:itm_1', 'one')
    expect(codeOf(() => vault.open(new Uint8Array(), 'item:itm_1', sealed))).toBe('key_destroyed')
    expect(codeOf(() => vault.seal(new Uint8Array(), 'item:itm_1', 'one'))).toBe('key_destroyed')
  })

  test('bytes too short to be sealed are refused as malformed', () => {
    const key = vault.newKey()
    for (const length of [0, 1, 28]) {
      expect(codeOf(() => vault.open(key, 'item:itm_1', Buffer.alloc(length, 1)))).toBe('malformed')
    }
    expect(codeOf(() => vault.open(key.subarray(0, 64), 'item:itm_1', Buffer.alloc(64, 1)))).toBe('malformed')
  })

  test('an error quotes nothing of what was sealed', () => {
    const key = vault.newKey()
    const sealed = vault.seal(key, 'item:itm_1', 'https://canary.example/one')
    expect(() => vault.open(key, 'item:itm_2', sealed)).toThrow(/^(?!.*canary).*$/)
  })
})

describe('rotation of the wrapping key', () => {
  const newer = randomBytes(32)

  test('what the old key wrapped opens while the old key is listed, and not after', () => {
    const key = vault.newKey()
    const sealed = vault.seal(key, 'item:itm_1', 'one')
    const rotated = createVault({ wrappingKey: newer, oldWrappingKeys: [root] })
    expect(rotated.open(key, 'item:itm_1', sealed).toString()).toBe('one')
    expect(codeOf(() => createVault({ wrappingKey: newer }).open(key, 'item:itm_1', sealed))).toBe('key_unknown')
  })

  test('new data keys are wrapped by the new key alone', () => {
    const key = createVault({ wrappingKey: newer, oldWrappingKeys: [root] }).newKey()
    expect(codeOf(() => vault.seal(key, 'item:itm_1', 'one'))).toBe('key_unknown')
  })

  test('matching survives a rotation; mailed secrets do not', () => {
    const rotated = createVault({ wrappingKey: newer, oldWrappingKeys: [root] })
    expect(rotated.mac('locator', 'one')).toEqual(vault.mac('locator', 'one'))
    expect(rotated.derive('sign-in', 'sgn_1')).not.toBe(vault.derive('sign-in', 'sgn_1'))
  })
})

describe('HMACs and derived secrets', () => {
  test('are the same for the same input and differ by purpose, value and root', () => {
    const other = createVault({ wrappingKey: randomBytes(32) })
    expect(vault.mac('locator', 'one')).toEqual(vault.mac('locator', 'one'))
    expect(vault.mac('locator', 'one')).toHaveLength(32)
    expect(vault.mac('locator', 'one')).not.toEqual(vault.mac('body', 'one'))
    expect(vault.mac('locator', 'one')).not.toEqual(vault.mac('locator', 'two'))
    expect(vault.mac('locator', 'one')).not.toEqual(other.mac('locator', 'one'))
    expect(vault.derive('sign-in', 'sgn_1')).toBe(vault.derive('sign-in', 'sgn_1'))
    expect(vault.derive('sign-in', 'sgn_1')).toMatch(/^[\w-]{43}$/)
    expect(vault.derive('sign-in', 'sgn_1')).not.toBe(vault.derive('answer', 'sgn_1'))
    expect(vault.mac('x', 'one').toString('base64url')).not.toBe(vault.derive('x', 'one'))
  })

  test('a root key of another length is refused', () => {
    expect(codeOf(() => createVault({ wrappingKey: randomBytes(16) }))).toBe('malformed')
  })
})
