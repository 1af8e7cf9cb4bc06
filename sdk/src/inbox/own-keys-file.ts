import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { checkKeys, generateKeys, type OwnKeys } from '../receiver/own-keys.ts'
import { Refusal } from '../refusals.ts'
import { readOrMakeSecret } from './key-file.ts'

/**
 * The receiver's keys from a file that only its owner can read, made on first use. To rotate, write what `rotateKeys`
 * answers to the same file. A file that others can read is refused with `keys_readable_by_others`.
 */
export async function loadOrCreateKeys(path: string): Promise<OwnKeys> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const text = await readOrMakeSecret(path, async () => `${JSON.stringify(await generateKeys(), null, 2)}\n`)
  try {
    return await checkKeys(JSON.parse(text) as OwnKeys)
  } catch (cause) {
    if (Refusal.is(cause)) throw cause
    throw new Refusal('keys_invalid', 'The key file holds no JSON. Put it back from a copy.', { cause })
  }
}
