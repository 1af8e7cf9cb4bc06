/** What every door exports, in words a reviewer can compare: one report a door, written by API Extractor. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompilerState, Extractor, ExtractorConfig, type ExtractorMessage } from '@microsoft/api-extractor'

const sdk = join(import.meta.dirname, '..')

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023', 'dom'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
}

/** Reports by file name (`index.api.md`), for the built types in `dist`. The same types give the same bytes. */
export async function apiReports(dist: string): Promise<Map<string, string>> {
  const at = await mkdtemp(join(tmpdir(), 'api-'))
  try {
    await cp(join(sdk, 'package.json'), join(at, 'package.json'))
    await symlink(join(sdk, 'node_modules'), join(at, 'node_modules'))
    await mkdir(join(at, 'dist'))
    for (const name of await readdir(dist)) {
      if (name.endsWith('.d.ts')) await cp(join(dist, name), join(at, 'dist', name))
    }
    const configs = (await doors()).map((door) => configOf(at, door))
    const compilerState = CompilerState.create(configs[0] as ExtractorConfig, {
      additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    })
    for (const config of configs) {
      const complaints: string[] = []
      const messageCallback = (message: ExtractorMessage) => {
        message.handled = true
        if (message.logLevel === 'error') complaints.push(message.text)
      }
      const { errorCount } = Extractor.invoke(config, { localBuild: true, compilerState, messageCallback })
      if (errorCount > 0) throw new Error(`API Extractor could not read the types: ${complaints.join(' ')}`)
    }
    const names = (await readdir(join(at, 'api'))).filter((name) => name.endsWith('.api.md')).sort()
    const texts = await Promise.all(names.map((name) => readFile(join(at, 'api', name), 'utf8')))
    return new Map(names.map((name, index) => [name, texts[index] ?? '']))
  } finally {
    await rm(at, { recursive: true, force: true })
  }
}

async function doors(): Promise<string[]> {
  const { exports } = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8')) as { exports: object }
  return Object.keys(exports)
    .filter((door) => door !== './package.json')
    .map((door) => (door === '.' ? 'index' : door.slice(2)))
}

function configOf(at: string, door: string): ExtractorConfig {
  const silent = { default: { logLevel: 'none' as never } }
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: at,
      mainEntryPointFilePath: join(at, 'dist', `${door}.d.ts`),
      // What a door says of types that it does not export is part of what it promises.
      apiReport: {
        enabled: true,
        reportFolder: join(at, 'api'),
        reportTempFolder: join(at, 'api', 'temp'),
        reportFileName: `${door}.api.md`,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions, include: [join(at, 'dist', '*.d.ts')] } },
      messages: {
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
        compilerMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(at, 'package.json'),
  })
}
