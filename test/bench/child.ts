/** Programs in processes of their own, so that what one spends is not counted as another's. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ended } from '../running/portal.ts'

export interface Child {
  readonly process: ChildProcess
  ask<T>(what: string, given?: unknown): Promise<T>
  stop(): Promise<void>
}

interface Question {
  id: number
  what: string
  given: unknown
}

type Reply = { id: number; answer: unknown } | { id: number; failed: string }

/** Starts a program that ends in `answerParent`, and waits until it does. */
export async function startChild(file: string, env: Record<string, string> = {}): Promise<Child> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let printed = ''
  const keep = (chunk: unknown) => {
    printed = `${printed}${chunk}`.slice(-20_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  child.on('message', (reply: Reply) => {
    const one = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('failed' in reply) one?.reject(new Error(reply.failed))
    else one?.resolve(reply.answer)
  })
  let asked = 0
  const answerTo = (id: number) => new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }))
  const ready = answerTo(0)
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`A program ended with ${code}:\n${printed}`))
    waiting.clear()
  })
  await ready
  return {
    process: child,
    ask: <T>(what: string, given?: unknown) => {
      asked += 1
      const answer = answerTo(asked)
      child.send({ id: asked, what, given } satisfies Question)
      return answer as Promise<T>
    },
    stop: () => ended(child),
  }
}

/** In the child: says that it is ready, answers what it is asked, and goes when its parent is gone. */
export function answerParent(answers: Record<string, (given: never) => unknown>): void {
  const all: typeof answers = { cpu: () => ownCpu(), ...answers }
  process.on('message', async ({ id, what, given }: Question) => {
    try {
      process.send?.({ id, answer: await all[what]?.(given as never) })
    } catch (error) {
      process.send?.({ id, failed: String(error instanceof Error ? error.stack : error) })
    }
  })
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.send?.({ id: 0, answer: null })
}

/** Milliseconds of processor time this process has had so far. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
