import type { InputError } from '../facts/input-error.ts'
import type { Tx } from '../ground/ground.ts'
import type { NewKey } from './endpoint-input.ts'
import { insertKey, lockKeys, selectKeys, updateKey } from './provider-store.server.ts'
import { Undone } from './undone.ts'

export type KeysRegistered =
  | { result: 'registered'; changed: boolean }
  | { result: 'invalid'; errors: InputError[] }
  /** Somebody else's thumbprint. Whose is not told. */
  | { result: 'key-known-elsewhere'; pointer: string }

/**
 * Puts keys at an endpoint and lets go of those of the same uses that are not among them: what they signed is accepted
 * for 60 more days. Inside the caller's transaction, which has to stand in `undoing`.
 */
export async function registerKeys(
  tx: Tx,
  endpoint: { id: string; orgId: string },
  keys: readonly NewKey[],
  uses: readonly ('sig' | 'enc')[],
): Promise<KeysRegistered> {
  const known = await lockKeys(
    tx.db,
    keys.map((key) => key.thumbprint),
  )
  const errors: InputError[] = []
  for (const key of keys) {
    const same = known.find((other) => other.thumbprint === key.thumbprint)
    if (!same) continue
    if (same.orgId !== endpoint.orgId) return { result: 'key-known-elsewhere', pointer: key.pointer }
    const { pointer } = key
    if (same.revokedAt) errors.push({ pointer, code: 'key_revoked', message: 'This key was revoked. Make a new one.' })
    else if (same.use !== key.use)
      errors.push({ pointer, code: 'key_use', message: 'This key is registered for another use. Make a new one.' })
    else if (key.use === 'enc' && same.endpointId !== endpoint.id && same.endpointState === 'active')
      errors.push({ pointer, code: 'key_in_use', message: 'Another of your endpoints is sealed for this key.' })
  }
  if (errors.length > 0) return { result: 'invalid', errors }
  let changed = false
  const held = (await selectKeys(tx.db, [endpoint.id])).filter((key) => uses.includes(key.use) && !key.retiredAt)
  for (const key of held) {
    if (key.revokedAt || keys.some((kept) => kept.thumbprint === key.thumbprint)) continue
    await updateKey(tx.db, key.thumbprint, { retiredAt: tx.now })
    changed = true
  }
  for (const key of keys) {
    const same = known.find((other) => other.thumbprint === key.thumbprint)
    if (!same) {
      const { thumbprint, jwk, use } = key
      const row = { thumbprint, jwk, use, orgId: endpoint.orgId, endpointId: endpoint.id, registeredAt: tx.now }
      // Registered by somebody else between our look and now.
      if (!(await insertKey(tx.db, { ...row, retiredAt: null, revokedAt: null })))
        throw new Undone<KeysRegistered>({ result: 'key-known-elsewhere', pointer: key.pointer })
      changed = true
      continue
    }
    // A signing key shared with an endpoint that works stays where it is: it is found by its organisation.
    const moves = same.endpointId !== endpoint.id && same.endpointState !== 'active'
    if (!moves && same.retiredAt === null) continue
    await updateKey(tx.db, key.thumbprint, { retiredAt: null, ...(moves ? { endpointId: endpoint.id } : {}) })
    changed = true
  }
  return { result: 'registered', changed }
}
