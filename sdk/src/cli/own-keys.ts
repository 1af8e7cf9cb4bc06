import { resolve } from 'node:path'
import { loadKeys } from '../inbox/own-keys-file.ts'
import type { OwnKeys } from '../receiver/own-keys.ts'
import { Complaint } from './complaint.ts'
import type { Shell } from './shell.ts'

/** Where the own keys stand; the passphrase comes by the environment only, since a line is seen by everybody. */
export const keysOption = {
  type: 'text',
  value: 'PATH',
  file: true,
  env: 'NOTICELINE_KEYS',
  summary: 'The file with your own keys; NOTICELINE_KEYS_PASSPHRASE opens one sealed with a passphrase.',
} as const

export const defaultKeys = './noticeline/keys.json'

export function passphraseOf(shell: Shell): { passphrase?: string } {
  const passphrase = shell.env['NOTICELINE_KEYS_PASSPHRASE']
  return passphrase === undefined || passphrase === '' ? {} : { passphrase }
}

/** The own keys, which have to be there. */
export async function ownKeys(shell: Shell, path: string): Promise<OwnKeys> {
  const keys = await loadKeys(resolve(shell.cwd, path), passphraseOf(shell))
  if (keys !== null) return keys
  throw new Complaint('keys_missing', 'There is no key file at that path.', 'Make one with: noticeline keygen', 'files')
}
