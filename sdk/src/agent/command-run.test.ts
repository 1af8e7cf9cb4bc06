import { tmpdir } from 'node:os'
import { expect, test, vi } from 'vitest'
import { runCommand } from './command-run.ts'

// Each line starts processes, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

/** One run of some sh, with five minutes unless said otherwise. */
function sh(code: string, more: { timeout?: number; signal?: AbortSignal; input?: string } = {}) {
  return runCommand({
    command: ['/bin/sh', '-c', code],
    directory: tmpdir(),
    environment: { PATH: process.env['PATH'] ?? '', GIVEN: 'given' },
    input: '{}\n',
    timeout: 300_000,
    signal: new AbortController().signal,
    ...more,
  })
}

test('input, output, exit code and environment are exactly what was given', async () => {
  expect(
    await sh('cat; env | grep -v -e ^PWD= -e ^PATH= -e ^_= -e ^SHLVL= -e ^OLDPWD=; echo err >&2; exit 7', {
      input: 'in ',
    }),
  ).toMatchObject({
    ...{ how: 'exited', code: 7, stdout: 'in GIVEN=given\n', stderrBytes: 4 },
  })
})

test('a command that reads nothing, however much it is given, is no failure', async () => {
  expect(await sh('exit 0', { input: 'x'.repeat(1_000_000) })).toMatchObject({ how: 'exited', code: 0 })
})

test('what is not there is told as missing', async () => {
  const { signal } = new AbortController()
  const rest = { directory: tmpdir(), environment: {}, input: '', timeout: 300_000, signal }
  expect(await runCommand({ ...rest, command: ['/no/such/program'] })).toMatchObject({ how: 'missing' })
  expect(await runCommand({ ...rest, command: [tmpdir()] })).toMatchObject({ how: 'missing' })
  expect(await runCommand({ ...rest, command: ['/bin/true'], directory: '/no/such/folder' })).toMatchObject({
    how: 'missing',
  })
})

test('a flood of output ends it', async () => {
  expect(await sh('while :; do echo flood; done')).toMatchObject({ how: 'flooded' })
})

test('what ends by a signal was killed, and so is what is stopped from outside', async () => {
  expect(await sh('kill -9 $$')).toMatchObject({ how: 'killed' })
  expect(await sh('sleep 600', { signal: AbortSignal.timeout(200) })).toMatchObject({ how: 'killed' })
  expect(await sh('sleep 600', { signal: AbortSignal.abort() })).toMatchObject({ how: 'killed' })
})

test('one that does not heed SIGTERM is killed all the same', async () => {
  expect(await sh("trap '' TERM; while :; do sleep 0.1; done", { timeout: 500 })).toMatchObject({ how: 'timeout' })
})

test('what it leaves in the background does not hold up its answer, in its group or out of it', async () => {
  expect(await sh('sleep 600 & exit 3')).toMatchObject({ how: 'exited', code: 3 })
  expect(await sh('setsid sleep 20 & exit 3')).toMatchObject({ how: 'exited', code: 3 })
})
