/** Kills and faults at random moments of a journey under load. */

import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { World } from './world.ts'

export type Stroke =
  | 'portal'
  | 'worker'
  | 'receiver'
  | 'database'
  | 'everything'
  | 'connections'
  | 'cancel'
  | 'timeout'
  | 'conflicts'

const strokes: readonly Stroke[] = [
  'portal',
  'worker',
  'receiver',
  'receiver',
  'database',
  'everything',
  'connections',
  'cancel',
  'timeout',
  'conflicts',
]

/** So many strokes, each at a moment of chance, and everything started again after each. */
export async function playRounds(world: World, count: number, told: (stroke: Stroke) => void): Promise<void> {
  const { chance } = world
  for (let round = 0; round < count; round += 1) {
    await wait(chance.between(100, 1200))
    const stroke = chance.pick(strokes.filter((one) => one !== 'worker' || world.worker !== null))
    await strike(world, stroke)
    await wait(chance.between(0, 300))
    await world.recover()
    told(stroke)
  }
}

async function strike(world: World, stroke: Stroke): Promise<void> {
  switch (stroke) {
    case 'portal':
      return world.portal.kill()
    case 'worker':
      return world.worker?.kill()
    case 'receiver':
      return world.receiver.kill()
    case 'database':
      return world.server.kill()
    case 'everything':
      await Promise.all([...world.programs.map((program) => program.kill()), world.server.kill()])
      return
    case 'connections':
      return world.look(async (client) => void (await client.query(`select pg_terminate_backend(pid) ${others}`)))
    case 'cancel':
      // 57014, as when `statement_timeout` has passed.
      return world.look(async (client) => {
        for (let times = 0; times < 10; times += 1) {
          await client.query(`select pg_cancel_backend(pid) ${others} and state = 'active'`)
          await wait(20)
        }
      })
    case 'timeout':
      return world.look((client) => holdUntilTimeout(client))
    case 'conflicts':
      return world.look((client) => conflictFor(client, world.chance.between(300, 900)))
  }
}

const others = "from pg_stat_activity where backend_type = 'client backend' and application_name like 'noticeline%'"

/** Every third change of a history fails as if two transactions could not be put in an order, or waited for each other. */
async function conflictFor(client: pg.Client, ms: number): Promise<void> {
  await client.query(`
    create or replace function soak_conflict() returns trigger language plpgsql as $$
    begin
      if random() < 0.2 then raise exception 'planted' using errcode = '40001'; end if;
      if random() < 0.2 then raise exception 'planted' using errcode = '40P01'; end if;
      return new;
    end $$;
    create or replace trigger soak_conflict before update on fact_heads for each row execute function soak_conflict()`)
  await wait(ms)
  await client.query('drop trigger if exists soak_conflict on fact_heads; drop function if exists soak_conflict')
}

/**
 * Holds every history locked, so that who waits for one runs into `statement_timeout`: a second instead of a minute, from
 * the first row that a transaction writes on.
 */
async function holdUntilTimeout(client: pg.Client): Promise<void> {
  const tables = ['notices', 'tokens', 'attempts', 'receipts', 'outcomes']
  await client.query(`
    create or replace function soak_hurry() returns trigger language plpgsql as $$
    begin perform set_config('statement_timeout', '1000', true); return null; end $$`)
  try {
    for (const table of tables)
      await client.query(
        `create or replace trigger soak_hurry after insert on ${table} for each statement execute function soak_hurry()`,
      )
    await client.query('begin')
    await client.query('lock table fact_heads in exclusive mode')
    await wait(2500)
    await client.query('rollback')
  } finally {
    for (const table of tables) await client.query(`drop trigger if exists soak_hurry on ${table}`)
    await client.query('drop function if exists soak_hurry')
  }
}
