/** A field of companies, each with a network, an endpoint and a notifier's notices of its own; twenty of them misbehave. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKey } from '@noticeline/sdk/protocol'
import { addContact } from '../../portal/providers/add-contact.ts'
import { addEndpoint } from '../../portal/providers/add-endpoint.ts'
import { root } from '../architecture/tree.ts'
import { addProvider, programOf } from '../bench/cast.ts'
import { type Behaviour, faults } from '../running/faulty-endpoint.ts'
import { type NameServer, startNameServer } from '../running/name-server.ts'
import { freshDataDir } from '../running/portal.ts'
import { Program } from '../running/program.ts'
import type { Company } from './field-process.ts'
import { Stream } from './stream.ts'
import type { World } from './world.ts'

export interface Place {
  readonly behaviour: Behaviour
  readonly orgId: string
  /** What its notifier submits about what lies in its network. */
  readonly stream: Stream
}

/** What came to a place, as it wrote it down. */
export interface Call {
  readonly place: number
  readonly jti: string
  readonly noticeId: string
  readonly digest: string
  readonly stored: boolean
}

/** On this machine, and outside of what the portal may call. */
const inside = '127.1.0.1'

/** Name servers that lie about one name, and have nothing to say about another. */
export class Names {
  readonly env: Readonly<Record<string, string>>
  readonly #servers: readonly NameServer[]

  private constructor(servers: readonly NameServer[]) {
    this.#servers = servers
    this.env = {
      NOTICELINE_RESOLVERS: servers.map(({ address }) => address).join(','),
      NOTICELINE_ALLOWED_RANGES: '127.0.0.0/16,2001:db8:25::/48',
      // Nothing here is ever taken down, so nobody looks twice.
      NOTICELINE_OBSERVE_INTERVAL: 'P7D',
      NOTICELINE_OBSERVE_HEAD: 'no',
    }
  }

  static async open(): Promise<Names> {
    const servers = await Promise.all([startNameServer(), startNameServer()])
    let asked = 0
    for (const { hosts } of servers) {
      hosts.set('no-name.example', () => 'failing')
      hosts.set('ipv6-only.example', (kind) => (kind === 'AAAA' ? ['2001:db8:25::1'] : []))
      hosts.set('rebinding.example', (kind) => {
        if (kind === 'AAAA') return []
        asked += 1
        return [asked % 2 === 1 ? '127.0.0.1' : inside]
      })
    }
    return new Names(servers)
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()))
  }
}

export class Field {
  readonly places: readonly Place[]
  readonly #kept: string
  readonly #program: Program

  private constructor(places: readonly Place[], kept: string, program: Program) {
    this.places = places
    this.#kept = kept
    this.#program = program
  }

  /** Twenty that misbehave, and so many that do not. */
  static async open(world: World, healthy: number): Promise<Field> {
    const behaviours: Behaviour[] = [...faults, ...Array.from({ length: healthy }, () => 'good' as const)]
    const keys = await Promise.all(behaviours.map(() => generateKey('sig')))
    const kept = join(freshDataDir(), 'field')
    mkdirSync(kept)
    const companies = behaviours.map((behaviour, number): Company => {
      const { kid = '', privateJwk = {} } = keys[number] ?? {}
      return { behaviour, key: { kid, privateJwk } }
    })
    writeFileSync(join(kept, 'companies.json'), JSON.stringify(companies))
    const program = new Program({
      name: 'field',
      file: join(root, 'test', 'soak', 'field-process.ts'),
      ready: 'listening',
      env: {
        PORTAL: world.direct,
        ISSUER: world.origin,
        KEPT: kept,
        INSIDE: inside,
      },
    })
    await program.start()
    const ports: number[] = JSON.parse(readFileSync(join(kept, 'ports.json'), 'utf8'))
    const orgIds = await world.inGround(async ({ ground }) => {
      const made: string[] = []
      for (const [number, behaviour] of behaviours.entries()) {
        const { orgId, token } = await addProvider(ground, `Company ${number} (${behaviour})`, firstNetwork + number)
        const added = await addEndpoint(ground, await programOf(ground, token), {
          url: urlOf(behaviour, ports[number] ?? 0),
          signing_keys: [keys[number]?.publicJwk],
        })
        if (added.result !== 'added') throw new Error(`The endpoint was refused: ${added.result}`)
        if (behaviour !== 'good')
          for (const box of ['abuse', 'night'])
            await addContact(ground, {
              orgId,
              kind: 'abuse',
              email: `${box}@company${number}.example`,
              languages: ['en'],
              verified: true,
            })
        made.push(orgId)
      }
      return made
    })
    // Those that misbehave would pass no verification: they began to after it.
    await world.look((client) =>
      client.query(
        `update endpoints set state = 'active', verified_at = now(), verified_grade = 'answered' where org_id = any($1)`,
        [orgIds],
      ),
    )
    const places = behaviours.map((behaviour, number) => {
      const files = `http://127.0.${firstNetwork + number}.1`
      const stream = new Stream({ portal: world.direct, token: world.tokens.notifier, files, chance: world.chance })
      return { behaviour, orgId: orgIds[number] ?? '', stream }
    })
    return new Field(places, kept, program)
  }

  get acknowledged(): number {
    return this.places.reduce((sum, { stream }) => sum + stream.acknowledged.length, 0)
  }

  /** Organisations whose endpoints are of this kind. */
  orgIds(which: (behaviour: Behaviour) => boolean): string[] {
    return this.places.filter(({ behaviour }) => which(behaviour)).map(({ orgId }) => orgId)
  }

  calls(): Call[] {
    return this.#ledger('calls').map(([place, jti = '', noticeId = '', digest = '', said]) => ({
      place: Number(place),
      jti,
      noticeId,
      digest,
      stored: said === 'stored',
    }))
  }

  /** What is wrong on this side of the wire. */
  problems(): string[] {
    return [
      ...this.#program.collapses,
      ...this.places.flatMap(({ stream }) => stream.problems),
      ...this.#ledger('inside').map((words) => `behind a name that had changed: ${words.join(' ')}`),
    ]
  }

  #ledger(name: string): string[][] {
    try {
      const lines = readFileSync(join(this.#kept, name), 'utf8').split('\n')
      return lines.filter((line) => line !== '').map((line) => line.split(' '))
    } catch {
      return []
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.places.map(({ stream }) => stream.stop(0)))
    await this.#program.stop()
    rmSync(join(this.#kept, '..'), { recursive: true, force: true })
  }
}

const firstNetwork = 100

function urlOf(behaviour: Behaviour, port: number): string {
  if (behaviour === 'wrong-certificate') return `https://127.0.0.1:${port}/`
  const named = ['no-name', 'rebinding', 'ipv6-only'].includes(behaviour)
  return `http://${named ? `${behaviour}.example` : '127.0.0.1'}:${port}/`
}
