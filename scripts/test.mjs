// `npm test`: sets everything up, runs everything, and ends with one plain line that sums it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, install, ownEnvironment, root } from './bootstrap.mjs'
import { buildPages } from './build-pages.mjs'

install()
buildPages()
const folder = mkdtempSync(join(tmpdir(), 'noticeline-test-'))
const report = join(folder, 'report.json')
const ran = spawnSync(
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...ownEnvironment(), NODE_ENV: 'test' },
  },
)
let counted
try {
  counted = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  counted = null
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (counted === null || counted.numTotalTests === 0) {
  console.error('No test ran: the runner wrote no report. Read what it said above.')
  process.exit(1)
}
const skipped = counted.testResults
  .flatMap((file) => file.assertionResults)
  .filter((test) => test.status === 'pending' || test.status === 'skipped')
for (const test of skipped) console.log(`skipped: ${test.fullName}`)
// A file that does not load has failed as well, though none of its tests was counted.
const unloaded = counted.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
).length
const failed = counted.numFailedTests + unloaded + (ran.status !== 0 && counted.numFailedTests + unloaded === 0 ? 1 : 0)
console.log(
  `${counted.numPassedTests} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
)
process.exit(failed === 0 ? 0 : 1)
