/** Another hosting company beside the first: a receiver, what it serves, and a notifier's program that finds things there. */
import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import type { CastMember } from '../../portal/seed/cast.ts'
import { seedCast, tokenOf } from '../../portal/seed/seed.ts'
import { root } from '../architecture/tree.ts'
import { freePorts } from '../running/portal.ts'
import { Program } from '../running/program.ts'
import { serveWhatIsLeft } from './ledger.ts'
import { Stream } from './stream.ts'
import type { World } from './world.ts'

/** Where its network lies, on this machine. */
const hosts = { mudlark: '127.0.20.1', teal: '127.0.60.1' } as const
export type HostingName = keyof typeof hosts & CastMember['key']

export class Hosting {
  readonly token: string
  readonly kept: string
  readonly receiver: Program
  readonly stream: Stream
  readonly #at: { host: string; port: number }
  readonly #files: Server

  private constructor(
    world: World,
    name: HostingName,
    made: { token: string; kept: string; port: number; files: Server; env: Readonly<Record<string, string>> },
  ) {
    const host = hosts[name]
    this.token = made.token
    this.kept = made.kept
    this.#files = made.files
    this.#at = { host, port: made.port }
    this.receiver = new Program({
      name: `receiver of ${name}`,
      file: join(root, 'test', 'soak', 'receiver.ts'),
      ready: 'connected',
      env: {
        PORTAL: world.origin,
        PORTAL_TOKEN: made.token,
        HOST: host,
        PORT: String(made.port),
        HOOK: this.url('/noticeline'),
        KEPT: made.kept,
        HANDLER_MS: '60',
        ...made.env,
      },
    })
    this.stream = new Stream({
      portal: world.origin,
      token: world.tokens.notifier,
      files: `http://${host}:${made.port + 1}`,
      chance: world.chance,
    })
  }

  /** Its receiver runs and is connected. The world ends it. */
  static async open(world: World, name: HostingName, env: Readonly<Record<string, string>> = {}): Promise<Hosting> {
    const kept = join(world.kept, '..', name)
    mkdirSync(kept, { mode: 0o755 })
    const port = await freePorts(2)
    const token = await world.inGround(async ({ ground }) =>
      tokenOf(ground, (await seedCast(ground))[name], 'soak', undefined),
    )
    const files = await serveWhatIsLeft(kept, hosts[name], port + 1)
    const hosting = new Hosting(world, name, { token, kept, port, files, env })
    world.hostings.push(hosting)
    await hosting.receiver.start()
    return hosting
  }

  url(path: string): string {
    return `http://${this.#at.host}:${this.#at.port}${path}`
  }

  async close(): Promise<void> {
    await this.stream.stop(0)
    await this.receiver.stop()
    this.#files.closeAllConnections()
    this.#files.close()
  }
}
