import { join } from 'node:path'
import { factKinds, findFact } from '../facts/history.ts'
import { record } from '../facts/record.ts'
import { createBell } from '../ground/bell.server.ts'
import { createFrozenClock, type SettableClock } from '../ground/clock.ts'
import { type Config, readConfig } from '../ground/config.server.ts'
import { type Connection, type OpenDatabase, openDatabase } from '../ground/database.server.ts'
import type { Ground, OutgoingMail, RecordedFact, Tx } from '../ground/ground.ts'
import { createKeys, type KeyChange } from '../ground/keys.server.ts'
import { checkMail } from '../ground/mail-check.ts'
import { returnedMail } from '../ground/mail-incoming.server.ts'
import { type NotingOptions, notingMail } from '../ground/mail-noting.server.ts'
import { isReaction, openQueue, type Queue, reactionOf } from '../ground/queue.server.ts'
import { reactOnce } from '../ground/queue-reactions.server.ts'
import { createTraces } from '../ground/traces.server.ts'
import { createVault } from '../ground/vault.server.ts'
import { chainOfMail } from '../people/mail.ts'
import { borrowDatabase, listJobs, removeJob, type WaitingJob } from './databases.ts'
import {
  createCaughtLog,
  createCaughtMail,
  createFakeLookups,
  createFakeOutbound,
  createFakeRouting,
  type FakeLookups,
  type FakeOutbound,
  type FakeRouting,
  type LogLine,
} from './fakes.ts'

/** The ground, with the outside world played by the test. Database, vault, keys and queue are the real ones. */
export interface TestGround extends Ground {
  readonly clock: SettableClock
  readonly db: OpenDatabase
  readonly outbound: FakeOutbound
  readonly lookups: FakeLookups
  readonly routing: FakeRouting
  readonly queue: Queue
  readonly caught: { readonly mail: OutgoingMail[]; readonly log: LogLine[] }
  readonly facts: {
    /** The kinds of what happened, in order; of one chain, if named. */
    kinds(chain?: string): Promise<string[]>
  }
  /** Runs what follows from facts, and what follows from that, until nothing is left. Answers how many ran. */
  runReactions(): Promise<number>
  /** The jobs that wait, oldest first. */
  jobs(): Promise<WaitingJob[]>
}

/** What `reactions.ts` lists, or a part of it. */
export type Reactions = {
  readonly [kind: string]: readonly ((ground: Ground, fact: never) => Promise<unknown>)[] | undefined
}

export interface TestGroundOptions {
  readonly reactions?: Reactions
  readonly project?: (tx: Tx, facts: readonly RecordedFact[]) => Promise<void>
  readonly config?: Partial<Config>
  readonly traces?: Ground['traces']
  /** Told after each commit what was recorded in it. */
  readonly recorded?: (facts: readonly RecordedFact[]) => void
  /** `none`: as before the first start, for tests of the keys themselves. */
  readonly keys?: 'none'
  /** Records what happens to our own keys, as the real portal does. */
  readonly keyChanged?: (tx: Tx, change: KeyChange, kid: string) => Promise<void>
}

type Work<T> = (ground: TestGround) => Promise<T>

/** A ground of its own at a time that stands still: an empty database, given back when `work` has ended. */
export function withGround<T>(at: string | Date, work: Work<T>): Promise<T>
export function withGround<T>(at: string | Date, options: TestGroundOptions, work: Work<T>): Promise<T>
export async function withGround<T>(at: string | Date, ...rest: [Work<T>] | [TestGroundOptions, Work<T>]): Promise<T> {
  const [options, work] = rest.length === 1 ? [{}, rest[0]] : rest
  const database = await borrowDatabase()
  const { ground, close } = await layGround(at, database.connection, options)
  try {
    return await work(ground)
  } finally {
    await close()
    await database.giveBack()
  }
}

async function layGround(at: string | Date, connection: Connection, options: TestGroundOptions) {
  const clock = createFrozenClock(at)
  const { log, caught: lines } = createCaughtLog()
  const { mail: catching, caught: mails } = createCaughtMail()
  const reactions = options.reactions ?? {}
  const bell = createBell(null)
  const db = openDatabase({
    connection,
    clock,
    connections: 5,
    strict: true,
    enqueue: (...args) => queue.enqueue(...args),
    committed: () => {},
    rung: (names) => bell.ring(names),
    reactionsTo: (kind) => (reactions[kind] ?? []).map((reaction) => reaction.name),
    project: options.project ?? (async () => {}),
    ...(options.recorded ? { recorded: options.recorded } : {}),
    onError: (error) => log.error('database.failed', { error }),
  })
  const queue = await openQueue({ pool: db.pool, connection, log, working: false })
  const config = { ...testConfig(), ...options.config }
  const vault = createVault(config)
  const keys = createKeys({ db, vault, clock, ...(options.keyChanged ? { changed: options.keyChanged } : {}) })
  if (options.keys !== 'none') await keys.keepFresh()
  const sent: NotingOptions['sent'] = async (tx, one) =>
    void (await record(tx, chainOfMail(one), 'mail.sent', { ...one }))
  const mail = {
    ...catching,
    ...returnedMail(vault, config.mailIncoming),
    send: notingMail({ db, vault, clock, sent }, async (one) => {
      // As every mail is looked at before it leaves.
      checkMail(one, config.origin)
      await catching.send(one)
    }),
  }
  const ground: TestGround = {
    config,
    clock,
    db,
    vault,
    keys,
    outbound: createFakeOutbound(),
    lookups: createFakeLookups(),
    routing: createFakeRouting(),
    mail,
    log,
    traces: options.traces ?? createTraces({ endpoint: null, clock, log }),
    bell,
    queue,
    caught: { mail: mails, log: lines },
    facts: { kinds: (chain) => factKinds(ground, chain) },
    runReactions: () => drainReactions(ground, reactions),
    jobs: () => listJobs(db),
  }
  const close = async () => {
    await queue.stop()
    await db.close()
  }
  return { ground, close }
}

/** Follows jobs rather than facts, so that what was never queued never runs. */
async function drainReactions(ground: TestGround, reactions: Reactions): Promise<number> {
  for (let ran = 0; ; ) {
    const waiting = (await ground.jobs()).filter(({ job }) => isReaction(job))
    if (waiting.length === 0) return ran
    for (const { id, job, data } of waiting) {
      if (ran >= 1000) throw new Error(`Reactions cause each other without end; the last one was ${job}.`)
      await reactTo(ground, reactions, reactionOf(job), String(data['factId']))
      await removeJob(ground.db, id)
      ran += 1
    }
  }
}

async function reactTo(ground: TestGround, reactions: Reactions, name: string, factId: string): Promise<void> {
  const fact = await findFact(ground, factId)
  const reaction = fact && reactions[fact.kind]?.find((one) => one.name === name)
  if (!reaction) throw new Error(`Nothing reacts as ${name} to ${fact?.kind ?? 'a fact that is not there'}.`)
  await reactOnce(ground, name, factId, () => reaction(ground, fact as never))
}

function testConfig(): Config {
  return readConfig(
    { NOTICELINE_MODE: 'test', NOTICELINE_WRAPPING_KEY: Buffer.alloc(32, 7).toString('base64url') },
    { dataDirDefault: join(import.meta.dirname, '..', '.data', 'test') },
  )
}
