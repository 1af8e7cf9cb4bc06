/** Programs that have the packed package installed, as strangers have. */
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'

export const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')

export const bin = (name: string) => join(root, 'test', 'node_modules', '.bin', name)

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string } | string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
}

export async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(inject('packed').unpacked, 'package.json'), 'utf8')) as Manifest
}

/** What stands after `@noticeline/sdk` in an import: '' for the main door, then `/node`, `/stores` … */
export async function doors(): Promise<string[]> {
  return Object.keys((await manifest()).exports)
    .filter((door) => door !== './package.json')
    .map((door) => door.slice(1))
}

/** A copy of one of the programs in `consumers`, where the package and what it depends on are installed. */
export async function consumer(name: string, as = name): Promise<string> {
  const { folder, unpacked } = inject('packed')
  const at = join(folder, as)
  await cp(join(import.meta.dirname, 'consumers', name), at, { recursive: true })
  const modules = join(at, 'node_modules')
  await mkdir(join(modules, '@types'), { recursive: true })
  await cp(unpacked, join(modules, '@noticeline', 'sdk'), { recursive: true })
  for (const dependency of ['jose', 'zod', '@types/node']) {
    await symlink(await realpath(join(root, 'sdk', 'node_modules', dependency)), join(modules, dependency))
  }
  return at
}

/** A TypeScript file that imports every door, whichever there are, and uses what it finds there. */
export async function writeDoors(at: string): Promise<void> {
  const all = await doors()
  const imports = all.map((door, index) => `import * as door${index} from '@noticeline/sdk${door}'`)
  const used = all.map((_, index) => `Object.keys(door${index})`)
  await writeFile(join(at, 'doors.ts'), `${imports.join('\n')}\nexport const all: string[][] = [${used.join(', ')}]\n`)
}

/** What the compiler says of it: nothing, where all is well. */
export function typechecked(cwd: string, ...flags: string[]): Promise<string> {
  return run(bin('tsc'), ['-p', cwd, ...flags], { cwd }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  )
}
