/** `pnpm db:export [file]`: everything in the database, in one file. The portal may go on running. */
import { resolve } from 'node:path'
import { systemClock } from '../ground/clock.ts'
import { exportDatabase } from '../ground/transfer.server.ts'
import { tellCounts, withDatabase } from './with-database.ts'

await withDatabase(async (pool) => {
  const at = systemClock.now().toISOString().slice(0, 19).replaceAll(':', '')
  const file = resolve(process.argv[2] ?? `noticeline-${at}.ndjson.gz`)
  const counts = await exportDatabase(pool, file)
  return [
    `Written to ${file}, readable by you only:`,
    tellCounts(counts),
    'The wrapping key is not in it. Keep NOTICELINE_WRAPPING_KEY (or the file wrapping-key in the data directory) somewhere else:',
    'without it nothing that is sealed can be opened again, and with it everything can.',
  ].join('\n')
})
