/** `pnpm db:import <file>`: fills an empty database from an export, and checks every chain of facts in it. */
import { resolve } from 'node:path'
import { importDatabase, TransferError } from '../ground/transfer.server.ts'
import { checkChains } from './check-chains.ts'
import { tellCounts, withDatabase } from './with-database.ts'

await withDatabase(async (pool) => {
  const file = process.argv[2]
  if (!file) throw new TransferError('Name the file to import: pnpm db:import <file>')
  let chains = 0
  const { counts, withJobs } = await importDatabase(pool, resolve(file), {
    check: async (client) => {
      chains = await checkChains(client)
    },
  })
  return [
    'Imported:',
    tellCounts(counts),
    `All ${chains} chains of facts are whole.`,
    withJobs
      ? 'Unfinished jobs and dead letters came along.'
      : 'Jobs were left out, since this version keeps them differently; unfinished reactions of the last 31 days are queued again by the sweep.',
    'The wrapping key was not in the file. Set NOTICELINE_WRAPPING_KEY to the one the data was sealed with before you start the portal.',
  ].join('\n')
})
