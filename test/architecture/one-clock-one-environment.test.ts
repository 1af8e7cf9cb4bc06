import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesBelow, root } from './tree.ts'

const portal = filesBelow('portal').filter(
  (file) => /\.(ts|tsx)$/.test(file) && !/\.test\.tsx?$|\.d\.ts$|^portal\/testing\//.test(file),
)

const rules = [
  {
    what: 'the current time',
    pattern: /\bDate\.now\(\)|\bnew Date\(\)|\bperformance\.timeOrigin\b/,
    allowed: /^portal\/ground\/clock\.ts$/,
    plant: 'const at = new Date()',
  },
  {
    what: 'the environment',
    pattern: /\bprocess\.env\b/,
    // The entry files hand the environment to the reader; nothing else sees it.
    allowed:
      /^portal\/(ground\/config\.server\.ts|vite\.config\.ts|vitest\.config\.ts|server\.ts|worker\.ts|scripts\/.+)$/,
    plant: 'const port = process.env.PORT',
  },
  {
    what: 'fetch, which follows redirects and reads bodies',
    // A member called fetch (Hono's app.fetch, a Remix fetcher) is not the network.
    pattern: /(?<![.\w])fetch\(/,
    allowed: /^portal\/(app\/ui\/.+|seed\/.+)$/,
    plant: 'await fetch(url)',
  },
]

describe.each(rules)('$what stands in one place', ({ pattern, allowed, plant }) => {
  test('and nowhere else', () => {
    const found = portal
      .filter((file) => !allowed.test(file))
      .flatMap((file) =>
        readFileSync(join(root, file), 'utf8')
          .split('\n')
          .flatMap((line, index) =>
            pattern.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line) ? [`${file}:${index + 1}`] : [],
          ),
      )
    expect(portal.length).toBeGreaterThan(80)
    expect(found).toEqual([])
  })

  test('and the look finds a planted one', () => {
    expect(pattern.test(plant)).toBe(true)
  })
})
