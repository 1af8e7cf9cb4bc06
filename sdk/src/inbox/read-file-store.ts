import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Refusal } from '../refusals.ts'
import { Contents, type Write } from './contents.ts'
import { codeOf } from './file-lock.ts'
import { readSecret } from './key-file.ts'
import { unseal } from './sealing.ts'

/**
 * What a file store holds, read beside the process that uses it: takes no lock, changes nothing, makes nothing. Lines are
 * only ever appended and a rewritten file takes the old one's place at one stroke, so what is read was true a moment ago.
 */
export async function readFileStore(folder: string): Promise<Contents> {
  const key = await readSecret(join(folder, 'key'))
  if (key === null) throw new Refusal('store_key_missing', 'There is no inbox with its key in that folder.')
  // A line may be half written the moment we look: only what is wrong again a moment later is damage.
  for (let tries = 3; ; tries -= 1) {
    const line = await read(join(folder, 'inbox.log'), Buffer.from(key.trim(), 'base64url'))
    if (line instanceof Contents) return line
    if (tries <= 1) throw new Refusal('store_damaged', `Line ${line} of the inbox file does not open with its key.`)
    await wait(50)
  }
}

/** The contents, or the number of the line that does not open. */
async function read(path: string, key: Uint8Array): Promise<Contents | number> {
  const text = await readFile(path, 'latin1').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  })
  const contents = new Contents()
  const [head = '', ...lines] = text.split('\n')
  const torn = lines.pop() ?? ''
  for (const [index, line] of lines.entries()) {
    const plain = unseal(key, line, `${head} ${index}`)
    if (plain !== null) contents.apply(JSON.parse(plain) as Write)
    else if (index < lines.length - 1 || torn !== '') return index + 2
  }
  return contents
}
