import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'portal',
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules', 'build', '.data'],
    globalSetup: ['./testing/cluster.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
