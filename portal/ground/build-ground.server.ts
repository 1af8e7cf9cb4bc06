import { join } from 'node:path'
import { createBell, type OpenBell } from './bell.server.ts'
import { createDatabaseClock, type DatabaseClock } from './clock.ts'
import type { Config } from './config.server.ts'
import { askTime, type Connection, type OpenDatabase, openDatabase, untilReachable } from './database.server.ts'
import { openEmbedded } from './embedded.server.ts'
import { keepEmbedded } from './embedded-keeper.server.ts'
import type { Ground, Log, OutgoingMail, RecordedFact, SentMail, SpanAbout, Tx } from './ground.ts'
import { createKeys, type KeyChange } from './keys.server.ts'
import { createLog } from './log.server.ts'
import { createLookups } from './lookups.server.ts'
import { createMail } from './mail.server.ts'
import { migrate } from './migrate.server.ts'
import { createOutbound } from './outbound.server.ts'
import { openQueue, type Queue } from './queue.server.ts'
import { notingReactions } from './queue-reactions.server.ts'
import { openRouting } from './routing.ts'
import { createTraces } from './traces.server.ts'
import { createVault } from './vault.server.ts'

export interface BuildOptions {
  /** Names of the reactions to a kind of fact. */
  readonly reactionsTo: (kind: string) => readonly string[]
  /** What is kept true in the transaction of a fact. */
  readonly project: (tx: Tx, facts: readonly RecordedFact[]) => Promise<void>
  /** Records that one of our keys was published, became the one that signs, or was revoked. */
  readonly keyChanged?: (tx: Tx, change: KeyChange, kid: string) => Promise<void>
  /** Records that a mail about an organisation was taken by the mail server. */
  readonly mailSent?: (tx: Tx, mail: SentMail) => Promise<void>
  /** Told after each commit what was recorded in it. */
  readonly recorded?: (facts: readonly RecordedFact[]) => void
  /** Whether this process works on jobs. */
  readonly working: boolean
}

export interface BuiltGround {
  readonly ground: Ground
  readonly queue: Queue
  /** Lets the jobs in hand finish, ends every connection, and stops the embedded database if nobody else uses it. */
  close(): Promise<void>
}

/** Everything a process stands on, from its configuration: the database is there and migrated when this returns. */
export async function buildGround(config: Config, options: BuildOptions): Promise<BuiltGround> {
  const log = createLog({ level: config.logLevel })
  const { connection, leave } = await findDatabase(config, log)
  const queueOf: { queue?: Queue } = {}
  const theQueue = () => {
    if (!queueOf.queue) throw new Error('Something was enqueued before the queue was open')
    return queueOf.queue
  }
  const clock = createDatabaseClock({
    ask: () => askTime(db.pool),
    apart: (ms) => log.warn('clock.apart', { ms: Math.min(Math.abs(ms), 1e9) }),
  })
  const bell: OpenBell = createBell({
    connection,
    say: (statement, values) => db.pool.query(statement, [...values]),
    onError: (error) => log.warn('bell.failed', { error }),
  })
  const db: OpenDatabase = openDatabase({
    connection,
    clock,
    enqueue: (...job) => theQueue().enqueue(...job),
    committed: (jobs) => theQueue().wake(jobs),
    rung: (names) => bell.ring(names),
    reactionsTo: options.reactionsTo,
    project: options.project,
    ...(options.recorded ? { recorded: options.recorded } : {}),
    // With the queue's five and the bell's one, five processes that work fit into the hundred of an untouched PostgreSQL.
    connections: options.working ? 11 : 10,
    onError: (error) => log.error('database.failed', { error }),
  })
  try {
    await untilReachable(db.pool)
    await clock.measure()
    await migrate(db.pool)
    queueOf.queue = await openQueue({ pool: db.pool, connection, log, working: options.working })
    return await layGround(config, options, { db, log, clock, bell, queue: queueOf.queue, leave })
  } catch (error) {
    clock.stop()
    await bell.close()
    await queueOf.queue?.stop(1000)
    await db.close()
    await leave()
    throw error
  }
}

interface Base {
  readonly db: OpenDatabase
  readonly log: Log
  readonly clock: DatabaseClock
  readonly bell: OpenBell
  readonly queue: Queue
  leave(): Promise<unknown>
}

async function layGround(config: Config, options: BuildOptions, base: Base): Promise<BuiltGround> {
  const { db, log, clock, bell, queue, leave } = base
  const vault = createVault(config)
  const changed = options.keyChanged ? { changed: options.keyChanged } : {}
  const keys = createKeys({ db, vault, clock, ...changed })
  // The first key cannot be made inside somebody's transaction.
  await keys.keepFresh()
  const lookups = createLookups({
    allowedRanges: config.allowedRanges,
    registry: { clock, bootstrap: config.rdapBootstrap, directory: join(config.dataDir, 'rdap') },
    ...(config.resolvers.length > 0 ? { servers: config.resolvers } : {}),
  })
  const outbound = createOutbound({ allowedRanges: config.allowedRanges, resolve: lookups.resolve })
  const traces = createTraces({ endpoint: config.traces, clock, log })
  const mail = createMail({ config, db, vault, clock, ...(options.mailSent ? { sent: options.mailSent } : {}) })
  const ground: Ground = {
    config,
    clock,
    db,
    vault,
    keys,
    outbound,
    lookups,
    routing: openRouting(config.dataDir, log),
    mail: { ...mail, send: (one) => traces.span('mail', aboutMail(one), () => mail.send(one)) },
    log,
    traces,
    bell,
  }
  return {
    ground,
    queue: notingReactions(queue, ground),
    close: async () => {
      clock.stop()
      await queue.stop()
      await bell.close()
      await outbound.close()
      mail.close()
      await traces.close()
      await db.close()
      await leave()
    },
  }
}

function aboutMail({ about: { purpose, orgId, noticeId, deliveryId } }: OutgoingMail): SpanAbout {
  return {
    kind: purpose,
    ...(orgId === undefined ? {} : { orgId }),
    ...(noticeId === undefined ? {} : { noticeId }),
    ...(deliveryId === undefined ? {} : { deliveryId }),
  }
}

/** The database that configuration names, or our own, started if need be. */
export async function findDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  log?: Log,
): Promise<{ connection: Connection; leave(): Promise<unknown> }> {
  if (config.databaseUrl !== null) {
    return { connection: { connectionString: config.databaseUrl }, leave: async () => {} }
  }
  const embedded = await openEmbedded({ dataDir: config.dataDir })
  log?.info('database.opened', { code: embedded.found, pid: embedded.pid })
  const stopKeeping = keepEmbedded(embedded, {
    dataDir: config.dataDir,
    started: (pid) => log?.warn('database.opened', { code: 'started-again', pid }),
    failed: (error) => log?.error('database.failed', { error }),
  })
  const leave = async () => {
    await stopKeeping()
    return embedded.leave()
  }
  return { connection: embedded.connection, leave }
}
