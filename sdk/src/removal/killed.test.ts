import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CaseStore, type CaseWrite, fileCases, memoryCases } from '../inbox/cases.ts'
import { aCase, World } from '../testing/removal-world.ts'
import { openRemoval } from './open-removal.ts'

const site = 'cust42.tern.example'
const lawful = { basis: 'law_enforcement', reference: 'X', until: '2026-01-01T00:00:00.000Z' } as const

/** After every hold. */
const now = () => new Date('2027-02-01T00:00:00.000Z')

/** Dies at one write: before it, or after it was durable but before anybody heard. Nothing works from then on. */
function dying(cases: CaseStore, at: number, moment: 'before' | 'after'): CaseStore & { readonly writes: number } {
  let writes = 0
  const died = () => writes >= at && at > 0
  const alive = () => {
    if (died()) throw new Error('died')
  }
  return {
    get writes() {
      return writes
    },
    open: () => cases.open(),
    close: () => cases.close(),
    async get(name) {
      alive()
      return cases.get(name)
    },
    async list(prefix) {
      alive()
      return cases.list(prefix)
    },
    async write(records: CaseWrite) {
      alive()
      writes += 1
      if (!died() || moment === 'after') await cases.write(records)
      alive()
    },
  }
}

/** All that may be asked of one item. What has run to its end is not run again: that is the inbox's promise. */
async function play(cases: CaseStore, world: World, asked: 'closed' | 'withdrawn', ended = new Set<string>()) {
  const removal = await openRemoval({ cases, steps: world.steps(), between: 0, looks: 2, clock: { now } })
  const { notice, context, withdrawal, closing } = aCase({ preservation: lawful }, now)
  const run = async (name: string, handler: () => unknown) => {
    if (!ended.has(name)) await handler()
    ended.add(name)
  }
  try {
    await run('issued', () => removal.on['notice.issued'](notice, context()))
    if (asked === 'withdrawn') await run('withdrawn', () => removal.on['notice.withdrawn'](withdrawal(), context()))
    else await run('closed', () => removal.on['notice.closed'](closing(), context()))
  } finally {
    await removal.stop()
  }
}

for (const asked of ['closed', 'withdrawn'] as const) {
  const effects = ['block', 'preserve', asked === 'closed' ? 'destroy' : 'undo']
  const expected = effects.map((step) => `${step} ntc_a/itm_1`)

  describe(`a removal that is ${asked} in the end`, () => {
    test('dies at every write, before it and after it: each effect once by its case, no step but the one that ran repeated', async () => {
      const counted = dying(memoryCases(), 0, 'before')
      const whole = new World()
      await play(counted, whole, asked)
      expect(counted.writes).toBeGreaterThan(6)
      for (let at = 1; at <= counted.writes; at += 1) {
        for (const moment of ['before', 'after'] as const) {
          const [cases, world] = [memoryCases(), new World()]
          await cases.open()
          const ended = new Set<string>()
          await expect(play(dying(cases, at, moment), world, asked, ended)).rejects.toThrow()
          const before = world.calls.length
          await play(cases, world, asked, ended)
          expect([at, moment, world.effects]).toEqual([at, moment, expected])
          // The second process calls what the first had not ended, at most one step twice; looks in a row begin again.
          const twice = world.calls.length - whole.calls.length
          expect([at, moment, twice <= 2, before > 0]).toEqual([at, moment, true, true])
          expect(world.get(site).status).toBe(asked === 'closed' ? 'blocked' : 'up')
        }
      }
    })

    test('dies in every step, before its effect and after it', async () => {
      const moments = ['resolve', 'block', 'preserve', 'purge', 'verify', asked === 'closed' ? 'destroy' : 'undo']
      for (const step of moments) {
        for (const moment of [`before ${step}`, `after ${step}`]) {
          const [cases, world] = [memoryCases(), new World()]
          await cases.open()
          world.at = (now) => {
            if (now === moment) throw new Error('died')
          }
          const ended = new Set<string>()
          await play(cases, world, asked, ended).catch(() => undefined)
          world.at = () => undefined
          await play(cases, world, asked, ended)
          expect([moment, world.effects]).toEqual([moment, expected])
          expect([moment, world.get(site)]).toEqual([
            moment,
            asked === 'closed' ? { status: 'blocked', by: 'ntc_a/itm_1' } : { status: 'up', by: null },
          ])
        }
      }
    })
  })
}

describe('a process killed for real', { timeout: 150_000 }, () => {
  const script = new URL('../testing/killed-removal.ts', import.meta.url).pathname
  const start = (...given: string[]): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', script, ...given], { stdio: ['ignore', 'pipe', 'inherit'] })

  test.each(['after block', 'before verify', 'after undo'])('%s: the next carries on from there', async (moment) => {
    const folder = await mkdtemp(join(tmpdir(), 'removal-'))
    try {
      const child = start(folder, moment)
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
      const world = new World(folder)
      await play(fileCases(join(folder, 'cases')), world, 'withdrawn')
      expect(world.effects).toEqual(['block', 'preserve', 'undo'].map((step) => `${step} ntc_a/itm_1`))
      expect(world.get(site)).toEqual({ status: 'up', by: null })
      expect(world.calls.filter((step) => step === 'resolve')).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
