import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'

/** Ticks of the clock a second, as Linux counts processor time. */
const ticks = 100

/**
 * Milliseconds of processor time that the database's server and all its processes have had so far, those that have ended
 * included. NaN where the system does not say.
 */
export async function serverCpuOf(pool: pg.Pool): Promise<() => number> {
  const { rows } = await pool.query('select pg_backend_pid() as pid')
  const postmaster = parentOf(rows[0].pid)
  return () => (postmaster === null ? Number.NaN : spent(postmaster))
}

function spent(postmaster: number): number {
  const own = read(postmaster)
  if (!own) return Number.NaN
  const living = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)) ?? [])
    .filter(({ parent }) => parent === postmaster)
  const sum = own.own + own.ended + living.reduce((total, one) => total + one.own, 0)
  return (sum * 1000) / ticks
}

function parentOf(pid: number): number | null {
  return read(pid)?.parent ?? null
}

function read(pid: number): { parent: number; own: number; ended: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const at = (index: number) => Number(fields[index - 3])
    return { parent: at(4), own: at(14) + at(15), ended: at(16) + at(17) }
  } catch {
    return null
  }
}
