import type { Ground } from '../ground/ground.ts'
import { hasRootAfter } from './fact-store.server.ts'

/** Two clocks may be so far apart. */
const toleranceMs = 600_000

/**
 * The instant beyond which nothing can have happened yet, where something says it did: a root is sealed every minute, so
 * one that lies ahead tells that the time was ahead. Null where it never was.
 */
export async function turnedBack(ground: Pick<Ground, 'db' | 'clock'>): Promise<Date | null> {
  const ahead = new Date(ground.clock.now().getTime() + toleranceMs)
  return (await hasRootAfter(ground.db.read, ahead)) ? ahead : null
}
