/** `pnpm soak`: every part at its full count on every database there is, and a table of what came of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../architecture/tree.ts'
import { type Part, parts, type Result, whyNot } from './parts.ts'
import { type State, writeTable } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string' },
    database: { type: 'string' },
    resume: { type: 'boolean' },
  },
})
const unknown = positionals.filter((name) => !parts.some((part) => part.name === name))
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${parts.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}

const databases = [...new Set(parts.flatMap(({ databases }) => databases))]
if (values.database !== undefined && !databases.includes(values.database)) {
  console.error(`--database takes ${databases.join(', ')}.`)
  process.exit(1)
}

const stateFile = join(root, 'portal', '.data', 'soak.json')
const kept: State | null =
  values.resume && existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, 'utf8')) as State) : null
const state: State = kept ?? { seed: Number(values.seed ?? Date.now() % 1_000_000), results: {}, skipped: {} }

console.log(`Seed ${state.seed}. Interrupted, it goes on with --resume.`)
for (const part of parts) {
  if (positionals.length > 0 && !positionals.includes(part.name)) continue
  for (const database of part.databases)
    if (values.database === undefined || values.database === database) await playOne(part, database)
}
const broken = Object.values(state.results).filter((one) => faultsOf(one).length > 0)
const table = writeTable(state)
console.log(`\n${table}`)
// A few rounds of a part are no result to be kept.
if (values.rounds === undefined) writeFileSync(join(root, 'test', 'soak', 'RESULTS.md'), table)
process.exit(broken.length === 0 ? 0 : 1)

async function playOne(part: Part<string>, database: string): Promise<void> {
  const name = `${part.name} on ${database}`
  if (state.results[name]) return
  const why = whyNot(part, database)
  if (why !== null) {
    console.log(`\n${name}: skipped, ${why}`)
    state.skipped[name] = why
    return
  }
  const rounds = values.rounds === undefined ? part.rounds : Number(values.rounds)
  console.log(`\n${name}, ${rounds} rounds`)
  const began = performance.now()
  const tell = (line: string) =>
    console.log(`  ${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`)
  const result = await part
    .play({ database, rounds, seed: state.seed, tell })
    .catch((error) => cutShort(part, database, error, performance.now() - began))
  for (const line of faultsOf(result)) console.log(`  ! ${line}`)
  state.results[name] = result
  mkdirSync(dirname(stateFile), { recursive: true })
  writeFileSync(stateFile, JSON.stringify(state, null, 2))
}

/** What ends a part early is what it found; the others are played all the same. */
function cutShort(part: Part<string>, database: string, error: unknown, ms: number): Result {
  const said = error instanceof Error ? error.message : String(error)
  const nothing = { strokes: 0, notices: 0, losses: [], doubles: [], chains: 0 }
  return { part: part.name, database, ...nothing, problems: [`cut short: ${said}`], seconds: ms / 1000 }
}

function faultsOf({ losses, doubles, problems }: Result): string[] {
  return [...losses, ...doubles, ...problems]
}
