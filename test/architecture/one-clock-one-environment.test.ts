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

// The commands are told the time and the environment by their entry; everything else of the SDK takes a clock as an option.
// What `init` writes are programs of others, kept as text.
const commands = filesBelow('sdk/src/cli').filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/\/init\/\w+-files\.ts$/.test(file),
)
const commandRules = [
  { what: 'the current time', pattern: rules[0]?.pattern },
  { what: 'the process', pattern: /\bprocess\.(env|argv|cwd|std(in|out|err)|exit(Code)?)\b/ },
]

test.each(commandRules)('among the commands $what stands in their entry', ({ pattern = /^/ }) => {
  const found = commands.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))
  expect(found).toEqual(['sdk/src/cli/main.ts'])
})

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
