import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { findByIndex } from './claim-store.server.ts'
import { waitingOrganisations } from './way-store.server.ts'

/** Deliveries of fifty organisations, as many for each; foreign keys are not looked at. */
const history = sql`
  insert into deliveries (id, org_id, notice_id, jti, event, seq, state, next_attempt_at, deadline_at, created_at)
  select 'dlv_' || n, 'org_' || n % 50, 'ntc_' || n, 'evt_' || n, 'issued', n, 'queued', now(), now() + n * interval '1 second', now()
  from generate_series(1, 5000) as n`

test.each(['never', 'while all of it waited', 'while nothing waited'])(
  'who waits is found along what waits and not in everybody’s history, where the table was counted %s',
  (counted) =>
    withGround('2026-11-22T09:00:00.000Z', async (ground) => {
      const trx = await ground.db.read.startTransaction().execute()
      try {
        await sql`set local session_replication_role = replica`.execute(trx)
        await history.execute(trx)
        if (counted === 'while all of it waited') await sql`analyze deliveries`.execute(trx)
        await sql`update deliveries set next_attempt_at = null, state = 'received'`.execute(trx)
        if (counted === 'while nothing waited') await sql`analyze deliveries`.execute(trx)
        await sql`update deliveries set next_attempt_at = now() where seq <= 80`.execute(trx)
        await findByIndex(trx)
        const { rows } = await sql<{ 'QUERY PLAN': string }>`
          explain (analyze, costs off, timing off) with recursive ${waitingOrganisations} select * from waiting`.execute(
          trx,
        )
        const plan = rows.map((row) => row['QUERY PLAN']).filter((line) => / on deliveries\b/.test(line))
        expect(plan).toHaveLength(2)
        for (const line of plan) expect(line).toContain('deliveries_waiting')
      } finally {
        await trx.rollback().execute()
      }
    }),
)
