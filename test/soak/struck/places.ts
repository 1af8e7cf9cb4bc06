/** Where a store of the proof keeps what it holds, and every file in which an address might stand. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabaseServer } from '../../running/database.ts'
import { startMariaDb, whyNoMariaDb } from '../../running/mariadb.ts'
import type { StoreName } from './stores.ts'

export interface Place {
  readonly store: StoreName
  /** For `openStore`. */
  readonly at: string
  /** Whether a second process may be started on it while the first one lives. */
  readonly contested: boolean
  /** A folder for the program's own things. */
  readonly kept: string
  /** Everything of the store that somebody without its key might read. */
  files(): string[]
  /** What stays behind in it beside what it is made of. */
  litter(): string[]
  /** What whoever watches over the program does before each start. */
  tidy(): void
  destroy(): Promise<void>
}

/** Why a store cannot be tried here, or null. */
export function whyNotOn(store: StoreName): string | null {
  return store === 'mariadb' ? whyNoMariaDb() : null
}

export async function openPlace(store: StoreName): Promise<Place> {
  const kept = mkdtempSync(join(tmpdir(), 'struck-'))
  const folder = join(kept, 'inbox')
  mkdirSync(folder, { mode: 0o700 })
  const place = {
    store,
    at: folder,
    contested: true,
    kept,
    files: () => below(folder),
    litter: (): string[] => [],
    tidy: () => {},
    destroy: async () => rmSync(kept, { recursive: true, force: true }),
  }
  const apart = (dataDir: string, stop: () => Promise<void>) => ({
    files: () => below(dataDir),
    destroy: async () => {
      await stop()
      await place.destroy()
    },
  })
  switch (store) {
    case 'file':
      return {
        ...place,
        litter: () => below(folder).filter((path) => /\.(new|next)$|[0-9a-f]{8}-[0-9a-f]{4}-/.test(path)),
      }
    case 'sqlite': {
      const at = join(folder, 'inbox.db')
      // Its driver locks by a folder, which a kill leaves behind; whoever removes it has to know that nobody is there.
      return { ...place, at, contested: false, tidy: () => rmSync(`${at}.lock`, { recursive: true, force: true }) }
    }
    case 'postgresql': {
      const server = await openDatabaseServer('embedded')
      const at = JSON.stringify({ ...(await server.connection()), max: 4 })
      return { ...place, at, ...apart(server.dataDir, () => server.destroy()) }
    }
    case 'mariadb': {
      const server = await startMariaDb()
      return { ...place, at: server.socketPath, ...apart(server.dataDir, () => server.stop()) }
    }
  }
}

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
