import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plants, targets } from './plants.ts'
import { root } from './tree.ts'

const rules: { forbidden: { name: string }[] } = createRequire(import.meta.url)('./boundaries.cjs')

interface Cruise {
  summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] }
  modules: { source: string }[]
}

function cruise(folder: string): Cruise {
  const config = join(root, 'test/architecture/boundaries.cjs')
  const program = join(root, 'test/node_modules/.bin/depcruise')
  const args = ['--config', config, '--output-type', 'json', 'portal', 'sdk/src', 'examples']
  try {
    return JSON.parse(execFileSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 }))
  } catch (error) {
    // It exits with the number of violations; what it printed is still the report.
    return JSON.parse((error as { stdout: string }).stdout)
  }
}

describe('who may import whom', () => {
  test('nobody imports what is not theirs, and the look was a real one', () => {
    const { summary, modules } = cruise(root)
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([])
    const ours = modules.filter(
      ({ source }) => /^(portal|sdk|examples)\//.test(source) && !source.includes('node_modules'),
    )
    console.info(
      `modules seen: ${ours.length} of ours, ${summary.totalCruised} in all; rules: ${rules.forbidden.length}`,
    )
    expect(ours.length).toBeGreaterThan(150)
  })

  describe('each rule catches its planted violation', () => {
    const copy = mkdtempSync(join(tmpdir(), 'noticeline-plants-'))
    let caught: Cruise['summary']['violations'] = []

    beforeAll(() => {
      // Only the shape is copied: empty folders with the plants in them, and the real packages behind links.
      for (const file of Object.keys(targets)) plant(file, targets[file] ?? '')
      for (const { file, code } of plants) plant(file, code)
      for (const member of ['portal', 'sdk', 'test', 'examples/node-http']) {
        cpSync(join(root, member, 'package.json'), join(copy, member, 'package.json'))
        symlinkSync(join(root, member, 'node_modules'), join(copy, member, 'node_modules'))
      }
      cpSync(join(root, 'package.json'), join(copy, 'package.json'))
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
      caught = cruise(copy).summary.violations
    })
    afterAll(() => rmSync(copy, { recursive: true, force: true }))

    function plant(file: string, code: string) {
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      writeFileSync(join(copy, file), code)
    }

    test.each(plants.map(({ rule, file }) => [rule, file] as const))('%s (%s)', (rule, file) => {
      expect(caught.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(rule)
    })

    test('no rule is without a plant', () => {
      const planted = new Set(plants.map(({ rule }) => rule))
      expect(rules.forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([])
      expect(readdirSync(copy).length).toBeGreaterThan(3)
    })
  })
})
