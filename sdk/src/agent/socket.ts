import { chmod, mkdir, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { dirname } from 'node:path'
import { Refusal } from '../refusals.ts'
import type { Agent } from './agent.ts'
import type { Result } from './answer.ts'
import { itemOutcome, noticeId } from './wire.ts'

const mostBytes = 64 * 1024

/**
 * Health and reports of a person, as HTTP on a Unix socket that only the agent's own user may use:
 * `curl --unix-socket <path> http://agent/health`. Answers how to close it.
 */
export async function openSocket(path: string, agent: Agent): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // The lock of the inbox is ours, so a socket that is there belongs to an agent that was killed.
  await rm(path, { force: true })
  const server = createServer((incoming, outgoing) => {
    const answer = (code: number, body: object) => {
      outgoing.writeHead(code, { 'content-type': 'application/json' })
      outgoing.end(`${JSON.stringify(body)}\n`)
    }
    const read = async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) {
        chunks.push(chunk as Buffer)
        if (chunks.reduce((sum, { length }) => sum + length, 0) > mostBytes) return null
      }
      return Buffer.concat(chunks).toString('utf8')
    }
    const respond = async () => {
      const asked = `${incoming.method} ${incoming.url}`
      if (asked === 'GET /health') return answer(200, await agent.health())
      if (asked === 'POST /reports') return answer(...(await takeReport(agent, await read())))
      return answer(404, { code: 'not_found', message: 'GET /health, or POST /reports.' })
    }
    respond().catch(() => answer(500, { code: 'failed', message: 'The agent could not answer.' }))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600)
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
}

async function takeReport(agent: Agent, text: string | null): Promise<[number, object]> {
  const { notice, ...result } = objectOf(text ?? '')
  const read = itemOutcome.safeParse(result)
  const id = noticeId.safeParse(notice)
  if (!read.success || !id.success) {
    const errors = read.error?.issues.map(({ path, message }) => `/${path.map(String).join('/')}: ${message}`) ?? []
    return [422, { code: 'report_invalid', message: errors[0] ?? '/notice: An id that starts with ntc_.' }]
  }
  try {
    await agent.report(id.data, read.data as unknown as Result) // its members were checked against each other just now
    return [202, { code: 'reported' }]
  } catch (error) {
    if (Refusal.is(error)) return [422, { code: error.code, message: error.message }]
    throw error
  }
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

export interface SocketAnswer {
  readonly code: number
  readonly body: Record<string, unknown>
}

/** Asks a running agent. Null where none listens there. */
export function askAgent(
  path: string,
  method: 'GET' | 'POST',
  what: string,
  body?: object,
): Promise<SocketAnswer | null> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: path, method, path: what, timeout: 10_000 }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('end', () =>
        resolve({ code: response.statusCode ?? 0, body: objectOf(Buffer.concat(chunks).toString('utf8')) }),
      )
    })
    asking.once('timeout', () => asking.destroy(new Error('timeout')))
    asking.once('error', (error: { code?: string }) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null)
      else reject(error)
    })
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
