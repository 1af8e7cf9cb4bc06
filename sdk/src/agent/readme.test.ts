import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { packageFile } from '../cli/shipped.ts'
import { createTestPortal, type TestPortal } from '../testing/test-portal.ts'

// Whole processes on a busy machine: what takes ten seconds alone may take ten times that.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })
const patience = { timeout: 90_000, interval: 50 }
// Those in the other languages answer the same: handlers.test.ts.
const handlers = [
  { file: 'takedown.php', needs: 'php-cli', look: ['php', '-v'] },
  { file: 'takedown.sh', needs: 'jq', look: ['jq', '-n', '1'] },
].map((one) => ({ ...one, there: isThere(one.look) }))

function isThere([program = '', ...rest]: readonly string[]): boolean {
  try {
    execFileSync(program, rest, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

let here: string
let portal: TestPortal
let steps: Map<string, string>
let running: ChildProcess[]
beforeEach(async () => {
  here = await realpath(await mkdtemp(join(tmpdir(), 'agent-readme-')))
  portal = await createTestPortal()
  running = []
  const readme = await readFile(packageFile('agent', 'README.md'), 'utf8')
  steps = new Map([...readme.matchAll(/```sh (\w+)\n([\s\S]*?)```/g)].map(([, name = '', code = '']) => [name, code]))
  await mkdir(join(here, 'global', '@noticeline'), { recursive: true })
  await symlink(packageFile(), join(here, 'global', '@noticeline', 'sdk'))
})
afterEach(async () => {
  for (const { pid } of running) process.kill(-(pid ?? 0), 'SIGKILL')
  await portal.stop()
  await rm(here, { recursive: true, force: true })
})

/** A step as it stands in the README, on folders of ours instead of those of the machine. */
function follow(name: string, file: string, also: (code: string) => string = (code) => code) {
  const code = also(steps.get(name) ?? '')
    .replaceAll('takedown.php', file)
    .replaceAll('https://portal.example', portal.issuer)
    .replaceAll(/\/(etc|usr\/local\/lib)\/noticeline|\/srv|\/var\/lib/g, (path) => here + path)
  const before = [
    'set -eu',
    `npm() { if [ "$1" = root ]; then echo '${join(here, 'global')}'; fi; }`,
    `noticeline() { '${process.execPath}' '${packageFile('scripts', 'noticeline.mjs')}' "$@"; }`,
  ]
  const child = spawn('bash', ['-c', [...before, code].join('\n')], {
    env: { PATH: process.env['PATH'], NOTICELINE_CONFIG: join(here, 'etc/noticeline/agent.json') },
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  child.stdin.on('error', () => undefined)
  child.stdin.end(`${portal.token}\n`)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, ended, said: () => said }
}

async function followed(...given: Parameters<typeof follow>): Promise<string> {
  const { ended, said } = follow(...given)
  expect(await ended, said()).toBe(0)
  return said()
}

for (const { file, needs, there } of handlers) {
  const title = `who follows the README with ${file} has removed a file, and has it back when the notice is withdrawn`
  test.skipIf(!there)(`${title}${there ? '' : ` (skipped: ${needs} is not installed)`}`, async () => {
    const site = join(here, 'srv/www/cust42.tern.example/g')
    await mkdir(site, { recursive: true })
    await writeFile(join(site, '7f3a.jpg'), 'bytes')
    expect([...steps.keys()]).toEqual(['install', 'configure', 'check', 'start', 'decide', 'systemd'])

    await followed('install', file)
    await followed('configure', file)
    expect(await followed('check', file)).not.toContain('NOT')
    const agent = follow('start', file)
    running.push(agent.child)
    await vi.waitFor(() => expect(agent.said()).toContain('connected, by poll'), patience)
    const { notice } = await portal.issue({ items: [{ id: 'itm_1', url: 'https://cust42.tern.example/g/7f3a.jpg' }] })
    await vi.waitFor(() => expect(agent.said()).toContain('waits for a person'), patience)
    const decided = await followed('decide', file, (code) => code.replaceAll('ntc_1', notice.notice))
    expect(decided).toContain('https://cust42.tern.example/g/7f3a.jpg')

    const outcomes = () =>
      portal.reports.flatMap((one) => (one.type === 'items.reported' ? one.message.results.map((r) => r.outcome) : []))
    await vi.waitFor(() => expect(outcomes()).toEqual(['content_removed']), patience)
    expect(await readdir(site)).toEqual([])
    await portal.withdraw(notice)
    await vi.waitFor(() => expect(outcomes()).toEqual(['content_removed', 'reinstated']), patience)
    expect(await readFile(join(site, '7f3a.jpg'), 'utf8')).toBe('bytes')
    expect(agent.said()).not.toContain('tern.example')
  })
}

test('every exit code the README names is one the agent knows, and the other way round', async () => {
  const { exitAgain, exitLater, exitOutcomes } = await import('./answer.ts')
  const readme = await readFile(packageFile('agent', 'README.md'), 'utf8')
  const rows = [...readme.matchAll(/^\| (\d+) \| (.*?) \|/gm)].map(
    ([, code, words = '']) => [Number(code), words] as const,
  )
  const known = [...Object.keys(exitOutcomes).map(Number), exitLater, exitAgain]
  expect(rows.map(([code]) => code)).toEqual(known)
  for (const [code, words] of rows) {
    const said = exitOutcomes[code]
    const parts = said === undefined ? [] : [said.outcome, said['reason'] ?? said['territory'] ?? []].flat()
    for (const part of parts) expect(words).toContain(`\`${part}\``)
  }
})
