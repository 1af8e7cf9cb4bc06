import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { withGround } from '../testing/with-ground.ts'
import { endStuckWaits } from './stuck-waits.server.ts'

test('whoever waits for a lock since a time to come is told to try again, and nobody else is', () =>
  withGround('2026-11-21T09:00:00.000Z', async (ground) => {
    await sql`create table locked (id integer primary key)`.execute(ground.db.read)
    await sql`insert into locked values (1)`.execute(ground.db.read)
    let letGo = () => {}
    const released = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const lock = sql`select id from locked for no key update`
    let isHeld = () => {}
    const held = new Promise<void>((resolve) => {
      isHeld = resolve
    })
    const holding = ground.db.transaction(async (tx) => {
      await lock.execute(tx.db)
      isHeld()
      await released
    })
    await held
    const waiting = ground.db.transaction((tx) => lock.execute(tx.db)).catch((error) => error)
    const waits = sql<{ n: number }>`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await waits.execute(ground.db.read)).rows[0]?.n).toBe(1)
    expect(await endStuckWaits(ground)).toBe(0)
    // As if it had begun in times to come: whatever began later than an hour ago.
    expect(await endStuckWaits(ground, -3_600_000)).toBe(1)
    expect(await waiting).toMatchObject({ code: '57014' })
    letGo()
    await holding
    await sql`drop table locked`.execute(ground.db.read)
  }))
