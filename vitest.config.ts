import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** One run for everything. Long proofs live in `pnpm soak`; here runs a seeded tenth of them. */
const project = (name: string, root: string, include: string[], more: object = {}) => ({
  extends: true as const,
  root,
  test: { name, include, ...more },
})

// What starts whole portals comes after everything else, two files at a time: it waits more than it works.
const wholePortals = (groupOrder: number, maxWorkers = 2) => ({
  maxWorkers,
  sequence: { groupOrder },
  testTimeout: 180_000,
  hookTimeout: 180_000,
})

export default defineConfig({
  test: {
    // Two files at a time on two cores as well: while one waits for its database the other works.
    maxWorkers: 2,
    projects: [
      './portal/vitest.config.ts',
      './sdk/vitest.config.ts',
      project('architecture', './test', ['architecture/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 60_000 }),
      project('frameworks', './test', ['frameworks/**/*.test.ts'], wholePortals(1)),
      project('package', './test', ['package/**/*.test.ts'], {
        ...wholePortals(1),
        globalSetup: [join(import.meta.dirname, 'test/package/pack.ts')],
      }),
      project('stores', './test', ['stores/**/*.test.ts'], wholePortals(1)),
      project('examples', './test', ['examples.test.ts', 'examples/**/*.test.ts'], wholePortals(1)),
      project('wire', './test', ['wire/**/*.test.ts'], wholePortals(1)),
      project('journeys', './test', ['journeys/**/*.test.ts'], wholePortals(2)),
      project('secrecy', './test', ['secrecy/**/*.test.ts'], wholePortals(2)),
      project('pages', './test', ['pages/**/*.test.ts'], wholePortals(2)),
      project('soak', './test', ['soak/*.test.ts'], { ...wholePortals(3, 1), testTimeout: 300_000 }),
    ],
  },
})
