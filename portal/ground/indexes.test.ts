import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'

/** What the worker asks for every notice, or at every look: reading a whole table for it costs more with every notice. */
const questions = [
  ['who is addressed by a notice', "select item_id from addressees where notice_id = 'ntc_a'", 'addressees_by_notice'],
  [
    'how many deliveries an endpoint has in hand',
    "select count(*) from attempts where endpoint_id = 'end_a' and result is null and started_at > now()",
    'attempts_running',
  ],
  [
    'which deliveries have a step to take',
    'select * from deliveries where next_attempt_at is not null and escalated = 2 order by deadline_at limit 9',
    'deliveries_steps',
  ],
  [
    'what was signed with a key lately',
    "select t.jti from signing_keys as k join tokens as t on t.kid = k.kid where t.issued_at >= k.revoked_at - interval '10 minutes'",
    'tokens_by_key',
  ],
  [
    'what is due to be looked at',
    'select item_id from observed_items where next_look_at <= now()',
    'observed_items_due',
  ],
  [
    'what has a deadline',
    'select item_id from addressees where due_at < now() and ended_at is null and deadline_passed_at is null',
    'addressees_running',
  ],
  [
    'what is owed to a stream that polls',
    "select jti from stream_updates where org_id = 'org_a' and told_at is null order by made_at limit 9",
    'stream_updates_owed_to',
  ],
] as const

test.each(questions)('%s is answered by an index', (_what, question, index) =>
  withGround('2026-11-22T09:00:00.000Z', async (ground) => {
    const plan = await ground.db.read.transaction().execute(async (trx) => {
      // Small tables are read whole, whatever indexes there are.
      await sql`set local enable_seqscan = off`.execute(trx)
      await sql`set local enable_bitmapscan = off`.execute(trx)
      const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${sql.raw(question)}`.execute(trx)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toContain(index)
  }),
)
