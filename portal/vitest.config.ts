import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'portal',
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules', 'build', '.data'],
    // Files share what they import, and the databases they emptied: most of their time would go into both otherwise.
    isolate: false,
    globalSetup: ['./testing/cluster.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
