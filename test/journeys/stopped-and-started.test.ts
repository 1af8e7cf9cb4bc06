import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { headlineOf, readNotice, submitNotice } from '../running/client.ts'
import { ended, freePorts, freshDataDir, startPortal } from '../running/portal.ts'

const dataDir = freshDataDir()
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

test('what was acknowledged before the portal was killed is finished after it starts again, with the same tokens', async () => {
  const port = await freePorts(8)
  const first = await startPortal({ dataDir, port })
  const file = first.demo.example_provider.files[0] ?? ''
  const submitted = await submitNotice(first.demo, [file])
  expect(submitted.status).toBe(201)
  // No goodbye: the database is left an orphan, the worker in the middle of its work.
  await ended(first.process, 'SIGKILL')

  const second = await startPortal({ dataDir, port })
  try {
    expect(second.demo.tokens).toEqual(first.demo.tokens)
    expect(second.demo.example_provider.token).toBe(first.demo.example_provider.token)
    // A worker that was killed is missed after half a minute.
    await headlineOf(second.demo, submitted.body.id, 'removed_verified', 100_000)
    expect((await fetch(file)).status).toBe(410)
    expect((await readNotice(second.demo, submitted.body.id)).body.items).toHaveLength(1)
    // One Ctrl-C under npm is two signals, and still an ordinary end: the database goes as well.
    second.process.kill('SIGINT')
    await ended(second.process, 'SIGINT')
    expect(second.process.exitCode).toBe(0)
    expect(readFileSync(join(dataDir, 'pg18.log'), 'utf8').trimEnd()).toMatch(/database system is shut down$/)
  } finally {
    await second.stop()
  }
})
