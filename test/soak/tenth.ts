import { expect, test } from 'vitest'
import { parts, whyNot } from './parts.ts'

/** The same moments on every run; `pnpm soak` chooses its own, and plays ten times as much. */
const seed = 20_261_122

/** A few rounds of a part as a test. One that cannot be played here is skipped, and its name says why. */
export function playTenth(says: string, name: string, database: string, rounds: number): void {
  const part = parts.find((one) => one.name === name)
  if (!part) throw new Error(`No part is called ${name}`)
  const why = whyNot(part, database)
  test.skipIf(why !== null)(
    why === null ? says : `${says} (${why})`,
    async () => {
      const told: string[] = []
      const played = await part.play({ database, rounds, seed, tell: (line) => told.push(line) })
      const { losses, doubles, problems } = played
      // What had been struck by then stands beside what is wrong.
      expect({ losses, doubles, problems, told }).toEqual({ losses: [], doubles: [], problems: [], told })
    },
    1_800_000,
  )
}
