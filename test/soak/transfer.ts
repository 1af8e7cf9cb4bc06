/** Everything out into one file, the database thrown away, everything back: the same figures, the same chains. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openPool } from '../../portal/ground/database.server.ts'
import { emptyDatabase, migrate } from '../../portal/ground/migrate.server.ts'
import { exportDatabase, importDatabase } from '../../portal/ground/transfer.server.ts'
import { checkChains } from '../../portal/scripts/check-chains.ts'
import type { World } from './world.ts'

export async function carryOver(world: World): Promise<{ rows: number; chains: number; problems: string[] }> {
  for (const program of world.programs) await program.stop()
  const file = join(world.server.dataDir, 'carried.ndjson.gz')
  const before = await headsOf(world)
  const pool = openPool(await world.connection(), 3)
  try {
    const out = await exportDatabase(pool, file)
    await emptyDatabase(pool)
    await migrate(pool)
    let chains = 0
    const back = await importDatabase(pool, file, {
      check: async (client) => {
        chains = await checkChains(client)
      },
    })
    const problems: string[] = []
    if (JSON.stringify(out) !== JSON.stringify(back.counts)) problems.push('other figures came back than went out')
    if (!back.withJobs) problems.push('jobs did not come along')
    if ((await headsOf(world)) !== before) problems.push('the heads of the chains are not what they were')
    return { rows: Object.values(out).reduce((sum, count) => sum + count, 0), chains, problems }
  } finally {
    await pool.end()
    rmSync(file, { force: true })
  }
}

function headsOf(world: World): Promise<string> {
  return world.look(async (client) => {
    const { rows } = await client.query("select chain, seq, encode(hash, 'hex') as hash from fact_heads order by chain")
    return JSON.stringify(rows)
  })
}
