/** What strangers compile against: told in words, complete, and never changed unnoticed. */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { beforeAll, expect, inject, test } from 'vitest'
import { apiReports } from '../../sdk/scripts/api-report.ts'
import { consumer, doors } from './consumer.ts'

const { unpacked } = inject('packed')
const committed = join(import.meta.dirname, '..', '..', 'sdk', 'api')
const reference = join(import.meta.dirname, '..', '..', 'sdk', 'docs', 'reference')
let reports: Map<string, string>
beforeAll(async () => {
  reports = await apiReports(join(unpacked, 'dist'))
})

test('no door has changed without the report that shows the change: npx pnpm@10.34.9 generated', async () => {
  const names = await readdir(committed).catch((): string[] => [])
  const texts = await Promise.all(names.map((name) => readFile(join(committed, name), 'utf8')))
  const changed = [...reports.keys(), ...names].filter(
    (name, index, all) => all.indexOf(name) === index && texts[names.indexOf(name)] !== reports.get(name),
  )
  const hint = 'Run `npx pnpm@10.34.9 generated`, look at what changed in sdk/api, and commit it with a changeset.'
  expect(changed, hint).toEqual([])
})

test('the report shows a member that becomes optional, a parameter more, and an export less', async () => {
  const plants: [RegExp, string][] = [
    [/readonly key: string;/, 'readonly key?: string;'],
    [/declare function numbered\(text: string\)/, 'declare function numbered(text: string, from?: number)'],
    [/, memoryStore/, ''],
  ]
  const at = await mkdtemp(join(tmpdir(), 'planted-'))
  try {
    for (const name of await readdir(join(unpacked, 'dist'))) {
      if (name.endsWith('.d.ts')) await copyFile(join(unpacked, 'dist', name), join(at, name))
    }
    const right = await readFile(join(at, 'stores.d.ts'), 'utf8')
    let planted = right
    for (const [from, to] of plants) {
      expect(planted).toMatch(from)
      planted = planted.replace(from, to)
    }
    await writeFile(join(at, 'stores.d.ts'), planted)
    const shown = (await apiReports(at)).get('stores.api.md') ?? ''
    expect(shown).toContain('readonly key?: string')
    expect(shown).toContain('numbered(text: string, from?: number)')
    expect(shown).not.toContain('export function memoryStore')
  } finally {
    await rm(at, { recursive: true, force: true })
  }
})

test('every export of every door says what it is, and stands in the reference', async () => {
  const at = join(await consumer('types-nodenext', 'documented'), 'node_modules', '@noticeline', 'sdk', 'dist')
  const files = (await doors()).map((door) => join(at, `${door === '' ? 'index' : door.slice(1)}.d.ts`))
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, skipLibCheck: true }
  const program = ts.createProgram(files, options)
  const checker = program.getTypeChecker()
  const pages = new Map<string, string>()
  for (const name of await readdir(reference)) pages.set(name, await readFile(join(reference, name), 'utf8'))
  const missing: string[] = []
  const silent = files.flatMap((file) => {
    const source = program.getSourceFile(file)
    const door = source && checker.getSymbolAtLocation(source)
    if (!door) throw new Error(`${file} exports nothing.`)
    return checker.getExportsOfModule(door).flatMap((symbol) => {
      const page = `${file.split('/').pop()?.replace('.d.ts', '')}.md`
      if (!pages.get(page)?.includes(`### ${symbol.name}`)) missing.push(`${symbol.name} in ${page}`)
      const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      return meant.getDocumentationComment(checker).length === 0 ? [`${symbol.name} of ${file.split('/').pop()}`] : []
    })
  })
  expect(silent, 'Write one sentence above each in its source: what it promises, or what it is.').toEqual([])
  expect(missing, 'Run `npx pnpm@10.34.9 generated` and commit the reference.').toEqual([])
})
