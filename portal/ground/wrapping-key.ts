import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The wrapping key of a demo, of development and of tests: made once, kept in the data directory with mode 0600. Where
 * several processes start at once, all end up with the same one.
 */
export function keepWrappingKey(dataDir: string): Buffer {
  const file = join(dataDir, 'wrapping-key')
  mkdirSync(dataDir, { recursive: true })
  const draft = join(dataDir, `.wrapping-key-${randomBytes(8).toString('hex')}`)
  const kept = readKey(file)
  if (kept) return kept
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    // A link fails where the name is taken, and never shows a file half written.
    linkSync(draft, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const made = readKey(file)
  if (!made) throw new Error('The wrapping key just written cannot be read.')
  return made
}

function readKey(file: string): Buffer | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  // Making another here would turn everything sealed so far into noise.
  if (!/^[\w-]{43}$/.test(text))
    throw new Error(
      'The file wrapping-key in the data directory does not hold a key. Put the right one back, or remove the whole data directory to begin anew.',
    )
  return Buffer.from(text, 'base64url')
}
