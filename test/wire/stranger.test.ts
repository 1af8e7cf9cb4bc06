import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningPortal, startPortal } from '../running/portal.ts'
import { pythonWith } from '../running/python.ts'

const python = pythonWith(['jwt', 'cryptography'], ['python3', 'python3-jwt', 'python3-cryptography'])
const script = fileURLToPath(new URL('./stranger.py', import.meta.url))
const name =
  'a receiver that shares no code with us is verified, checks its notice, and is contradicted when it claims too much'

if ('missing' in python) test.skip(`${name} (${python.missing})`)
else {
  let portal: RunningPortal
  beforeAll(async () => {
    portal = await startPortal()
  })
  afterAll(() => portal?.stop())

  test(name, async () => {
    const { stdout } = await promisify(execFile)(python.found, [script, portal.demoFile], { timeout: 90_000 })
    const seen = JSON.parse(stdout)
    expect(seen.registered).toEqual(['audience', 'id', 'issuer', 'poll_url', 'verified'])
    expect(seen.verified).toEqual({ verified: true, media_type: 'application/secevent+jwt' })
    expect(seen.verification_media_type).toBe('application/secevent+jwt')
    expect(seen.issued).toEqual(
      expect.arrayContaining(['binding', 'category', 'deadline', 'items', 'notifier', 'regime', 'report_to', 'v']),
    )
    expect(seen.headlines.at(-1)).toBe('contradicted')
    expect(seen.refused_report).toEqual([400, 'invalid_request'])
  })
}
