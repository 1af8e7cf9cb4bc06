import { chmod, lstat, mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname } from 'node:path'
import { z } from 'zod'
import { Refusal } from '../refusals.ts'
import type { Agent } from './agent.ts'
import type { Result } from './answer.ts'
import { objectOf } from './ask-agent.ts'
import { itemId, itemOutcome, noticeId } from './wire.ts'

const mostBytes = 64 * 1024
const person = z.string().trim().min(1).max(200)
const decision = z.object({
  notice: noticeId,
  by: person,
  approved: z.array(itemId).min(1),
  reason: z.string().optional(),
})
const looking = z.object({ notice: noticeId, item: itemId, by: person })
const answering = z.looseObject({ notice: noticeId, by_name: person })

type Reply = readonly [code: number, body: object]

/**
 * Health, what waits, and what persons say, as HTTP on a Unix socket that only the agent's own user may use:
 * `curl --unix-socket <path> http://agent/health`. Answers how to close it.
 */
export async function openSocket(path: string, agent: Agent): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await makeRoom(path)
  const server = createServer((incoming, outgoing) => {
    const reply = (code: number, body: object) => {
      outgoing.writeHead(code, { 'content-type': 'application/json' })
      outgoing.end(`${JSON.stringify(body)}\n`)
    }
    const read = async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) {
        chunks.push(chunk as Buffer)
        if (chunks.reduce((sum, { length }) => sum + length, 0) > mostBytes) return ''
      }
      return Buffer.concat(chunks).toString('utf8')
    }
    const respond = async () => reply(...(await answer(agent, `${incoming.method} ${incoming.url}`, read)))
    respond().catch(() => reply(500, { code: 'failed', message: 'The agent could not answer.' }))
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

/** The folder's lock is ours, so a socket that is there belongs to an agent that was killed. Anything else stays. */
async function makeRoom(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null)
  if (there === null) return
  if (there.isSocket()) return rm(path, { force: true })
  throw Object.assign(new Error('No socket.'), { code: 'EADDRINUSE' })
}

async function answer(agent: Agent, asked: string, read: () => Promise<string>): Promise<Reply> {
  try {
    switch (asked) {
      case 'GET /health':
        return [200, await agent.health()]
      case 'GET /waiting':
        return [200, { waiting: agent.policy.waiting() }]
      case 'POST /addresses':
        return await reveal(agent, objectOf(await read()))
      case 'POST /decisions':
        return await decide(agent, objectOf(await read()))
      case 'POST /answers':
        return await takeAnswer(agent, objectOf(await read()))
      default:
        return [404, { code: 'not_found', message: 'There is nothing of that name.' }]
    }
  } catch (error) {
    if (Refusal.is(error)) return [422, { code: error.code, message: error.message }]
    throw error
  }
}

async function reveal(agent: Agent, body: object): Promise<Reply> {
  const asked = looking.safeParse(body)
  if (!asked.success) return invalid(asked.error)
  const { notice, item, by } = asked.data
  const found = await agent.policy.reveal(notice, item, by)
  return found === null ? [404, { code: 'not_waiting', message: 'That item does not wait for anybody.' }] : [200, found]
}

async function decide(agent: Agent, body: object): Promise<Reply> {
  const asked = decision.safeParse(body)
  if (!asked.success) return invalid(asked.error)
  const { notice, by, approved, reason } = asked.data
  const decided = await agent.policy.decide(notice, { by, approved, ...(reason === undefined ? {} : { reason }) })
  if (decided.result === 'recorded' || decided.result === 'already-recorded') return [202, { code: decided.result }]
  return [
    422,
    { code: decided.result.replaceAll('-', '_'), message: `${decided.item} was not approved, nor any other.` },
  ]
}

async function takeAnswer(agent: Agent, body: object): Promise<Reply> {
  const asked = answering.safeParse(body)
  if (!asked.success) return invalid(asked.error)
  const { notice, by_name, ...result } = asked.data
  const read = itemOutcome.safeParse(result)
  if (!read.success) return invalid(read.error)
  await agent.answer(notice, read.data as unknown as Result, by_name) // its members were checked against each other just now
  return [202, { code: 'recorded' }]
}

function invalid({ issues }: z.ZodError): Reply {
  const told = issues.map(({ path, message }) => `/${path.map(String).join('/')}: ${message}`)
  return [422, { code: 'report_invalid', message: told.join(' ') }]
}
