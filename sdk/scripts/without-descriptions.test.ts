import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withoutDescriptions } from './without-descriptions.ts'

test('a describing sentence goes, whatever stands in it or around it', () => {
  const sentences = [
    "z.string().describe('One.')",
    'z.string().describe("The notifier\'s own (number).")',
    "z.string()\n  .optional()\n  .describe(\n    'Two. It\\'s long, and says .describe(\\'x\\') itself.',\n  )",
    'z.string().describe(`Three.`)',
  ]
  for (const sentence of sentences) {
    const built = withoutDescriptions(`export const one = ${sentence}`)
    expect(built).not.toContain('describe(')
    expect(built).toMatch(/^export const one = \/\* @__PURE__ \*\/ z\.string\(\)(\s*\.optional\(\))?$/)
  }
})

test('a sentence in the middle of a chain goes alone', () => {
  expect(withoutDescriptions("const one = z.string().describe('One.').optional()")).toBe(
    'const one = /* @__PURE__ */ z.string().optional()',
  )
})

test('what only looks like a sentence stays: in a string, in a comment, computed, or without an object', () => {
  for (const other of [
    'const text = "z.string().describe(\'One.\')"',
    "// z.string().describe('One.')",
    'export function f(x: string) {\n  return z.string().describe(x)\n}',
    "export function f() {\n  describe('a test')\n}",
  ]) {
    expect(withoutDescriptions(other)).toBe(other)
  }
})

test('a call inside of a function is not called pure: it may be there for what it does', () => {
  const source =
    'const f = () => {\n  forget(z.string())\n}\nconst one = z.object({ a: b(2) }).superRefine((x) => check(x))'
  expect(withoutDescriptions(source)).toBe(
    source.replace('z.object', '/* @__PURE__ */ z.object').replace('b(2)', '/* @__PURE__ */ b(2)'),
  )
})

test('nothing of the wire keeps a sentence, and nothing else of it changes', () => {
  const folder = new URL('../src/protocol/', import.meta.url)
  let sentences = 0
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    const source = readFileSync(new URL(name, folder), 'utf8')
    const built = withoutDescriptions(source)
    expect(built, name).not.toContain('.describe(')
    sentences += source.split('.describe(').length - 1
    if (!source.includes('.describe(')) expect(unmarked(built), name).toBe(unmarked(source))
  }
  expect(sentences).toBeGreaterThan(100)
})

function unmarked(source: string): string {
  return source.replaceAll('/* @__PURE__ */ ', '')
}
