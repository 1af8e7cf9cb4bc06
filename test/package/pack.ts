/** The package as it would be published, made once a run: built, packed by pnpm, unpacked. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed
  }
}

export interface Packed {
  /** What is put here is gone when the run ends. */
  readonly folder: string
  readonly tarball: string
  readonly unpacked: string
}

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const sdk = join(root, 'sdk')

export default async function packOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'))
  project.provide('packed', await pack(folder))
  return () => rm(folder, { recursive: true, force: true })
}

async function pack(folder: string): Promise<Packed> {
  const stage = join(folder, 'stage')
  await mkdir(stage)
  const { files } = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8')) as { files: string[] }
  for (const name of ['package.json', ...files.filter((name) => name !== 'dist')]) {
    await cp(join(sdk, name), join(stage, name), { recursive: true })
  }
  await cp(join(root, 'LICENSE'), join(stage, 'LICENSE'))
  await run(join(sdk, 'node_modules', '.bin', 'tsup'), ['--out-dir', join(stage, 'dist')], { cwd: sdk })
  await run('npx', ['--yes', '--prefer-offline', 'pnpm@10.34.9', 'pack', '--pack-destination', folder], { cwd: stage })
  const tarball = join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '')
  await run('tar', ['-xzf', tarball], { cwd: folder })
  return { folder, tarball, unpacked: join(folder, 'package') }
}
