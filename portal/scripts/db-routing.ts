/**
 * `pnpm db:routing [--from DIR]`: compiles who announces which addresses into one file of the data directory, from
 * `asn-ipv4.csv` and `asn-ipv6.csv` as ip-location-db publishes them. The portal and the worker load it when they start.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock } from '../ground/clock.ts'
import { ConfigError, readConfig, readEnvironment } from '../ground/config.server.ts'
import { routingFile } from '../ground/routing.ts'
import { RoutingLineError, readRoutingCsv } from '../ground/routing-csv.ts'
import { encodeTable, tableOf } from '../ground/routing-file.ts'

const portal = dirname(dirname(fileURLToPath(import.meta.url)))
const source = 'ip-location-db (RouteViews, DB-IP and NRO; CC BY 4.0)'

/** The package that is installed, unless a newer download is named. */
function folderOf(given: string | undefined): string {
  if (given !== undefined) return resolve(given)
  return dirname(createRequire(import.meta.url).resolve('@ip-location-db/asn/package.json'))
}

try {
  const { values } = parseArgs({ options: { from: { type: 'string' } } })
  const { dataDir } = readConfig(readEnvironment(join(portal, '.env')), { dataDirDefault: join(portal, '.data') })
  const folder = folderOf(values.from)
  const [v4, v6] = await Promise.all(
    ([4, 6] as const).map(async (family) =>
      readRoutingCsv(await readFile(join(folder, `asn-ipv${family}.csv`), 'utf8'), family),
    ),
  )
  if (!v4?.length || !v6?.length) throw new RoutingLineError('A file holds no range at all.')
  const table = tableOf(v4, v6, { compiledAt: systemClock.now(), source })
  const bytes = encodeTable(table)
  const file = routingFile(dataDir)
  await mkdir(dirname(file), { recursive: true })
  // Whole or not at all: a portal may be starting at this moment.
  await writeFile(`${file}.new`, bytes)
  await rename(`${file}.new`, file)
  process.stdout.write(
    `Written to ${file}: ${table.v4.holder.length} IPv4 and ${table.v6.holder.length} IPv6 ranges of ` +
      `${table.asns.length} networks, ${Math.round(bytes.length / 1024)} KiB.\n` +
      `From ${source}. The portal reads it when it starts.\n`,
  )
} catch (error) {
  const code = (error as { code?: unknown }).code
  const expected =
    error instanceof ConfigError || error instanceof RoutingLineError || String(code).startsWith('ERR_PARSE_ARGS')
  const missing =
    code === 'ENOENT' ? 'There is no asn-ipv4.csv and asn-ipv6.csv there. Name their folder with --from.' : null
  process.stderr.write(`${missing ?? (expected ? (error as Error).message : String((error as Error).stack))}\n`)
  process.exitCode = 1
}
