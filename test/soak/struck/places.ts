/** Where a store of the proof keeps what it holds, and every file in which an address might stand. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreName } from './stores.ts'

export interface Place {
  readonly store: StoreName
  /** For `openStore`. */
  readonly where: string
  /** Whether a second process on it is refused. */
  readonly locked: boolean
  /** A folder for the program's own things. */
  readonly kept: string
  /** Everything of the store that somebody without its key might read. */
  files(): string[]
  /** What stays behind in it beside what it is made of. */
  litter(): string[]
  destroy(): Promise<void>
}

export async function openPlace(store: StoreName): Promise<Place> {
  const kept = mkdtempSync(join(tmpdir(), 'struck-'))
  const remove = () => rmSync(kept, { recursive: true, force: true })
  const folder = join(kept, 'inbox')
  mkdirSync(folder, { mode: 0o700 })
  return {
    store,
    where: `file:${folder}`,
    locked: true,
    kept,
    files: () => below(folder),
    litter: () => readdirSync(folder).filter((name) => !/^(inbox\.log|key|lock\.\d+)$/.test(name)),
    destroy: async () => remove(),
  }
}

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
