// Writes the reference: one page a door, from the sentences above what it exports.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Application } from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'

const sdk = join(import.meta.dirname, '..')
const { exports } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')) as { exports: Record<string, string> }
const doors = Object.values(exports).filter((file) => file.endsWith('.ts'))

const layout: Partial<PluginOptions> = {
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
}
const written = mkdtempSync(join(tmpdir(), 'reference-'))
try {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: doors.map((file) => join(sdk, file)),
    tsconfig: join(sdk, 'tsconfig.json'),
    out: written,
    name: '@noticeline/sdk',
    readme: 'none',
    disableSources: true,
    // The compiler has its own turn elsewhere.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    sort: ['alphabetical'],
    logLevel: 'Error',
    router: 'module',
    ...layout,
  } as object)
  const project = await app.convert()
  if (!project) throw new Error('TypeDoc could not read the doors.')
  await app.generateOutputs(project)
  const folder = join(sdk, 'docs', 'reference')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(written)) {
    if (name.endsWith('.md')) writeFileSync(join(folder, name), readFileSync(join(written, name), 'utf8'))
  }
} finally {
  rmSync(written, { recursive: true, force: true })
}
