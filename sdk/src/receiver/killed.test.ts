import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { loadOrCreateKeys } from '../inbox/own-keys-file.ts'
import { createTestPortal } from '../testing/test-portal.ts'

const script = new URL('../testing/killed-receiver.ts', import.meta.url).pathname

class Child {
  readonly process: ChildProcessByStdio<null, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(...parameters: string[]) {
    const started = [process.execPath, '--import', 'tsx', script, ...parameters] as const
    this.process = spawn(started[0], started.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#lines = createInterface(this.process.stdout)[Symbol.asyncIterator]()
  }

  async says(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('The receiver ended without a word.')
    return value
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const ended = once(this.process, 'exit')
    this.process.kill('SIGKILL')
    await ended
  }
}

for (const where of ['before', 'after'] as const) {
  test(`a receiver killed after its 202 and ${where} the effect of its handler does it once, and reports it once`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'killed-'))
    const portal = await createTestPortal()
    const children: Child[] = []
    try {
      const keys = await loadOrCreateKeys(join(folder, 'keys.json'))
      const start = async (hangs: string) => {
        const child = new Child(folder, portal.issuer, 'urn:noticeline:org:org_tern', hangs)
        children.push(child)
        const [, port] = (await child.says()).split(' ')
        portal.attach({
          audience: 'urn:noticeline:org:org_tern',
          signingKeys: keys.signing.map(({ publicJwk }) => publicJwk),
          sealingKey: keys.sealing[0]?.publicJwk ?? null,
          to: `http://127.0.0.1:${port}/`,
        })
        return child
      }

      const first = await start(where)
      const issued = await portal.issue({ items: [{ url: 'https://cust42.tern.example/1' }] })
      expect(issued.answers).toEqual([{ code: 202, body: '' }])
      expect(await first.says()).toBe(where)
      await first.kill()

      await start('never')
      await expect
        .poll(() => portal.reports.filter(({ type }) => type === 'items.reported').length, { timeout: 10_000 })
        .toBe(1)
      const { notice } = issued.notice
      expect(await readFile(join(folder, 'effects'), 'utf8')).toBe(`${notice}\n`)
      expect(await readFile(join(folder, 'runs'), 'utf8')).toBe(`${notice} 1\n${notice} 2\n`)
      expect((await portal.push(issued.raw)).code).toBe(202)
      expect(portal.reports.filter(({ type }) => type === 'notice.received')).toHaveLength(1)
    } finally {
      for (const child of children) await child.kill()
      await portal.stop()
      await rm(folder, { recursive: true })
    }
  })
}
