import type { Ground } from '../ground/ground.ts'
import { selectOldestOwed } from './fact-store.server.ts'

/** How long the oldest reaction that is owed has been waited for, in milliseconds; 0 where nothing is owed. */
export async function measureOwed({ db, clock }: Pick<Ground, 'db' | 'clock'>): Promise<number> {
  const oldest = await selectOldestOwed(db.read)
  return oldest?.at ? Math.max(0, clock.now().getTime() - oldest.at.getTime()) : 0
}
