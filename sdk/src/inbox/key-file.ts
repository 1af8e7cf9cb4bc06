import { randomBytes, randomUUID } from 'node:crypto'
import { link, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Refusal } from '../refusals.ts'
import { codeOf } from './file-lock.ts'

/** Text that nobody but its owner may read: as it stands, or as `make` makes it. Of two that make it at once, one wins. */
export async function readOrMakeSecret(path: string, make: () => Promise<string>): Promise<string> {
  const there = await readSecret(path)
  if (there !== null) return there
  const fresh = `${path}.${randomUUID()}`
  try {
    const file = await open(fresh, 'wx', 0o600)
    try {
      await file.writeFile(await make())
      await file.sync()
    } finally {
      await file.close()
    }
    await link(fresh, path).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
    await syncFolder(dirname(path))
  } finally {
    await rm(fresh, { force: true })
  }
  return readFile(path, 'utf8')
}

/** The 32 bytes under which a store is sealed, made on first use. */
export async function readOrMakeKey(path: string): Promise<Uint8Array> {
  const text = await readOrMakeSecret(path, async () => `${randomBytes(32).toString('base64url')}\n`)
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length !== 32) throw new Refusal('store_key_missing', 'The key file of the store does not hold a key.')
  return key
}

export async function readSecret(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Refusal(
        'keys_readable_by_others',
        'Others on this machine can read the key file. Make it private (chmod 600), and make new keys if it was open for long.',
      )
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** A new name in a folder is durable only when the folder itself is. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
