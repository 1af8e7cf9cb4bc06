/** The parts of the proof: each on a world of its own, at whatever count. */
import { mutationsPart } from '../refusals/part.ts'
import { type DatabaseName, debianBinaries, whyNoSmallDisk } from '../running/database.ts'
import { startMailServer } from '../running/mail-server.ts'
import { chanceOf } from '../running/random.ts'
import { whyNoTurnedClock } from '../running/turned-clock.ts'
import { audit, settle } from './audit.ts'
import { acrossDaylightSaving, turns } from './clocks.ts'
import { playFaultyEndpoints } from './faulty-endpoints.ts'
import { fillDisk } from './full-disk.ts'
import { beGone } from './gone.ts'
import { rotateUnderLoad } from './keys.ts'
import { moments } from './moments.ts'
import { failForAWhile, failForLong, seeDeadLetter, sweepPlanted } from './reactions.ts'
import { playRounds } from './rounds.ts'
import { killFirstStarts, killMigrations, type StartFigures, startAtOnce } from './starts.ts'
import { struckParts } from './struck/parts.ts'
import { carryOver } from './transfer.ts'
import { World, type WorldOptions } from './world.ts'

export interface Result {
  part: string
  /** Or the store of the SDK. */
  database: string
  /** Kills and faults. */
  strokes: number
  notices: number
  losses: string[]
  doubles: string[]
  chains: number
  problems: string[]
  seconds: number
}

export interface Asked<On extends string = DatabaseName> {
  readonly database: On
  readonly rounds: number
  readonly seed: number
  readonly tell: (line: string) => void
}

export interface Part<On extends string = DatabaseName> {
  readonly name: string
  /** For `pnpm soak`; a test plays about a tenth, at least one. */
  readonly rounds: number
  readonly databases: readonly On[]
  /** Why it cannot be played here, or null. */
  why?(database: On): string | null
  play(asked: Asked<On>): Promise<Result>
}

const both = ['embedded', 'debian'] as const

const portalParts: readonly Part[] = [
  {
    name: 'random-moments',
    rounds: 200,
    databases: both,
    play: (asked) =>
      onWorld('random-moments', asked, { apart: asked.database === 'debian' }, async (world) => {
        world.stream.start(250)
        await playRounds(world, asked.rounds, asked.tell)
        return asked.rounds
      }),
  },
  {
    name: 'faulty-endpoints',
    rounds: 200,
    databases: both,
    play: playFaultyEndpoints,
  },
  {
    name: 'precise-moments',
    rounds: 5,
    databases: both,
    play: (asked) =>
      onWorld('precise-moments', asked, { apart: asked.database === 'debian' }, async (world) => {
        let strokes = 0
        for (let round = 0; round < asked.rounds; round += 1) {
          for (const [name, strike] of Object.entries(moments)) {
            await strike(world)
            strokes += 1
            asked.tell(name)
          }
        }
        return strokes
      }),
  },
  {
    name: 'first-starts',
    rounds: 20,
    databases: both,
    play: (asked) =>
      onStart('first-starts', asked, () => killFirstStarts(asked.database, asked.rounds, chanceOf(asked.seed))),
  },
  {
    name: 'migrations',
    rounds: 10,
    databases: both,
    play: (asked) => onStart('migrations', asked, () => killMigrations(asked.database, asked.rounds)),
  },
  {
    name: 'five-starts-at-once',
    rounds: 5,
    databases: both,
    play: (asked) => onStart('five-starts-at-once', asked, () => startManyTimes(asked)),
  },
  {
    name: 'reactions',
    rounds: 5,
    databases: both,
    play: (asked) =>
      onWorld('reactions', asked, { apart: asked.database === 'debian' }, async (world, problems) => {
        for (let round = 0; round < asked.rounds; round += 1) {
          problems.push(...(await failForAWhile(world, 6000)))
          asked.tell('failed for a while')
          problems.push(...(await seeDeadLetter(world)))
          asked.tell('given up and put back')
          problems.push(...(await sweepPlanted(world)))
          asked.tell('never queued')
        }
        return asked.rounds * 3
      }),
  },
  {
    // A minute a round: 60 are the hour. The tenth takes seconds.
    name: 'hour-of-failure',
    rounds: 60,
    databases: both,
    play: (asked) =>
      onWorld('hour-of-failure', asked, { apart: asked.database === 'debian' }, async (world, problems) => {
        problems.push(...(await failForLong(world, asked.rounds > 1 ? asked.rounds * 60_000 : 15_000)))
        asked.tell('failed, and was done by itself')
        return 1
      }),
  },
  {
    // A minute a round. The tenth rotates twice in seconds.
    name: 'key-rotation',
    rounds: 10,
    databases: both,
    play: (asked) =>
      onWorld('key-rotation', asked, { apart: asked.database === 'debian' }, async (world, problems) => {
        const whole = asked.rounds > 1
        const rotation = { times: whole ? asked.rounds : 2, everyMs: whole ? 60_000 : 5_000, tell: asked.tell }
        problems.push(...(await rotateUnderLoad(world, rotation)))
        return rotation.times
      }),
  },
  {
    name: 'clocks',
    rounds: 3,
    databases: both,
    why: whyNoTurnedClock,
    play: (asked) =>
      onWorld('clocks', asked, { apart: true, clocks: true }, async (world, problems) => {
        world.stream.start(400)
        let strokes = 0
        for (let round = 0; round < asked.rounds; round += 1) {
          for (const [name, turn] of Object.entries(turns)) {
            problems.push(...(await turn(world, 1500)))
            strokes += 1
            asked.tell(name)
          }
          if (asked.database === 'debian') {
            problems.push(...(await acrossDaylightSaving(world)))
            world.turn({ portal: 0, worker: 0, receiver: 0, database: 0 })
            strokes += 2
            asked.tell('across daylight saving, both ways')
          }
        }
        return strokes
      }),
  },
  {
    // Notices to each of three companies, for each of the two lengths.
    name: 'receiver-gone',
    rounds: 100,
    databases: ['debian'],
    why: whyNoTurnedClock,
    play: async (asked) => {
      const mail = await startMailServer()
      const env = { NOTICELINE_SMTP_URL: mail.url, NOTICELINE_OBSERVE_INTERVAL: 'PT10S' }
      try {
        return await onWorld('receiver-gone', asked, { apart: true, clocks: true, env }, (world, problems) =>
          beGone(world, mail, asked, problems),
        )
      } finally {
        await mail.stop()
      }
    },
  },
  {
    name: 'export-destroy-import',
    rounds: 5,
    databases: both,
    play: (asked) =>
      onWorld('export-destroy-import', asked, { apart: false }, async (world, problems) => {
        for (let round = 0; round < asked.rounds; round += 1) {
          world.stream.start(100)
          await new Promise((resolve) => setTimeout(resolve, 1500))
          await world.stream.stop(20_000)
          const carried = await carryOver(world)
          problems.push(...carried.problems)
          asked.tell(`${carried.rows} rows, ${carried.chains} chains`)
          await world.recover()
        }
        return asked.rounds
      }),
  },
  {
    name: 'full-disk',
    rounds: 5,
    databases: both,
    why: whyNoSmallDisk,
    play: (asked) =>
      onWorld('full-disk', asked, { apart: false, diskMb: asked.database === 'debian' ? 160 : 400 }, async (world) => {
        world.stream.start(250)
        await fillDisk(world, asked.rounds)
        return asked.rounds
      }),
  },
]

export const parts: readonly Part<string>[] = [...portalParts, ...struckParts, mutationsPart]

/** Why a part cannot be played on a database here, or null. */
export function whyNot(part: Part<string>, database: string): string | null {
  if (database === 'debian' && debianBinaries() === null) return "needs Debian's postgresql"
  return part.why?.(database) ?? null
}

async function onWorld(
  part: string,
  { database, seed, rounds }: Asked,
  options: Omit<WorldOptions, 'database' | 'seed'>,
  play: (world: World, problems: string[]) => Promise<number>,
): Promise<Result> {
  const began = performance.now()
  const world = await World.open({ database, seed, ...options })
  try {
    const problems: string[] = []
    const strokes = await play(world, problems)
    for (const stream of world.streams) await stream.stop(5000)
    await settle(world, 120_000 + rounds * 2000)
    const { notices, losses, doubles, chains, problems: more } = await audit(world)
    return {
      part,
      database,
      strokes,
      notices,
      losses,
      doubles,
      chains,
      problems: [...problems, ...more],
      seconds: secondsSince(began),
    }
  } finally {
    await world.close()
  }
}

async function onStart(part: string, { database }: Asked, play: () => Promise<StartFigures>): Promise<Result> {
  const began = performance.now()
  const { kills, problems } = await play()
  const nothing = { notices: 0, losses: [], doubles: [], chains: 0 }
  return { part, database, strokes: kills, ...nothing, problems, seconds: secondsSince(began) }
}

async function startManyTimes({ database, rounds, tell }: Asked): Promise<StartFigures> {
  const problems: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    problems.push(...(await startAtOnce(database, 5)).problems)
    tell('five started')
  }
  return { kills: 0, problems }
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10
}
