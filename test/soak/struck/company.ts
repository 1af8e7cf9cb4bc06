/** A hosting company whose program is killed again and again, and what stands around it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadOrCreateKeys } from '@noticeline/sdk/stores'
import { createTestPortal } from '@noticeline/sdk/testing'
import { readFileStore } from '../../../sdk/src/inbox/read-file-store.ts'
import { freePorts } from '../../running/portal.ts'
import type { Chance } from '../../running/random.ts'
import { Ledger } from './ledger.ts'
import { type Effects, Panel } from './panel.ts'
import { openPlace, type Place } from './places.ts'
import { bundle, Life } from './program.ts'
import { Said } from './said.ts'
import type { StoreName } from './stores.ts'
import { notifier, Stream, type Way } from './stream.ts'

export interface Told {
  readonly messages: Readonly<Record<string, number>>
  readonly reports: Readonly<Record<string, number>>
  readonly dead: readonly { readonly id: string; readonly reason: string | null }[]
}

export interface Company {
  readonly place: Place
  readonly stream: Stream
  readonly said: Said
  readonly effects: Effects
  /** How notices come in, round by round. */
  readonly ways: readonly Way[]
  /** Whether the program takes what is given to it as moments of its own store. */
  readonly ownStore: boolean
  launch(moment?: string): Life
  /** What the living program, or its store, says; null where nothing answers. */
  ask(): Promise<Told | null>
  /** Its clock, and the portal's, go ahead. */
  forward(milliseconds: number): void
  close(): Promise<void>
}

/** A company with a program of its own on the SDK. */
export async function openCompany(store: StoreName, chance: Chance): Promise<Company> {
  const around = await openAround(store, chance)
  const { portal, place, said, stream, ahead } = around
  const panel = await Panel.open((effect) => said.heardOf(effect))
  const keysFile = join(place.kept, 'keys.json')
  const keys = await loadOrCreateKeys(keysFile)
  const port = await freePorts(1)
  const endpoint = portal.attach({
    audience: 'urn:noticeline:org:org_tern',
    signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
    sealingKey: keys.sealing[0]?.publicJwk ?? null,
    to: `http://127.0.0.1:${port}/`,
  })
  const file = await bundle(join(import.meta.dirname, 'receiver-process.ts'), place.kept)
  return {
    ...around,
    effects: panel,
    ways: ['push', 'poll', 'both'],
    ownStore: true,
    launch(moment = '') {
      place.tidy()
      return new Life(file, [], {
        PORTAL: portal.issuer,
        AUDIENCE: endpoint.audience,
        PORT: String(port),
        KEYS: keysFile,
        STORE: place.store,
        STORE_AT: place.at,
        STORE_KEY: join(place.kept, 'store.key'),
        MODULES: import.meta.url,
        POLL_URL: stream.way === 'push' ? '' : `${portal.issuer}/v1/streams/${endpoint.id}`,
        POLL_TOKEN: portal.token,
        PANEL: panel.url,
        HANDLER_MS: '15',
        AHEAD_MS: String(ahead.ms),
        STRIKE: moment,
      })
    },
    ask: () =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        async (answer) => (answer.ok ? ((await answer.json()) as Told) : null),
        () => null,
      ),
    async close() {
      panel.close()
      await around.close()
    },
  }
}

/** A company whose panel is written in something else: the agent runs its command. */
export async function openAgentCompany(chance: Chance): Promise<Company> {
  const around = await openAround('file', chance)
  const { portal, place, said, stream, ahead } = around
  const ledger = join(place.kept, 'ledger')
  const items = () => stream.cases.flatMap(({ notice }) => notice.items)
  const effects = new Ledger(ledger, said, () => new Map(items().map(({ id, url }) => [id, url])))
  const config = join(place.kept, 'agent.json')
  writeFileSync(
    config,
    JSON.stringify({
      portal: portal.issuer,
      command: [join(import.meta.dirname, 'agent-handler.sh')],
      state: place.at,
      environment: { LEDGER: ledger },
      mode: 'auto',
      auto: { notifiers: [notifier.id], regimes: ['test'], categories: ['csam'], items_an_hour: 1_000_000 },
    }),
  )
  const file = await bundle(join(import.meta.dirname, 'agent-process.ts'), place.kept)
  const company: Company = {
    ...around,
    effects,
    ways: ['poll'],
    ownStore: false,
    launch: (moment = '') =>
      new Life(file, ['agent', '--config', config], {
        NOTICELINE_TOKEN: portal.token,
        AHEAD_MS: String(ahead.ms),
        STRIKE: moment,
      }),
    async ask() {
      const inbox = await readFileStore(join(place.at, 'inbox')).catch(() => null)
      if (inbox === null) return null
      const dead = inbox.messages('dead').map(({ id, note }) => ({ id, reason: note }))
      return { ...inbox.counts(), dead }
    },
  }
  // Notices are addressed to somebody: it registers, by itself, before anything happens to it.
  const first = company.launch()
  while (portal.endpoints.length === 0) {
    if (!(await Promise.race([first.ended.then(() => false), pause(50).then(() => true)])))
      throw new Error(first.printed)
  }
  while (!first.printed.includes('connected')) await pause(50)
  await first.kill()
  return company
}

async function openAround(store: StoreName, chance: Chance) {
  const place = await openPlace(store)
  const ahead = { ms: 0 }
  const clock = { now: () => new Date(Date.now() + ahead.ms) }
  const portal = await createTestPortal({ clock, longPoll: 1000 })
  return {
    place,
    portal,
    ahead,
    said: new Said(portal),
    stream: new Stream(portal, chance),
    forward(milliseconds: number) {
      ahead.ms += milliseconds
    },
    async close() {
      await portal.stop()
      await place.destroy()
    },
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
