/** Everything a journey needs, each as a process of its own: database, portal, worker, a receiver, and gates between them. */
import { mkdirSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import type pg from 'pg'
import { type BuiltGround, buildGround } from '../../portal/ground/build-ground.server.ts'
import { readConfig } from '../../portal/ground/config.server.ts'
import type { Connection } from '../../portal/ground/database.server.ts'
import { projectFacts, reactionNames, recordKey, recordMail } from '../../portal/reactions.ts'
import { seedCast, tokenOf } from '../../portal/seed/seed.ts'
import { root } from '../architecture/tree.ts'
import { type DatabaseName, type DatabaseServer, openDatabaseServer } from '../running/database.ts'
import { Gate } from '../running/gate.ts'
import { freePorts, freshDataDir, until } from '../running/portal.ts'
import { Program } from '../running/program.ts'
import { type Chance, chanceOf } from '../running/random.ts'
import { TurnedClock } from '../running/turned-clock.ts'
import type { Hosting } from './hosting.ts'
import { serveWhatIsLeft } from './ledger.ts'
import { Stream } from './stream.ts'

/** Where Tern Hosting's network lies, on this machine. */
const host = '127.0.10.1'

export interface WorldOptions {
  readonly database: DatabaseName
  /** The worker as a process beside the portal, instead of inside it. */
  readonly apart: boolean
  readonly seed: number
  /** The database on a disk of so many megabytes. */
  readonly diskMb?: number
  /** Every process on a machine with a clock of its own. The embedded database keeps this machine's. */
  readonly clocks?: boolean
  /** For portal and worker, instead of what they have else. */
  readonly env?: Readonly<Record<string, string>>
}

/** Two years, in seconds. */
const longAgo = 2 * 365 * 86_400

const machines = ['database', 'portal', 'worker', 'receiver'] as const
export type Machine = (typeof machines)[number]

export class World {
  readonly options: WorldOptions
  readonly chance: Chance
  readonly server: DatabaseServer
  readonly env: Readonly<Record<string, string>>
  readonly portal: Program
  readonly worker: Program | null
  /** Whichever process works on jobs. */
  readonly working: Program
  receiver!: Program
  stream!: Stream
  /** Before the portal, and before the receiver. */
  front!: Gate
  hook!: Gate
  tokens!: { notifier: string; provider: string }
  readonly kept: string
  /** Other companies with receivers of their own. */
  readonly hostings: Hosting[] = []
  readonly clocks: ReadonlyMap<Machine, TurnedClock>
  readonly #port: number
  #ahead = 0
  #files: Server | null = null

  private constructor(
    options: WorldOptions,
    server: DatabaseServer,
    port: number,
    clocks: ReadonlyMap<Machine, TurnedClock>,
  ) {
    this.clocks = clocks
    this.options = options
    this.chance = chanceOf(options.seed)
    this.server = server
    this.#port = port
    // Another company's machine, whose disk has room.
    this.kept = join(options.diskMb ? freshDataDir() : server.dataDir, 'receiver')
    this.env = {
      NOTICELINE_MODE: 'test',
      NOTICELINE_LOG_LEVEL: 'info',
      NOTICELINE_DATA_DIR: server.dataDir,
      NOTICELINE_PORT: String(port),
      NOTICELINE_ORIGIN: this.origin,
      NOTICELINE_OBSERVE_INTERVAL: 'PT2S',
      NOTICELINE_OBSERVE_HEAD: 'yes',
      NOTICELINE_WORKER: options.apart ? 'apart' : 'inside',
      ...server.env,
      ...options.env,
    }
    const portal = join(root, 'portal')
    this.portal = new Program({
      name: 'portal',
      file: join(portal, 'server.ts'),
      env: this.#envOn('portal'),
      ready: 'Ready',
    })
    this.worker = options.apart
      ? new Program({
          name: 'worker',
          file: join(portal, 'worker.ts'),
          env: this.#envOn('worker'),
          ready: 'worker started',
        })
      : null
    this.working = this.worker ?? this.portal
  }

  static async open(options: WorldOptions): Promise<World> {
    const clocks = new Map<Machine, TurnedClock>()
    const server = await openDatabaseServer(options.database, {
      ...(options.diskMb ? { diskMb: options.diskMb } : {}),
      ...(options.clocks ? { with: (folder) => clockOn(clocks, folder, 'database').env } : {}),
    })
    if (options.clocks) for (const machine of machines) clockOn(clocks, server.dataDir, machine)
    const world = new World(options, server, await freePorts(8), clocks)
    try {
      await world.#begin()
      return world
    } catch (error) {
      await world.close()
      throw error
    }
  }

  #envOn(machine: Machine): Readonly<Record<string, string>> {
    return { ...this.env, ...this.clocks.get(machine)?.env }
  }

  /** Turns clocks: so many seconds ahead of this machine's own. Those that are not named stay as they are. */
  turn(seconds: Partial<Readonly<Record<Machine, number>>>): void {
    for (const machine of machines) {
      const by = seconds[machine]
      if (by !== undefined) this.clocks.get(machine)?.turn(by)
    }
  }

  /** The time goes on for every machine, so many seconds from where it was, and nobody was away meanwhile. */
  async goOn(seconds: number): Promise<void> {
    this.#ahead += seconds
    await this.look((client) =>
      client.query('update heartbeats set at = now() + make_interval(secs => $1)', [seconds + 5]),
    )
    for (const machine of machines) this.clocks.get(machine)?.turn(this.#ahead)
  }

  /** What the portal calls itself: the gate before it. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port + 1}`
  }

  /** The portal itself, past its gate. */
  get direct(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** The receiver itself, past its gate. */
  receiverUrl(path: string): string {
    return `http://${host}:${this.#port + 2}${path}`
  }

  async #begin(): Promise<void> {
    const port = this.#port
    mkdirSync(this.kept, { mode: 0o755 })
    this.front = await Gate.open({ host: '127.0.0.1', port: port + 1 }, { host: '127.0.0.1', port })
    this.hook = await Gate.open({ host, port: port + 3 }, { host, port: port + 2 })
    this.#files = await serveWhatIsLeft(this.kept, host, port + 4)
    // The cast is older than any turn of a clock, so that its networks are proven and its tokens made at every time.
    for (const machine of machines) this.clocks.get(machine)?.turn(-longAgo)
    await this.portal.start()
    await this.worker?.start()
    this.tokens = await this.inGround(async ({ ground }) => {
      const seeded = await seedCast(ground)
      return {
        notifier: await tokenOf(ground, seeded.baken, 'soak', undefined),
        provider: await tokenOf(ground, seeded.tern, 'soak', undefined),
      }
    })
    for (const machine of machines) this.clocks.get(machine)?.turn(0)
    this.receiver = new Program({
      name: 'receiver',
      file: join(root, 'test', 'soak', 'receiver.ts'),
      ready: 'connected',
      env: {
        PORTAL: this.origin,
        PORTAL_TOKEN: this.tokens.provider,
        HOST: host,
        PORT: String(port + 2),
        HOOK: `http://${host}:${port + 3}/noticeline`,
        KEPT: this.kept,
        HANDLER_MS: '60',
        ...this.clocks.get('receiver')?.env,
      },
    })
    await this.receiver.start()
    this.stream = new Stream({
      portal: this.origin,
      token: this.tokens.notifier,
      files: `http://${host}:${port + 4}`,
      chance: this.chance,
    })
  }

  /** The portal's own ground in this process, for what is asked of a verb. */
  async inGround<T>(work: (built: BuiltGround) => Promise<T>): Promise<T> {
    const config = readConfig({ ...this.env, NOTICELINE_LOG_LEVEL: 'silent' }, { dataDirDefault: this.server.dataDir })
    const built = await buildGround(config, {
      reactionsTo: reactionNames,
      project: projectFacts,
      keyChanged: recordKey,
      mailSent: recordMail,
      working: false,
    })
    try {
      return await work(built)
    } finally {
      await built.close()
    }
  }

  connection(): Promise<Connection> {
    return this.server.connection()
  }

  async look<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.server.connect()
    try {
      return await work(client)
    } finally {
      await client.end().catch(() => {})
    }
  }

  get programs(): Program[] {
    const others = this.hostings.map(({ receiver }) => receiver)
    return [this.portal, ...(this.worker ? [this.worker] : []), this.receiver, ...others]
  }

  /** What notifiers sent, to whomever it went. */
  get streams(): Stream[] {
    return [this.stream, ...this.hostings.map(({ stream }) => stream)]
  }

  /** Starts what does not run, and waits until the portal says that it can work. */
  async recover(): Promise<void> {
    await this.server.start()
    await Promise.all(this.programs.filter((one) => !one.running).map((one) => one.start()))
    await until(() => this.ready(), 120_000).catch(() => {
      throw new Error(`The portal does not come back:\n${this.portal.output().slice(-3000)}`)
    })
  }

  async ready(): Promise<boolean> {
    return fetch(`${this.direct}/readyz`, { signal: AbortSignal.timeout(3000) }).then(
      ({ status }) => status === 200,
      () => false,
    )
  }

  async close(): Promise<void> {
    for (const hosting of this.hostings) await hosting.close()
    await this.stream?.stop(0)
    for (const program of [this.receiver, this.worker, this.portal]) await program?.stop()
    await this.front?.close()
    await this.hook?.close()
    this.#files?.closeAllConnections()
    this.#files?.close()
    await this.server.destroy()
    rmSync(this.kept, { recursive: true, force: true })
  }
}

function clockOn(clocks: Map<Machine, TurnedClock>, folder: string, machine: Machine): TurnedClock {
  const clock = clocks.get(machine) ?? new TurnedClock(folder, machine)
  clocks.set(machine, clock)
  return clock
}
