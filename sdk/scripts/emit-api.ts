// Writes what every door exports to `api/`, where a reviewer reads it and a test compares it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiReports } from './api-report.ts'

const sdk = join(import.meta.dirname, '..')
const dist = mkdtempSync(join(tmpdir(), 'types-'))
try {
  execFileSync(join(sdk, 'node_modules', '.bin', 'tsup'), ['--out-dir', dist], {
    cwd: sdk,
    stdio: 'pipe',
  })
  const reports = await apiReports(dist)
  rmSync(join(sdk, 'api'), { recursive: true, force: true })
  mkdirSync(join(sdk, 'api'))
  for (const [name, text] of reports) writeFileSync(join(sdk, 'api', name), text)
} finally {
  rmSync(dist, { recursive: true, force: true })
}
