import { defineConfig } from 'vitest/config'

/** One run for everything. Long proofs live in `pnpm soak`; here runs a seeded tenth of them. */
const project = (name: string, root: string, include: string[], more: object = {}) => ({
  extends: true as const,
  root,
  test: { name, include, ...more },
})

// What starts whole portals takes its turn, after everything else: two cores are soon busy.
const oneAtATime = (groupOrder: number) => ({
  maxWorkers: 1,
  sequence: { groupOrder },
  testTimeout: 180_000,
  hookTimeout: 180_000,
})

export default defineConfig({
  test: {
    projects: [
      './portal/vitest.config.ts',
      './sdk/vitest.config.ts',
      project('architecture', './test', ['architecture/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 60_000 }),
      project('package', './test', ['package/**/*.test.ts'], oneAtATime(1)),
      project('examples', './test', ['examples.test.ts'], oneAtATime(2)),
      project('wire', './test', ['wire/**/*.test.ts'], oneAtATime(3)),
      project('journeys', './test', ['journeys/**/*.test.ts'], oneAtATime(4)),
      project('secrecy', './test', ['secrecy/**/*.test.ts'], oneAtATime(5)),
      project('pages', './test', ['pages/**/*.test.ts'], oneAtATime(6)),
      project('soak', './test', ['soak/*.test.ts'], { ...oneAtATime(7), testTimeout: 300_000 }),
    ],
  },
})
