import { request } from 'node:http'

export interface SocketAnswer {
  readonly code: number
  readonly body: Record<string, unknown>
}

/** Asks a running agent by its socket. Null where none listens there. */
export function askAgent(
  path: string,
  method: 'GET' | 'POST',
  what: string,
  body?: object,
): Promise<SocketAnswer | null> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: path, method, path: what, timeout: 30_000 }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ code: response.statusCode ?? 0, body: objectOf(Buffer.concat(chunks).toString('utf8')) }),
      )
    })
    asking.once('timeout', () => asking.destroy(new Error('The agent does not answer.')))
    asking.once('error', (error: { code?: string }) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null)
      else reject(error)
    })
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The object in a text; an empty one where there is none. */
export function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
