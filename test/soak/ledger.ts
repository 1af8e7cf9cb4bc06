import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'

export interface Effect {
  readonly caseId: string
  readonly itemId: string
  readonly path: string
  /** The Merkle root that travelled with the notice; null where it came before the first one. */
  readonly witness: string | null
}

/** What the receiver did, in its order. */
export function readEffects(kept: string): Effect[] {
  return lines(join(kept, 'effects')).map((line) => {
    const [caseId = '', itemId = '', path = '', witness = '-'] = line.split(' ')
    return { caseId, itemId, path, witness: witness === '-' ? null : witness }
  })
}

/** How often it was asked to, repeats included. */
export function countCalls(kept: string): number {
  return lines(join(kept, 'calls')).length
}

/** Every file there ever was, except for those in the ledger. It never goes down, so that no look is mistaken. */
export async function serveWhatIsLeft(kept: string, host: string, port: number): Promise<Server> {
  const server = createServer((request, answer) => {
    const gone = readEffects(kept).some(({ path }) => path === request.url)
    answer.writeHead(gone ? 410 : 200).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}

function lines(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []
}
