import { join, resolve } from 'node:path'
import { codeOf } from '../inbox/file-lock.ts'
import { loadKeys, loadOrCreateKeys, saveKeys } from '../inbox/own-keys-file.ts'
import { type OwnKeys, rotateKeys } from '../receiver/own-keys.ts'
import { command } from './command.ts'
import { Complaint } from './complaint.ts'
import { defaultKeys, keysOption, passphraseOf } from './own-keys.ts'

/** `keygen`: makes own keys, or puts new ones before the old. */
export const keygenCommand = command({
  name: 'keygen',
  summary: 'Make your own keys, or rotate them',
  details: [
    'Makes one key that signs reports and one for which notices are sealed, in a file that only its owner can read. The file is sealed under <file>.key beside it, or with NOTICELINE_KEYS_PASSPHRASE under that passphrase.',
    'Nothing secret is printed: thumbprints, as the portal shows them, and with --public the public keys to register. Register new ones with changeEndpoint before the portal is to use them.',
  ],
  options: {
    keys: { ...keysOption, default: defaultKeys },
    rotate: { type: 'flag', summary: 'Put new keys before the old ones, which stay.' },
    'drop-old': {
      type: 'flag',
      summary: 'Keep the newest of each only: when nothing sealed for the old can come any more.',
    },
    public: { type: 'flag', summary: 'Print the public keys as well.' },
  },
  examples: [
    ['noticeline keygen', 'makes ./noticeline/keys.json where there is none'],
    ['noticeline keygen --rotate', 'new keys before the old'],
    ['noticeline keygen --public --json', 'what there is, to register it'],
  ],
  async run({ options }, shell) {
    const path = resolve(shell.cwd, options.keys)
    const opening = passphraseOf(shell)
    const before = await loadKeys(path, opening).catch(unreadable)
    const changed = before === null || options.rotate || options['drop-old']
    const keys = await next()
    if (before !== null && changed) await saveKeys(path, keys, opening)
    const done = before === null ? 'made' : changed ? 'changed' : 'there'
    shell.print({
      text: [
        `${{ made: 'Made', changed: 'Changed', there: 'There already' }[done]}: ${join(options.keys)}`,
        ...lines('signs  ', keys.signing),
        ...lines('opens  ', keys.sealing),
        ...(done === 'changed'
          ? ['The portal knows the old keys until you register the new ones: changeEndpoint.']
          : []),
        ...(options.public ? [JSON.stringify(publicParts(keys), null, 2)] : []),
      ].join('\n'),
      json: {
        result: done,
        signing: keys.signing.map(({ kid }) => kid),
        sealing: keys.sealing.map(({ kid }) => kid),
        ...(options.public ? publicParts(keys) : {}),
      },
    })
    return undefined

    async function next(): Promise<OwnKeys> {
      if (before === null) return loadOrCreateKeys(path, opening)
      const rotated = options.rotate ? await rotateKeys(before) : before
      if (!options['drop-old']) return rotated
      return { signing: rotated.signing.slice(0, 1), sealing: rotated.sealing.slice(0, 1) }
    }
  },
})

function lines(what: string, keys: OwnKeys['signing']): string[] {
  return keys.map(({ kid }, index) => `  ${what} ${kid}${index === 0 ? '' : '  (older)'}`)
}

function publicParts(keys: OwnKeys) {
  return {
    signing_keys: keys.signing.map(({ publicJwk }) => publicJwk),
    sealing_key: keys.sealing[0]?.publicJwk ?? null,
  }
}

function unreadable(error: unknown): never {
  if (codeOf(error) !== 'EISDIR') throw error
  throw new Complaint('keys_invalid', 'A folder stands where the key file is to be.', 'Give another path.', 'files')
}
