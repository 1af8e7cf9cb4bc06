import { randomBytes, randomUUID, scrypt } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { checkKeys, generateKeys, type OwnKeys } from '../receiver/own-keys.ts'
import { Refusal } from '../refusals.ts'
import { readOrMakeSecret, readSecret, syncFolder } from './key-file.ts'
import { seal, unseal } from './sealing.ts'

/** How a file of keys is opened. */
export interface KeysFileOptions {
  /**
   * Opens the file instead of the key beside it, through scrypt: for machines where a passphrase comes from elsewhere, a
   * systemd credential say. Whoever has the disk and not the passphrase has no keys.
   */
  readonly passphrase?: string | undefined
}

/** What stands in the file. `sealed` is AES-256-GCM under the key beside it, or under what scrypt makes of a passphrase. */
interface SealedKeys {
  readonly noticeline_keys: 1
  readonly sealed_with: 'key_file' | 'passphrase'
  readonly salt: string
  readonly sealed: string
}

/**
 * The receiver's keys from a file that only its owner can read, made on first use. The file is sealed: without a
 * passphrase under `<path>.key`, made with it, of which a copy is to be kept apart from copies of the file. Refused with
 * `keys_readable_by_others` where others can read one of the two, with `keys_locked` where the passphrase is missing or
 * another one, with `store_key_missing` where `<path>.key` is gone. A file that holds plain keys is read as it is, and
 * sealed when it is next saved.
 */
export async function loadOrCreateKeys(path: string, options: KeysFileOptions = {}): Promise<OwnKeys> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return opened(path, await readOrMakeSecret(path, async () => sealed(path, await generateKeys(), options)), options)
}

/** The keys in the file, or null where there is none. Refuses as `loadOrCreateKeys` does. */
export async function loadKeys(path: string, options: KeysFileOptions = {}): Promise<OwnKeys | null> {
  const text = await readSecret(path)
  return text === null ? null : opened(path, text, options)
}

/**
 * Puts these keys in the place of those in the file, at one stroke: what `rotateKeys` answers, say. The file is on the
 * disk when it resolves, sealed as `loadOrCreateKeys` seals it.
 */
export async function saveKeys(path: string, keys: OwnKeys, options: KeysFileOptions = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const text = await sealed(path, await checkKeys(keys), options)
  const fresh = `${path}.${randomUUID()}`
  try {
    const file = await open(fresh, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, path)
    await syncFolder(dirname(path))
  } finally {
    await rm(fresh, { force: true })
  }
}

async function sealed(path: string, keys: OwnKeys, { passphrase }: KeysFileOptions): Promise<string> {
  const salt = randomBytes(16).toString('base64url')
  const key = passphrase === undefined ? await keyBeside(path, true) : await keyOf(passphrase, salt)
  const file: SealedKeys = {
    noticeline_keys: 1,
    sealed_with: passphrase === undefined ? 'key_file' : 'passphrase',
    salt,
    sealed: seal(key, JSON.stringify(keys), placeOf(salt)),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

async function opened(path: string, text: string, { passphrase }: KeysFileOptions): Promise<OwnKeys> {
  const file = parsed(text) as Partial<SealedKeys> & OwnKeys
  if (file?.noticeline_keys === undefined) return checkKeys(file)
  const { sealed_with: by, salt, sealed: box } = file
  if (file.noticeline_keys !== 1 || typeof salt !== 'string' || typeof box !== 'string') throw damaged()
  if (by === 'passphrase' && passphrase === undefined) {
    throw new Refusal('keys_locked', 'The key file is sealed with a passphrase. Give the passphrase.')
  }
  const key = by === 'passphrase' ? await keyOf(passphrase ?? '', salt) : await keyBeside(path, false)
  const plain = unseal(key, box, placeOf(salt))
  if (plain !== null) return checkKeys(parsed(plain) as OwnKeys)
  if (by === 'passphrase') throw new Refusal('keys_locked', 'The key file does not open with this passphrase.')
  throw damaged()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Refusal('keys_invalid', 'The key file holds no JSON. Put it back from a copy.', { cause })
  }
}

function damaged(): Refusal {
  return new Refusal('keys_invalid', 'The key file does not open with the key beside it. Put both back from copies.')
}

function placeOf(salt: string): string {
  return `noticeline-keys 1 ${salt}`
}

async function keyBeside(path: string, make: boolean): Promise<Uint8Array> {
  const beside = `${path}.key`
  const text = make
    ? await readOrMakeSecret(beside, async () => `${randomBytes(32).toString('base64url')}\n`)
    : await readSecret(beside)
  if (text === null) {
    throw new Refusal(
      'store_key_missing',
      'There is a key file, but not the file that opens it (its name and ".key"). Put it back.',
    )
  }
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length !== 32) throw damaged()
  return key
}

/** 32 MiB and about a tenth of a second: guessing costs whoever guesses the same. */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const derive = promisify<string, string, number, typeof cost, Buffer>(scrypt)

function keyOf(passphrase: string, salt: string): Promise<Uint8Array> {
  return derive(passphrase, salt, 32, cost)
}
