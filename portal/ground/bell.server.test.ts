import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { borrowDatabase } from '../testing/databases.ts'
import { createBell, type OpenBell } from './bell.server.ts'

const soon = { timeout: 10_000, interval: 20 }

async function withBells(work: (one: OpenBell, other: OpenBell, pool: pg.Pool) => Promise<void>): Promise<void> {
  const { connection, giveBack } = await borrowDatabase()
  const pool = new pg.Pool({ ...connection, max: 2 })
  const open = () => createBell({ connection, say: (text, values) => pool.query(text, [...values]), onError: () => {} })
  const [one, other] = [open(), open()]
  try {
    await work(one, other, pool)
  } finally {
    await Promise.all([one.close(), other.close()])
    await pool.end()
    await giveBack()
  }
}

const listening = (pool: pg.Pool) =>
  vi.waitFor(async () => {
    const { rows } = await pool.query(
      `select pid from pg_stat_activity where application_name = 'noticeline bell' and query like 'listen %'
       and datname = current_database()`,
    )
    expect(rows.length).toBeGreaterThan(0)
    return rows.map(({ pid }) => pid as number)
  }, soon)

test('whoever sleeps in another process hears it by the database, and once for what is rung together', () =>
  withBells(async (one, other, pool) => {
    const heard = vi.fn()
    other.listen('deliveries', heard)
    await listening(pool)
    for (let time = 0; time < 5; time += 1) one.ring(['deliveries'])
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), soon)
    expect(heard).toHaveBeenCalledTimes(1)
  }))

test('whoever sleeps in the same process hears it without the database, until it listens no longer', () =>
  withBells(async (one) => {
    const heard = vi.fn()
    const stop = one.listen('deliveries', heard)
    one.ring(['deliveries'])
    expect(heard).toHaveBeenCalledTimes(1)
    stop()
    one.ring(['deliveries'])
    expect(heard).toHaveBeenCalledTimes(1)
  }))

test('what is rung in a process comes back to it by no detour', () =>
  withBells(async (one, other, pool) => {
    const [own, others] = [vi.fn(), vi.fn()]
    one.listen('deliveries', own)
    other.listen('deliveries', others)
    await vi.waitFor(async () => expect(await listening(pool)).toHaveLength(2), soon)
    one.ring(['deliveries'])
    await vi.waitFor(() => expect(others).toHaveBeenCalledTimes(1), soon)
    other.ring(['deliveries'])
    await vi.waitFor(() => expect(own).toHaveBeenCalledTimes(2), soon)
    expect(others).toHaveBeenCalledTimes(2)
  }))

test('a connection that breaks is made again', () =>
  withBells(async (one, other, pool) => {
    const heard = vi.fn()
    other.listen('deliveries', heard)
    const [before] = await listening(pool)
    await pool.query('select pg_terminate_backend($1)', [before])
    await vi.waitFor(async () => expect(await listening(pool)).not.toContain(before), soon)
    one.ring(['deliveries'])
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), soon)
  }))
