/** Configuration → ground → one server: the API first, then the pages. Without configuration it is the demo. */
import { createServer, type Server } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { createApi } from './api/api.ts'
import { readReadiness } from './api/health.ts'
import { beat, beatEveryMs } from './deadlines/outages.ts'
import { buildGround } from './ground/build-ground.server.ts'
import { type Config, ConfigError, readConfig, readEnvironment } from './ground/config.server.ts'
import type { Ground } from './ground/ground.ts'
import { createPages, loadPages } from './pages.server.ts'
import { projectFacts, reactionNames, recordKey, recordMail } from './reactions.ts'
import { runDemo } from './seed/demo.ts'
import { createMeters } from './watching/meters.ts'
import { startWatching } from './watching/metrics-server.ts'
import { startWorker } from './worker.ts'

export const folder = dirname(fileURLToPath(import.meta.url))

/** One Ctrl-C reaches us twice under npm: from the terminal, and passed on. */
const sameSignalMs = 1000

/** Starts everything and stays; SIGTERM and SIGINT stop it cleanly, a second one at once. */
export async function startPortal(options: { began?: number } = {}): Promise<void> {
  const config = configOrExit()
  const meters = createMeters({ node: config.metrics !== null })
  const { ground, queue, close } = await buildGround(config, {
    reactionsTo: reactionNames,
    project: projectFacts,
    keyChanged: recordKey,
    mailSent: recordMail,
    recorded: meters.note,
    working: config.workerInside,
  })
  const stops: (() => Promise<void>)[] = [close]
  let stopping: number | null = null
  const stop = async (code: number) => {
    if (stopping !== null && code === 0 && performance.now() - stopping < sameSignalMs) return
    if (stopping !== null) process.exit(code === 0 ? 130 : code)
    stopping = performance.now()
    // What was started last is stopped first.
    for (const end of stops.reverse()) await end().catch((error) => ground.log.error('stop failed', { error }))
    process.exit(code)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0))

  try {
    const app = new Hono()
    const ending = new AbortController()
    const readiness = () => readReadiness(ground, queue)
    app.route('/', createApi(ground, { readiness, stopping: ending.signal, polling: meters.polling }))
    app.route('/', createPages(ground, queue, await loadPages(folder), folder))
    const watched = await startWatching({ ground, queue, meters })
    stops.push(() => watched.stop())
    const server = await listen(app, config)
    stops.push(() => {
      ending.abort()
      return closeServer(server)
    })
    stops.push(keepBeating(ground))
    if (config.workerInside) {
      const worker = await startWorker(ground, queue, `portal-${process.pid}`)
      stops.push(() => worker.stop())
    }
    ground.log.info('portal started', { port: config.port, pid: process.pid })
    if (config.mode === 'demo') {
      const demo = await runDemo(ground, say)
      stops.push(() => demo.stop())
    }
    const seconds =
      options.began === undefined ? '' : ` after ${((performance.now() - options.began) / 1000).toFixed(1)} s`
    say(`Ready${seconds}, listening on ${config.host}:${config.port} only. Stop with Ctrl-C.`)
  } catch (error) {
    explain(error, config, ground)
    await stop(1)
  }
}

function configOrExit(): Config {
  try {
    return readConfig(readEnvironment(join(folder, '.env')), { dataDirDefault: join(folder, '.data') })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(78)
  }
}

function listen(app: Hono, config: Config): Promise<Server> {
  const server = createServer(
    // A caller that drips its headers or its body holds a connection, not a worker, and not for ever.
    { headersTimeout: 15_000, requestTimeout: 60_000, keepAliveTimeout: 15_000, maxHeaderSize: 16_384 },
    getRequestListener(app.fetch, { hostname: config.host }),
  )
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 10_000).unref()
  })
}

/** While it serves, the portal says so; what it could not say was an outage. */
function keepBeating(ground: Ground): () => Promise<void> {
  const say = () => void beat(ground, 'portal').catch((error) => ground.log.warn('beat failed', { error }))
  say()
  const timer = setInterval(say, beatEveryMs)
  return async () => clearInterval(timer)
}

function explain(error: unknown, config: Config, ground: Ground): void {
  if ((error as { code?: unknown }).code === 'EADDRINUSE') {
    say(
      `A port is taken: the portal wants ${config.port}, and the demo the three after it. ` +
        'Stop what listens there, or set NOTICELINE_PORT to another.',
    )
    return
  }
  ground.log.error('start failed', { error })
  if (config.mode === 'demo' || config.mode === 'development') say(String(error instanceof Error ? error.stack : error))
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await startPortal()
