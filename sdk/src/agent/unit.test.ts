import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { packageFile } from '../cli/shipped.ts'

// Each line starts processes, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

const run = promisify(execFile)
const unit = packageFile('agent', 'noticeline-agent.service')

function hasSystemd(): boolean {
  try {
    return Number(/\d+/.exec(execFileSync('systemd-analyze', ['--version'], { encoding: 'utf8' }))?.[0]) >= 251
  } catch {
    return false
  }
}
const there = hasSystemd()
const ifThere = there ? '' : ' (skipped: systemd 251 or newer is not installed)'

test.skipIf(!there)(`systemd takes the unit as it is, and calls it well protected${ifThere}`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unit-'))
  try {
    const copy = join(folder, 'noticeline-agent.service')
    await writeFile(copy, await readFile(unit))
    expect(await run('systemd-analyze', ['verify', copy])).toMatchObject({ stderr: '' })
    const { stdout } = await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', copy])
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(2)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the unit starts what the package has, and leaves a stopped agent the time it asks for', async () => {
  const text = await readFile(unit, 'utf8')
  expect(text).toContain('ExecStart=/usr/bin/env noticeline agent --config /etc/noticeline/agent.json --json\n')
  expect(Number(/TimeoutStopSec=(\d+)/.exec(text)?.[1])).toBeGreaterThan(20)
  for (const line of ['DynamicUser=yes', 'ProtectSystem=strict', 'NoNewPrivileges=yes', 'StateDirectory=noticeline'])
    expect(text).toContain(`${line}\n`)
})
