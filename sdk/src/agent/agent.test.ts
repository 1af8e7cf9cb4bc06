import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Ended as Exit, runCommand as noticeline, type Started, startCommand } from '../testing/run-command.ts'
import { createTestPortal, type TestPortal } from '../testing/test-portal.ts'
import { typed } from '../testing/typed.ts'

// A command of a few lines of sh, told by files beside it what to do; what it was asked lands in `asked`.
const script = `#!/bin/sh
asked=$(cat) && printf '%s\n' "$asked" >> "$HERE/asked"
[ -z "$NOTICELINE_TOKEN$LEAK" ] || exit 99
if [ -f "$HERE/hang" ]; then echo hangs > "$HERE/hanging"; sleep 600; fi
[ -f "$HERE/noise" ] && cat "$HERE/noise" >&2
[ -f "$HERE/print" ] && cat "$HERE/print"
key=$NOTICELINE_ACT.$NOTICELINE_KEY
[ -f "$HERE/exit.$NOTICELINE_ITEM" ] && exit $(cat "$HERE/exit.$NOTICELINE_ITEM")
[ -f "$HERE/exit" ] && exit $(cat "$HERE/exit")
[ -f "$HERE/done/$key" ] || { mkdir -p "$HERE/done" && echo once >> "$HERE/done/$key" && echo "$key" >> "$HERE/effects"; }
exit 0
`
// Whole processes on a busy machine: what takes two seconds alone may take ten times that.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })
const patience = { timeout: 60_000, interval: 50 }
const url = (n: number) => `https://cust42.tern.example/secret/${n}`

let here: string
let portal: TestPortal
let started: Started[]
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'agent-'))
  portal = await createTestPortal()
  started = []
  await writeFile(join(here, 'command.sh'), script, { mode: 0o755 })
  await writeFile(join(here, 'token'), `${portal.token}\n`, { mode: 0o600 })
})
afterEach(async () => {
  for (const agent of started) {
    agent.process.kill('SIGKILL')
    await agent.ended
  }
  await portal.stop()
  await rm(here, { recursive: true, force: true })
})

const file = (name: string) => readFile(join(here, name), 'utf8').catch(() => '')
const put = (name: string, text: string) => writeFile(join(here, name), text)
const asked = async () =>
  (await file('asked'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const outcomes = () =>
  portal.reports.flatMap((report) =>
    report.type === 'items.reported' ? report.message.results.map(({ item, outcome }) => `${item} ${outcome}`) : [],
  )

function issue(given: Parameters<TestPortal['issue']>[0]) {
  return portal.issue({ notifier: { id: 'org_baken', kind: 'hotline', name: 'Stichting Baken' }, ...given })
}

const linux = process.platform === 'linux'
/** Processes that a command has started and that still run. */
async function left(): Promise<number> {
  const pids = linux ? (await readdir('/proc')).filter((name) => /^\d+$/.test(name)) : []
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')))
  return environments.filter((text) => text.split('\0').includes(`HERE=${here}`)).length
}

async function configure(more: object = {}): Promise<string> {
  const config = {
    portal: portal.issuer,
    command: [join(here, 'command.sh')],
    token_file: join(here, 'token'),
    state: join(here, 'state'),
    environment: { HERE: here },
    stop_grace: 5,
    mode: 'auto',
    auto: { notifiers: ['org_baken'], regimes: ['test'], categories: ['csam'], items_an_hour: 100 },
    ...more,
  }
  await put('agent.json', JSON.stringify(config))
  return join(here, 'agent.json')
}

/** A real agent process, connected. */
async function agent(more: object = {}, line: readonly string[] = []): Promise<Started> {
  const config = await configure(more)
  const process = startCommand(['agent', '--config', config, '--json', ...line], {
    env: { LEAK: 'no', NOTICELINE_TOKEN: 'no' },
  })
  started.push(process)
  await vi.waitFor(() => expect(process.said().stdout, process.said().stderr).toContain('"connected"'), patience)
  return process
}

async function stop(running: Started, signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
  running.process.kill(signal)
  return running.ended
}

test('by poll: a notice is a run of the command and a signed outcome, its withdrawal puts back, its closing is told', async () => {
  const running = await agent()
  const { notice } = await issue({ items: [{ id: 'itm_1', url: url(1), ip: '203.0.113.80', port: 443 }] })
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed']), patience)
  await portal.withdraw(notice)
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed', 'itm_1 reinstated']), patience)
  await portal.close(notice)
  await vi.waitFor(async () => expect(await asked()).toHaveLength(3), patience)
  const [first, second, third] = await asked()
  expect(first).toMatchObject({
    v: 1,
    act: 'take_down',
    key: `${notice.notice}.itm_1`,
    case: notice.notice,
    item: 'itm_1',
    attempt: 1,
    url: url(1),
    host: 'cust42.tern.example',
    path: '/secret/1',
    ip: '203.0.113.80',
    port: 443,
    scope: 'file',
    regime: 'test',
    category: 'csam',
    notifier: { kind: 'hotline' },
    preservation: { basis: 'none' },
    disclosure: { allowed: true },
  })
  expect(first?.['deadline']).toMatchObject({ seconds_left: expect.closeTo(86_400, -3) })
  expect(second).toMatchObject({ act: 'put_back', key: first?.['key'], reason: 'error', url: url(1) })
  expect(third).toMatchObject({ act: 'closed', key: first?.['key'], headline: 'removed_verified' })

  const health = await noticeline(['agent', 'health', '--config', join(here, 'agent.json'), '--json'])
  expect(JSON.parse(health.stdout)).toMatchObject({ accepting: true, mode: 'auto', runs: { again: 0, now: 0 } })
  expect(health.code).toBe(0)
  const { code, stdout, stderr } = await stop(running)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('"stopped"')
  expect(stdout + stderr).not.toContain('tern.example')
  expect(await Promise.all(['inbox/inbox.log', 'cases/cases.log'].map((name) => file(`state/${name}`)))).not.toContain(
    '',
  )
  for (const name of ['inbox/inbox.log', 'cases/cases.log', 'keys.json'])
    expect(await file(`state/${name}`)).not.toMatch(/tern\.example|itm_1|"d"/)
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

test('by push as well', async () => {
  const port = await freePort()
  await agent({ listen: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/` })
  const issued = await issue({ items: [{ id: 'itm_1', url: url(1) }] })
  expect(issued.answers).toEqual([{ code: 202, body: '' }])
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed']), patience)
})

test('75 is tried again, and the items beside it are reported meanwhile, once', async () => {
  const running = await agent()
  await put('exit.itm_2', '75')
  await issue({
    items: [
      { id: 'itm_1', url: url(1) },
      { id: 'itm_2', url: url(2) },
    ],
  })
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed']), patience)
  await put('exit.itm_2', '10')
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed', 'itm_2 already_unavailable']), patience)
  expect((await asked()).filter(({ item }) => item === 'itm_1')).toHaveLength(1)
  expect((await asked()).filter(({ item }) => item === 'itm_2').at(-1)?.['attempt']).toBeGreaterThan(1)
  expect((await stop(running)).stdout).not.toContain('"alarm"')
})

test('wrong answers are alarms, told without their words, and tried again', async () => {
  const running = await agent()
  const noise = `failed for ${url(1)}`
  await put('noise', noise)
  const wrong = [
    { name: 'print', text: `PHP Warning: ${url(1)}`, code: 'output_malformed' },
    { name: 'print', text: '{"outcome":"refused"}', code: 'output_malformed' },
    { name: 'print', text: '{"outcome":"reinstated"}', code: 'output_contradicts' },
    { name: 'exit', text: '1', code: 'exit_code_unknown' },
  ]
  for (const [index, { name, text, code }] of wrong.entries()) {
    await put(name, text)
    const { notice } = await issue({ items: [{ id: `itm_${index}`, url: url(1) }] })
    const alarm = `"event":"alarm","code":"${code}","case":"${notice.notice}"`
    await vi.waitFor(() => expect(running.said().stdout).toContain(alarm), patience)
    expect(outcomes()).toHaveLength(index)
    await rm(join(here, name))
    await vi.waitFor(() => expect(outcomes()[index]).toBe(`itm_${index} content_removed`), patience)
  }
  const { stdout, stderr } = await stop(running)
  expect(stdout + stderr).not.toContain('tern.example')
  expect(stdout).toContain(`"stderr_bytes":${noise.length}`)
})

test('what a command takes too long for is ended with everything it started, and tried again', async () => {
  const running = await agent({ timeout: 1 })
  await put('hang', '')
  await issue({ items: [{ id: 'itm_1', url: url(1) }] })
  await vi.waitFor(() => expect(running.said().stdout).toContain('"command_timeout"'), patience)
  await rm(join(here, 'hang'))
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed']), patience)
  expect(await left()).toBe(0)
})

test('killed in the middle of a command it ends what was left behind, runs it again by the same key, and reports once', async () => {
  const first = await agent()
  await put('hang', '')
  const { notice } = await issue({
    items: [
      { id: 'itm_1', url: url(1) },
      { id: 'itm_2', url: url(2) },
    ],
  })
  await vi.waitFor(async () => expect(await asked()).toHaveLength(2), patience)
  if (linux) await vi.waitFor(async () => expect(await left()).toBe(4), patience) // two shells, each with its sleep
  await stop(first, 'SIGKILL')
  if (linux) expect(await left()).toBe(4)
  await rm(join(here, 'hang'))
  const second = await agent()
  await vi.waitFor(
    () => expect(outcomes().sort()).toEqual(['itm_1 content_removed', 'itm_2 content_removed']),
    patience,
  )
  expect(await left()).toBe(0)
  if (linux) expect(JSON.parse(second.said().stdout.split('\n')[0] ?? '')).toMatchObject({ leftovers: 2 })
  const keys = [1, 2].map((n) => `take_down.${notice.notice}.itm_${n}`)
  expect((await file('effects')).trim().split('\n').sort()).toEqual(keys)
  expect(portal.reports.filter(({ type }) => type === 'notice.received')).toHaveLength(1)
})

test('stopped in the middle of a command it waits, then ends it, and runs it again after the next start', async () => {
  const first = await agent({ stop_grace: 1 })
  await put('hang', '')
  await issue({ items: [{ id: 'itm_1', url: url(1) }] })
  await vi.waitFor(async () => expect(await file('hanging')).not.toBe(''), patience)
  const { code, stdout } = await stop(first)
  expect(code).toBe(0)
  expect(stdout).not.toContain('"alarm"')
  expect(await left()).toBe(0)
  await rm(join(here, 'hang'))
  await agent()
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed']), patience)
})

test('a corrected address: the wrong one is put back first, and an unchanged one is left alone', async () => {
  await agent()
  const { notice } = await issue({
    items: [
      { id: 'itm_1', url: url(1) },
      { id: 'itm_2', url: url(2) },
    ],
  })
  await vi.waitFor(() => expect(outcomes()).toHaveLength(2), patience)
  await portal.correct(
    notice,
    notice.items.map((item) => (item.id === 'itm_1' ? { ...item, url: url(3) } : item)),
  )
  await vi.waitFor(() => expect(outcomes().filter((one) => one.startsWith('itm_1'))).toHaveLength(2), patience)
  const after = (await asked()).slice(2)
  expect(after.map(({ act, item, url: at }) => [act, item, at])).toEqual([
    ['put_back', 'itm_1', undefined],
    ['take_down', 'itm_1', url(3)],
  ])
  expect(after[0]).toMatchObject({ reason: 'corrected', key: `${notice.notice}.itm_1` })
})

test('unless told otherwise it asks a person first: who approves, or answers, is kept, and the address shown on request only', async () => {
  const running = await agent({ mode: undefined, auto: undefined })
  const { notice } = await issue({ items: [1, 2, 3].map((n) => ({ id: `itm_${n}`, url: url(n) })) })
  await vi.waitFor(() => expect(running.said().stdout.match(/"event":"asked"/g)).toHaveLength(3), patience)
  const line = (...words: string[]) => typed(['agent', ...words, '--config', join(here, 'agent.json')])
  const listed = await line('waiting', '--json')
  expect(JSON.parse(listed.out)).toMatchObject({ waiting: [{ item: 'itm_1', why: 'approve' }, {}, {}] })
  expect(listed.out).not.toContain('tern.example')
  expect(await line('waiting', '--reveal')).toMatchObject({ code: 2, err: expect.stringContaining('by_missing') })
  expect((await line('waiting', '--reveal', '--by', 'P. de Vries')).out).toContain(url(2))
  expect(await asked()).toEqual([])

  expect(await line('approve', notice.notice, 'itm_1', '--by', 'P. de Vries')).toMatchObject({ code: 0, err: '' })
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed']), patience)
  const incomplete = await line('answer', notice.notice, 'itm_2', 'refused', '--by', 'P. de Vries')
  expect(incomplete).toMatchObject({ code: 2, err: expect.stringContaining('/reason: refused needs reason.') })
  await line('answer', notice.notice, 'itm_2', 'refused', '--by', 'P. de Vries', '--reason', 'disputes_illegality')
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed', 'itm_2 refused']), patience)
  expect(portal.reports.flatMap((one) => (one.type === 'items.reported' ? one.message.results : []))).toMatchObject([
    { by: 'human' },
    { by: 'human' },
  ])
  expect((await asked()).map(({ item }) => item)).toEqual(['itm_1'])
  const gone = await line('approve', notice.notice, 'itm_9', '--by', 'P. de Vries')
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('unknown_item') })
  expect((await stop(running)).stdout).not.toContain('tern.example')
})

test('what the command leaves to a person is answered through the running agent', async () => {
  await agent()
  await put('exit', '40')
  const { notice } = await issue({ items: [{ id: 'itm_1', url: url(1) }] })
  await vi.waitFor(async () => expect(await asked()).toHaveLength(1), patience)
  const line = (...words: string[]) => typed(['agent', ...words, '--config', join(here, 'agent.json')])
  const said = ['content_removed', '--by', 'P. de Vries']
  expect(await line('answer', notice.notice, 'itm_1', ...said)).toMatchObject({ code: 0, err: '' })
  await vi.waitFor(() => expect(outcomes()).toEqual(['itm_1 content_removed']), patience)
  const nobody = await line('answer', 'ntc_none', 'itm_1', ...said)
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('unknown_notice') })
})

test('observing runs nothing and reports nothing', async () => {
  const running = await agent({}, ['--mode', 'observe'])
  await issue({ items: [{ id: 'itm_1', url: url(1) }] })
  await vi.waitFor(() => expect(running.said().stdout).toContain('"observed"'), patience)
  await stop(running)
  expect(await asked()).toEqual([])
  expect(outcomes()).toEqual([])
})

test('one folder, one agent', async () => {
  await agent()
  const second = await noticeline(['agent', '--config', join(here, 'agent.json')])
  expect(second).toMatchObject({ code: 4, stderr: expect.stringContaining('store_in_use') })
})

test('agent check looks at everything, and tries the command where it is asked to', async () => {
  const config = await configure()
  const good = await noticeline(['agent', 'check', '--config', config, '--try', '--json'])
  expect(JSON.parse(good.stdout)).toMatchObject({ ok: true })
  expect((await asked()).map(({ act, attempt }) => [act, attempt])).toEqual([
    ['take_down', 1],
    ['take_down', 2],
    ['put_back', 1],
  ])
  await mkdir(join(here, 'folder'))
  const bad = await noticeline([
    'agent',
    'check',
    '--config',
    config,
    '--portal',
    'http://127.0.0.1:9',
    '--',
    join(here, 'folder'),
  ])
  expect(bad.code).toBe(1)
  expect(bad.stdout).toMatch(/NOT {2}portal: [\s\S]*NOT {2}command: /)
})
