/** A hosting company whose program is killed again and again, and what stands around it: portal, panel, store. */
import { join } from 'node:path'
import { loadOrCreateKeys } from '@noticeline/sdk/stores'
import { createTestPortal, type TestPortal } from '@noticeline/sdk/testing'
import { freePorts } from '../../running/portal.ts'
import type { Chance } from '../../running/random.ts'
import { Panel } from './panel.ts'
import { openPlace, type Place } from './places.ts'
import { bundle, Life } from './program.ts'
import { Said } from './said.ts'
import type { StoreName } from './stores.ts'
import { Stream } from './stream.ts'

export interface Told {
  readonly health: {
    readonly messages: Readonly<Record<string, number>>
    readonly reports: Readonly<Record<string, number>>
  }
  readonly dead: readonly { readonly id: string; readonly reason: string | null }[]
}

export class Company {
  readonly portal: TestPortal
  readonly panel: Panel
  readonly place: Place
  readonly stream: Stream
  readonly said: Said
  /** How far its clock, and the portal's, is ahead. */
  #ahead: { ms: number }
  readonly #file: string
  readonly #port: number

  private constructor(
    parts: { portal: TestPortal; panel: Panel; place: Place; said: Said; ahead: { ms: number } },
    chance: Chance,
    file: string,
    port: number,
  ) {
    this.portal = parts.portal
    this.panel = parts.panel
    this.place = parts.place
    this.said = parts.said
    this.#ahead = parts.ahead
    this.stream = new Stream(parts.portal, chance)
    this.#file = file
    this.#port = port
  }

  static async open(store: StoreName, chance: Chance): Promise<Company> {
    const place = await openPlace(store)
    const ahead = { ms: 0 }
    const portal = await createTestPortal({ clock: { now: () => new Date(Date.now() + ahead.ms) } })
    const said = new Said(portal)
    const panel = await Panel.open((effect) => said.heardOf(effect))
    const keys = await loadOrCreateKeys(join(place.kept, 'keys.json'))
    const port = await freePorts(1)
    portal.attach({
      audience,
      signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
      sealingKey: keys.sealing[0]?.publicJwk ?? null,
      to: `http://127.0.0.1:${port}/`,
    })
    const file = await bundle(join(import.meta.dirname, 'receiver-process.ts'), place.kept)
    return new Company({ portal, panel, place, said, ahead }, chance, file, port)
  }

  launch(moment = ''): Life {
    return new Life(this.#file, [], {
      PORTAL: this.portal.issuer,
      AUDIENCE: audience,
      PORT: String(this.#port),
      KEYS: join(this.place.kept, 'keys.json'),
      STORE: this.place.where,
      PANEL: this.panel.url,
      HANDLER_MS: '15',
      AHEAD_MS: String(this.#ahead.ms),
      STRIKE: moment,
    })
  }

  /** What the living program says of itself; null where it does not answer. */
  async ask(): Promise<Told | null> {
    return fetch(`http://127.0.0.1:${this.#port}/health`).then(
      async (answer) => (answer.ok ? ((await answer.json()) as Told) : null),
      () => null,
    )
  }

  forward(milliseconds: number): void {
    this.#ahead.ms += milliseconds
  }

  async close(): Promise<void> {
    this.panel.close()
    await this.portal.stop()
    await this.place.destroy()
  }
}

const audience = 'urn:noticeline:org:org_tern'
