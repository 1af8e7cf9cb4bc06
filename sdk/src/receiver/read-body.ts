import { maxBodyBytes } from '../protocol.ts'

export type BodySource = AsyncIterable<Uint8Array> | Uint8Array | string | null

/** The body as text, or `'too-large'` as soon as it is: the rest is not read. */
export async function readBody(source: BodySource, declared: string | null): Promise<string | 'too-large' | 'cut-off'> {
  if (source === null) return ''
  if (typeof source === 'string') return Buffer.byteLength(source) > maxBodyBytes ? 'too-large' : source
  if (source instanceof Uint8Array) return source.length > maxBodyBytes ? 'too-large' : textOf([source])
  if (declared !== null && Number(declared) > maxBodyBytes) return 'too-large'
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of source) {
      length += chunk.length
      if (length > maxBodyBytes) return 'too-large'
      chunks.push(chunk)
    }
  } catch {
    return 'cut-off'
  }
  return textOf(chunks)
}

// Bytes beyond ASCII become characters that no token has, and are refused as such.
function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString('utf8')
}
