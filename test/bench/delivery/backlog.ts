import { findByIndex, leaseDue, lockOpenEndpoints } from '../../../portal/delivery/claim-store.server.ts'
import { furthestTryMs } from '../../../portal/delivery/retry-timetable.ts'
import type { Tx } from '../../../portal/ground/ground.ts'
import type { DeliveryLine } from './line.ts'

/** Rows that wait, as many as it takes: their tokens are never opened. */
export async function fillUp(line: DeliveryLine, upTo: number): Promise<void> {
  const client = await line.pool.connect()
  try {
    const { rows } = await client.query('select count(*)::int as n from deliveries where next_attempt_at is not null')
    const missing = upTo - rows[0].n
    if (missing <= 0) return
    await client.query('set session_replication_role = replica')
    const each = Math.ceil(missing / line.orgIds.length)
    await client.query(
      `insert into tokens (jti, org_id, notice_id, seq, event, kid, set_sha256, data_key, sealed, issued_at, item_ids)
       select 'evt_b' || t.org_id || '_' || $2 || '_' || n, t.org_id, t.notice_id, 1000000 + $2::int * 10000000 + n, t.event, t.kid,
              t.set_sha256, '\\x00', '\\x00', now(), '{}'
       from (select distinct on (org_id) * from tokens order by org_id, jti) as t, generate_series(1, $1::int) as n`,
      [each, upTo % 97],
    )
    await client.query(
      `insert into deliveries (id, org_id, notice_id, jti, event, seq, state, next_attempt_at, deadline_at, created_at)
       select 'dlv_b' || t.org_id || '_' || $1 || '_' || t.seq, t.org_id, t.notice_id, t.jti, t.event, t.seq, 'queued', now(),
              now() + random() * interval '24 hours', now()
       from tokens as t where t.jti like 'evt\\_b%' and not exists (select from deliveries d where d.jti = t.jti)`,
      [upTo % 97],
    )
    await client.query('set session_replication_role = origin')
    await client.query('vacuum analyze deliveries')
    await client.query('vacuum analyze tokens')
  } finally {
    client.release()
  }
}

/** Milliseconds for a claim of 64, one after the other: what finds and leases them, in a transaction that is undone. */
export async function claimTimes(line: DeliveryLine, times: number): Promise<number[]> {
  const { ground } = line.built
  const took: number[] = []
  for (let time = 0; time < times; time += 1) {
    const undone = new Error('Undone')
    const work = async (tx: Tx) => {
      const after = (ms: number) => new Date(tx.now.getTime() + ms)
      const claim = {
        workerId: 'bench-claim',
        now: tx.now,
        leasedUntil: after(20_000),
        longestLease: after(25_000),
        begunAfter: after(-20_000),
        begunUntil: after(5_000),
        furthestTry: after(furthestTryMs),
        limit: 64,
        taken: [],
      }
      const began = performance.now()
      await findByIndex(tx.db)
      const leased = await leaseDue(tx.db, await lockOpenEndpoints(tx.db, claim), claim)
      took.push(performance.now() - began)
      if (leased.length !== 64) throw new Error(`Only ${leased.length} were claimed`)
      throw undone
    }
    // With its plans kept, as the engine claims.
    await ground.db.transaction(work, { repeated: true }).catch((error) => {
      if (error !== undone) throw error
    })
  }
  return took
}
