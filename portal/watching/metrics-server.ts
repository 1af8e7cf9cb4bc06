import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Ground, Log } from '../ground/ground.ts'
import { readMetrics, type Watched } from './read-metrics.ts'

export interface MetricsServer {
  readonly port: number
  stop(): Promise<void>
}

/** As the configuration says: with no port named, nothing listens. */
export async function startWatching(watched: Watched & { ground: Ground }): Promise<{ stop(): Promise<void> }> {
  const { ground } = watched
  const { metrics } = ground.config
  if (metrics === null) return { stop: async () => {} }
  const server = await startMetricsServer({ ...metrics, read: () => readMetrics(watched), log: ground.log })
  ground.log.info('metrics started', { port: server.port })
  return server
}

/**
 * A port of its own, so that it can be left open to the machine that watches and closed to everybody else. It answers
 * `GET /metrics`, one question at a time for everybody, and nothing else.
 */
export function startMetricsServer(options: {
  host: string
  port: number
  read: () => Promise<string>
  log: Pick<Log, 'error'>
}): Promise<MetricsServer> {
  let asking: Promise<string> | null = null
  const readOnce = () => {
    asking ??= options.read().finally(() => {
      asking = null
    })
    return asking
  }
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, answer) => {
    const say = (status: number, body: string, headers: Record<string, string> = {}) =>
      answer
        .writeHead(status, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', ...headers })
        .end(request.method === 'HEAD' ? undefined : body)
    request.resume()
    if (request.url?.split('?')[0] !== '/metrics') return say(404, 'Only /metrics is here.\n')
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'Only GET.\n', { Allow: 'GET, HEAD' })
    readOnce().then(
      (text) => say(200, text, { 'Cache-Control': 'no-store' }),
      (error) => {
        options.log.error('metrics.failed', { error })
        say(500, 'The metrics could not be read; the log says more.\n')
      },
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve({
        port: (server.address() as AddressInfo).port,
        stop: () =>
          new Promise((done) => {
            server.close(() => done())
            server.closeAllConnections()
          }),
      })
    })
  })
}
