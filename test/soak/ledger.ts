import { existsSync, readFileSync } from 'node:fs'
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

function lines(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []
}
