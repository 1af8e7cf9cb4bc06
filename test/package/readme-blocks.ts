import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../architecture/tree.ts'

/** The lines for a shell that the SDK's README names, by their names. */
export async function readmeBlocks(): Promise<ReadonlyMap<string, string>> {
  const readme = await readFile(join(root, 'sdk', 'README.md'), 'utf8')
  const found = readme.matchAll(/```sh (\S+)\n([\s\S]*?)\n```/g)
  return new Map([...found].map(([, name = '', lines = '']) => [name, lines]))
}
