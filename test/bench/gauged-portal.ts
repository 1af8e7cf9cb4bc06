import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuiltGround, buildGround } from '../../portal/ground/build-ground.server.ts'
import { readConfig } from '../../portal/ground/config.server.ts'
import { projectFacts, reactionNames } from '../../portal/reactions.ts'
import { root } from '../architecture/tree.ts'
import { freePorts, freshDataDir } from '../running/portal.ts'
import { startChild } from './child.ts'
import type { Reading } from './portal-process.ts'

export interface GaugedPortal {
  readonly origin: string
  readonly dataDir: string
  /** What a program needs in its environment to stand on the same database. */
  readonly env: Record<string, string>
  /** `whole`: after a full collection of garbage, which holds everybody up for a moment. */
  read(options?: { whole: boolean }): Promise<Reading>
  stop(): Promise<void>
}

/** A portal on its own data, in its own process. */
export async function startGauged(env: Record<string, string>): Promise<GaugedPortal> {
  const { buildPages } = await import(pathToFileURL(join(root, 'scripts/build-pages.mjs')).href)
  buildPages({ quiet: true })
  const dataDir = freshDataDir()
  const port = await freePorts(8)
  const own = {
    NOTICELINE_DATA_DIR: dataDir,
    NOTICELINE_PORT: String(port),
    NOTICELINE_LOG_LEVEL: 'error',
    ...env,
  }
  try {
    const child = await startChild('./portal-process.ts', own)
    return {
      origin: `http://127.0.0.1:${port}`,
      dataDir,
      env: own,
      read: (options = { whole: false }) => child.ask<Reading>('reading', options),
      stop: async () => {
        await child.stop()
        rmSync(dataDir, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  }
}

/** Stands on the database of such an environment, as the portal and its worker do. Works on no jobs. */
export function openGround(env: Record<string, string>): Promise<BuiltGround> {
  const config = readConfig(env, { dataDirDefault: env['NOTICELINE_DATA_DIR'] ?? '' })
  return buildGround(config, { reactionsTo: reactionNames, project: projectFacts, working: false })
}
