/** Whether an address can be read in a file, as it stands or as tokens and dumps write it. */
import { readFileSync } from 'node:fs'

/** Everything that was planted has this in it. */
export const planted = 'tern.example'

const needles: readonly Buffer[] = [
  Buffer.from(planted),
  Buffer.from(planted, 'utf16le'),
  Buffer.from(Buffer.from(planted).toString('hex')),
  // Inside of base64 a text begins at any of three places; what its neighbours colour is cut off.
  ...[0, 1, 2].map((before) => {
    const text = Buffer.from(`${'_'.repeat(before)}${planted}`)
      .toString('base64')
      .replaceAll('=', '')
    return Buffer.from(text.slice(before === 0 ? 0 : before + 1, -1))
  }),
]

export function readable(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return needles.some((needle) => buffer.includes(needle))
}

/** Those of the files in which an address stands. One that is gone meanwhile holds nothing. */
export function filesThatTell(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      return readable(readFileSync(path))
    } catch {
      return false
    }
  })
}
