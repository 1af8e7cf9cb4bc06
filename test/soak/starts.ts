/** First starts that are killed, and first starts at once: in the end there is one whole schema and one key. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { migrationNames } from '../../portal/ground/migrate.server.ts'
import { root } from '../architecture/tree.ts'
import { type DatabaseName, type DatabaseServer, openDatabaseServer } from '../running/database.ts'
import { freePorts, until } from '../running/portal.ts'
import { Program } from '../running/program.ts'
import type { Chance } from '../running/random.ts'

export interface StartFigures {
  kills: number
  problems: string[]
}

/** A first start, killed so many times at moments of chance, with its database or without, and then let be. */
export async function killFirstStarts(database: DatabaseName, times: number, chance: Chance): Promise<StartFigures> {
  const server = await openDatabaseServer(database)
  const portal = program(server, await freePorts(2), 'portal')
  try {
    for (let kill = 0; kill < times; kill += 1) {
      portal.launch()
      await wait(chance.between(200, 3500))
      await portal.kill()
      if (chance.next() < 0.4) await server.kill()
      await server.start()
    }
    await portal.start()
    return { kills: times, problems: await look(server) }
  } finally {
    await portal.stop()
    await server.destroy()
  }
}

/** Killed while the migrations run: seen from beside, in what the database is just doing. */
export async function killMigrations(database: DatabaseName, times: number): Promise<StartFigures> {
  const server = await openDatabaseServer(database)
  const portal = program(server, await freePorts(2), 'portal')
  let kills = 0
  try {
    const client = await server.connect()
    for (let kill = 0; kill < times; kill += 1) {
      portal.launch()
      await until(async () => {
        const { rows } = await client.query(
          "select count(*)::int as n from pg_stat_activity where pid <> pg_backend_pid() and application_name = 'noticeline' and query ilike '%create table%'",
        )
        return rows[0].n > 0 || portal.output().includes('Ready')
      }, 60_000)
      if (!portal.output().includes('Ready')) kills += 1
      await portal.kill()
    }
    await client.end()
    await portal.start()
    return { kills, problems: await look(server) }
  } finally {
    await portal.stop()
    await server.destroy()
  }
}

/** Workers and portals, all at once on a database nobody has seen yet. */
export async function startAtOnce(database: DatabaseName, count: number): Promise<StartFigures> {
  const server = await openDatabaseServer(database)
  const first = await freePorts(count)
  const programs = Array.from({ length: count }, (_, index) =>
    program(server, first + index, index % 2 === 0 ? 'portal' : 'worker'),
  )
  try {
    await Promise.all(programs.map((one) => one.start(120_000)))
    const problems = await look(server)
    return { kills: 0, problems: [...problems, ...programs.flatMap(({ collapses }) => collapses)] }
  } finally {
    await Promise.all(programs.map((one) => one.stop()))
    await server.destroy()
  }
}

function program(server: DatabaseServer, port: number, what: 'portal' | 'worker'): Program {
  return new Program({
    name: what,
    file: join(root, 'portal', what === 'portal' ? 'server.ts' : 'worker.ts'),
    ready: what === 'portal' ? 'Ready' : 'worker started',
    env: {
      NOTICELINE_MODE: 'test',
      NOTICELINE_LOG_LEVEL: 'info',
      NOTICELINE_DATA_DIR: server.dataDir,
      NOTICELINE_PORT: String(port),
      ...server.env,
    },
  })
}

/** Every migration once, every table of the schema, one key that signs, and the queue's own tables. */
async function look(server: DatabaseServer): Promise<string[]> {
  const client = await server.connect()
  try {
    const problems: string[] = []
    const { rows: applied } = await client.query('select name from kysely_migration order by name')
    const names = applied.map(({ name }) => name)
    const wanted = await migrationNames()
    if (names.join() !== wanted.join()) problems.push(`migrated ${names.join()} instead of ${wanted.join()}`)
    const { rows: tables } = await client.query(
      "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    )
    const there = new Set(tables.map(({ name }) => name))
    const schema = readFileSync(join(root, 'portal/ground/schema.sql'), 'utf8')
    const missing = [...schema.matchAll(/^create table (\w+)/gim)]
      .map((match) => match[1])
      .filter((name) => !there.has(name))
    if (missing.length > 0) problems.push(`without ${missing.join()}`)
    const { rows: keys } = await client.query('select count(*)::int as n from signing_keys where retired_at is null')
    if (keys[0].n !== 1) problems.push(`${keys[0].n} keys that sign`)
    const { rows: queue } = await client.query("select count(*)::int as n from queue.queue where name = 'dead-letters'")
    if (queue[0].n !== 1) problems.push('the queue is not there')
    return problems
  } finally {
    await client.end()
  }
}
