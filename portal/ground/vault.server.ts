import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import type { Vault } from './ground.ts'

/** `altered` also means: sealed for something else, or under another data key. */
export type VaultErrorCode = 'key_destroyed' | 'key_unknown' | 'altered' | 'malformed'

export class VaultError extends Error {
  override readonly name = 'VaultError'
  readonly code: VaultErrorCode
  constructor(code: VaultErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

const algorithm = 'aes-256-gcm'
const version = 1
const keyBytes = 32
const keyIdBytes = 4
const nonceBytes = 12
const tagBytes = 16
const wrappedBytes = 1 + keyIdBytes + nonceBytes + keyBytes + tagBytes

/**
 * Opens with any of the keys it is given and seals with the first. The last of `oldWrappingKeys` is the oldest: the
 * HMACs stay keyed by it, so that matching survives a rotation. Everything else moves on with the new key.
 */
export function createVault(keys: {
  wrappingKey: Uint8Array
  /** Newest first. */
  oldWrappingKeys?: readonly Uint8Array[]
}): Vault {
  const all = [keys.wrappingKey, ...(keys.oldWrappingKeys ?? [])]
  const current = wrapperOf(keys.wrappingKey)
  const wrappers = new Map(all.map((key) => wrapperOf(key)).map((wrapper) => [wrapper.id.toString('hex'), wrapper]))
  const macRoot = all.at(-1) ?? keys.wrappingKey
  const subkeys = new Map<string, Buffer>()

  function subkey(root: Uint8Array, purpose: string): Buffer {
    const known = subkeys.get(purpose)
    if (known) return known
    const made = subkeyOf(root, purpose)
    subkeys.set(purpose, made)
    return made
  }

  function unwrap(wrapped: Uint8Array): Buffer {
    if (wrapped.length === 0) throw new VaultError('key_destroyed', 'The data key was destroyed; nothing opens this.')
    if (wrapped.length !== wrappedBytes || wrapped[0] !== version)
      throw new VaultError('malformed', 'This is not a wrapped data key of a version known here.')
    const header = wrapped.subarray(0, 1 + keyIdBytes)
    const wrapper = wrappers.get(Buffer.from(header.subarray(1)).toString('hex'))
    if (!wrapper)
      throw new VaultError(
        'key_unknown',
        'The data key was wrapped by a key that is not configured. Add it to NOTICELINE_WRAPPING_KEY_OLD.',
      )
    return decrypt(wrapper.key, header, wrapped.subarray(1 + keyIdBytes))
  }

  return {
    newKey() {
      const header = Buffer.concat([Buffer.from([version]), current.id])
      const dataKey = randomBytes(keyBytes)
      const wrapped = Buffer.concat([header, encrypt(current.key, header, dataKey)])
      dataKey.fill(0)
      return wrapped
    },
    seal(wrappedKey, context, plain) {
      const dataKey = unwrap(wrappedKey)
      const sealed = encrypt(dataKey, boundTo(context), typeof plain === 'string' ? Buffer.from(plain) : plain)
      dataKey.fill(0)
      return Buffer.concat([Buffer.from([version]), sealed])
    },
    open(wrappedKey, context, sealed) {
      const dataKey = unwrap(wrappedKey)
      try {
        if (sealed.length < 1 + nonceBytes + tagBytes || sealed[0] !== version)
          throw new VaultError('malformed', 'This was not sealed by a version known here.')
        return decrypt(dataKey, boundTo(context), sealed.subarray(1))
      } finally {
        dataKey.fill(0)
      }
    },
    mac: (purpose, value) =>
      createHmac('sha256', subkey(macRoot, `mac:${purpose}`))
        .update(value)
        .digest(),
    derive: (purpose, id) =>
      createHmac('sha256', subkey(keys.wrappingKey, `derive:${purpose}`))
        .update(id)
        .digest('base64url'),
  }
}

function wrapperOf(root: Uint8Array): { id: Buffer; key: Buffer } {
  if (root.length !== keyBytes) throw new VaultError('malformed', 'A wrapping key has 32 bytes.')
  return { id: subkeyOf(root, 'key id').subarray(0, keyIdBytes), key: subkeyOf(root, 'wrap') }
}

// The root key itself never touches data: one that leaks by a weakness of one use opens no other.
function subkeyOf(root: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `noticeline vault 1 ${purpose}`, keyBytes))
}

function boundTo(context: string): Buffer {
  return Buffer.concat([Buffer.from([version]), Buffer.from(context)])
}

function encrypt(key: Buffer, bound: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(bound)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, bound: Uint8Array, bytes: Uint8Array): Buffer {
  const nonce = bytes.subarray(0, nonceBytes)
  const sealed = bytes.subarray(nonceBytes, bytes.length - tagBytes)
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(bound).setAuthTag(bytes.subarray(bytes.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()])
  } catch {
    throw new VaultError('altered', 'The sealed bytes were altered, or were sealed for something else.')
  }
}
