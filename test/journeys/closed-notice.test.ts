import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { headlineOf, readNotice, submitNotice } from '../running/client.ts'
import { type RunningPortal, startPortal, until } from '../running/portal.ts'

let portal: RunningPortal
beforeAll(async () => {
  portal = await startPortal({ env: { NOTICELINE_CLOSE_AFTER: 'PT2S' } })
})
afterAll(() => portal?.stop())

test('what was set aside is deleted for good when the notice closes, and not before', async () => {
  const url = portal.demo.example_provider.files[0] ?? ''
  const submitted = await submitNotice(portal.demo, [url])
  await headlineOf(portal.demo, submitted.body.id, 'removed_verified')
  const itemId: string = submitted.body.items[0].id
  const kept = join(portal.dataDir, 'tern', 'withheld', itemId)
  expect(readdirSync(kept)).toContain('manifest.json')
  await until(async () => (await readNotice(portal.demo, submitted.body.id)).body.closed_at !== null, 30_000)
  await until(() => !existsSync(join(kept, 'content')), 20_000)
  expect(existsSync(join(kept, 'manifest.json'))).toBe(true)
  expect((await fetch(url)).status).toBe(410)
})
