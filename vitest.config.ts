import { defineConfig } from 'vitest/config'

/** One run for everything. Long proofs live in `pnpm soak`; here runs a seeded tenth of them. */
const project = (name: string, root: string, include: string[], more: object = {}) => ({
  extends: true as const,
  root,
  test: { name, include, ...more },
})

// What starts whole portals takes its turn: two cores are soon busy.
const oneAtATime = { pool: 'forks' as const, fileParallelism: false, testTimeout: 180_000, hookTimeout: 180_000 }

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      './portal/vitest.config.ts',
      './sdk/vitest.config.ts',
      project('architecture', './test', ['architecture/**/*.test.ts'], { testTimeout: 120_000 }),
      project('wire', './test', ['wire/**/*.test.ts'], oneAtATime),
      project(
        'journeys',
        './test',
        ['journeys/**/*.test.ts', 'secrecy/**/*.test.ts', 'pages/**/*.test.ts'],
        oneAtATime,
      ),
      project('examples', './test', ['examples.test.ts'], oneAtATime),
      project('package', './test', ['package/**/*.test.ts'], oneAtATime),
    ],
  },
})
