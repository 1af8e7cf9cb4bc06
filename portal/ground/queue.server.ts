import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type pg from 'pg'
import { fromKysely, PgBoss } from 'pg-boss'
import { countedTime } from './clock.ts'
import type { Connection } from './database.server.ts'
import type { DB, JobData, Log } from './ground.ts'

/** Background work: durable, tried again for a month, and in sight when it is given up. */
export interface Queue {
  /** Puts a job into the transaction. A reaction to one fact is one job, however often it is asked for. */
  enqueue(trx: Transaction<DB>, job: string, data: JobData, options?: { startAfter?: Date }): Promise<void>
  /** Runs the jobs of that name as they come, each by itself; what throws is tried again later. */
  work(job: string, handler: JobHandler): Promise<void>
  /** Tells the workers of these jobs, here or in other processes, to look now. */
  wake(jobs: readonly string[]): void
  /** How long the job that has been due the longest has waited, by the clock the queue goes by; 0 where none is due. */
  lagMs(): Promise<number>
  /** How many jobs were given up after a month of trying. */
  countDeadLetters(): Promise<number>
  /** The given-up jobs, newest first. */
  listDeadLetters(limit?: number): Promise<DeadLetter[]>
  /** Puts given-up jobs back where they came from; answers how many. */
  redrive(): Promise<number>
  /** Takes no more jobs, waits for those that run, and gives back what is not finished after `patienceMs`. */
  stop(patienceMs?: number): Promise<void>
}

export type JobHandler = (data: JobData, job: { id: string; signal: AbortSignal }) => Promise<void>

export interface DeadLetter {
  readonly id: string
  readonly job: string
  readonly data: JobData
  readonly firstQueuedAt: Date | null
  readonly givenUpAt: Date
  readonly tries: number
}

export interface QueueOptions {
  readonly pool: pg.Pool
  readonly connection: Connection
  readonly log: Log
  /** Whether this process also does the work, and sees to what others left lying. */
  readonly working: boolean
  /** How long and how often, where that is not the usual. */
  readonly patience?: Partial<typeof usualPatience>
}

const schema = 'queue'
const deadLetters = 'dead-letters'
const day = 86_400

/**
 * Tried again after 2, 4, 8 … seconds up to four minutes and a bit, for thirty days: a takedown does not wait for hours
 * after what stood in its way is gone, and a try every four minutes costs nothing. A worker that shows no sign of
 * life for 20 seconds, or takes 15 minutes, loses its job to another. What waits is kept for ten years, so that no clock
 * set ahead makes it old enough to be thrown away.
 */
const usualPatience = {
  retryLimit: 8650,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 300,
  expireInSeconds: 900,
  heartbeatSeconds: 20,
  retentionSeconds: 3650 * day,
  deleteAfterSeconds: 30 * day,
}

/** Makes the queue's own tables, in their own schema; safe with several starts at once. */
export async function installQueue(pool: pg.Pool): Promise<void> {
  const boss = new PgBoss({ ...quiet, db: executorOn(pool), migrate: true })
  boss.on('error', () => {})
  await boss.start()
  try {
    await boss.createQueue(deadLetters)
    await boss.updateQueue(deadLetters, { retentionSeconds: 3650 * day })
  } finally {
    await boss.stop({ graceful: false })
  }
}

export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { log, pool } = options
  const boss = new PgBoss(options.working ? workingOn(options.connection) : quietOn(options.connection))
  boss.on('error', (error) => log.error('queue.failed', { error }))
  boss.on('warning', () => log.warn('queue.slow'))
  await boss.start()
  const known = new Set<string>()

  async function ensureQueue(job: string): Promise<void> {
    if (known.has(job)) return
    const patience = { ...usualPatience, ...options.patience, deadLetter: deadLetters }
    await boss.createQueue(job, patience)
    // One that an earlier version made keeps that version's patience otherwise.
    if (options.working) await boss.updateQueue(job, patience)
    known.add(job)
  }
  async function listDeadLetters(limit = 100): Promise<DeadLetter[]> {
    const { rows } = await pool.query(
      `select id, coalesce(source_name, name) as job, data, source_created_on as "firstQueuedAt",
              created_on as "givenUpAt", coalesce(source_retry_count, 0) + 1 as tries
       from ${schema}.job where name = $1 and state in ('created', 'retry', 'active') order by created_on desc limit $2`,
      [deadLetters, limit],
    )
    return rows
  }
  return {
    enqueue: async (trx, job, data, more) => {
      await ensureQueue(job)
      await boss.send(job, data, {
        db: fromKysely(trx),
        ...(more?.startAfter ? { startAfter: more.startAfter } : {}),
        ...(isReaction(job) ? { id: idOfReaction(job, String(data['factId'])) } : {}),
      })
    },
    work: async (job, handler) => {
      await ensureQueue(job)
      await boss.work<JobData>(job, workOptions, (jobs) =>
        Promise.all(jobs.map((one) => runOne(job, one, handler, log))),
      )
    },
    wake: (jobs) => wakeWorkers(boss, pool, new Set(jobs)),
    lagMs: async () => {
      const { rows } = await pool.query(
        `select coalesce(extract(epoch from now() - min(start_after)) * 1000, 0)::int8 as lag from ${schema}.job
         where state in ('created', 'retry') and start_after <= now() and name <> $1`,
        [deadLetters],
      )
      return rows[0].lag
    },
    countDeadLetters: async () => {
      const { rows } = await pool.query(
        `select count(*)::int as n from ${schema}.job where name = $1 and state in ('created', 'retry', 'active')`,
        [deadLetters],
      )
      return rows[0].n
    },
    listDeadLetters,
    redrive: () => boss.redrive(deadLetters),
    stop: (patienceMs = 20_000) => boss.stop({ graceful: options.working, timeout: patienceMs }),
  }
}

// A full batch is followed by the next at once; a short one by a rest, which `wake` cuts short. The rest is the guard
// for whatever no one was woken for: jobs due later, a lost notification.
const workOptions = {
  batchSize: 10,
  localConcurrency: 2,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 2,
  perJobResults: true,
} as const

async function runOne(
  name: string,
  job: { id: string; data: JobData; signal: AbortSignal },
  run: JobHandler,
  log: Log,
) {
  try {
    await run(job.data, { id: job.id, signal: job.signal })
    return { id: job.id, status: 'completed' as const }
  } catch (error) {
    log.warn('job.failed', { jobId: job.id, reaction: name, error })
    // What an error says may quote input, and the queue keeps what it is given.
    return { id: job.id, status: 'failed' as const, output: { code: codeOf(error) } }
  }
}

function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown'
}

const prefix = 'reaction.'

/** Whether a job is a reaction to a fact; then its data holds the fact's id. */
export function isReaction(job: string): boolean {
  return job.startsWith(prefix)
}

export function reactionOf(job: string): string {
  return job.slice(prefix.length)
}

/** The same reaction to the same fact has the same id, so that it is not queued twice. */
export function idOfReaction(job: string, factId: string): string {
  const hex = createHash('sha256').update(`${job}\0${factId}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

// With a clock that is set back a worker would rest until that time comes again.
const quiet = { schema, clock: countedTime, supervise: false, schedule: false, migrate: false }

// Connections of its own: a transaction that enqueues the first job of a kind would otherwise wait for one of those its
// likes hold.
function quietOn(connection: Connection) {
  return { ...connection, ...quiet, max: 2, application_name: 'noticeline queue' }
}

function workingOn(connection: Connection) {
  return {
    ...connection,
    schema,
    clock: countedTime,
    schedule: false,
    migrate: true,
    supervise: true,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    useListenNotify: true,
    max: 5,
    application_name: 'noticeline queue',
  }
}

function executorOn(pool: pg.Pool) {
  return { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) }
}

/**
 * A notification after the commit, not inside it: PostgreSQL lets transactions that notify commit one at a time only.
 * It goes to workers in other processes; those in this one are told directly.
 */
function wakeWorkers(boss: PgBoss, pool: pg.Pool, jobs: ReadonlySet<string>): void {
  const workers = boss.getWipData()
  for (const job of jobs) {
    const own = workers.filter((worker) => worker.name === job)
    for (const worker of own) boss.notifyWorker(worker.id)
    if (own.length === 0) pool.query('select pg_notify($1, $2)', [channel, job]).catch(() => {})
  }
}

/** Where pg-boss listens. Should it ever listen elsewhere, workers find their jobs two seconds later. */
const channel = `pgboss_${createHash('sha224').update(schema).digest('hex').slice(0, 24)}`
