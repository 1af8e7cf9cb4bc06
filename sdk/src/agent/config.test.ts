import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { typed } from '../testing/typed.ts'

let here: string
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'agent-config-'))
  await writeFile(join(here, 'bearer'), 'nl_test_0123456789\n', { mode: 0o600 })
})
afterEach(() => rm(here, { recursive: true, force: true }))

/** What `noticeline agent` says to a configuration; every one here is refused before anything is opened. */
async function refused(config: object | string, line: readonly string[] = []) {
  const usual = { portal: 'https://portal.example', command: ['true'], token_file: 'bearer', state: 'state' }
  await writeFile(
    join(here, 'agent.json'),
    typeof config === 'string' ? config : JSON.stringify({ ...usual, ...config }),
  )
  const env = { PATH: process.env['PATH'] }
  const { code, err } = await typed(['agent', '--config', 'agent.json', ...line], { cwd: here, env })
  expect(await readdir(here)).not.toContain('state')
  return { exit: code, code: err.split(': ')[1], err }
}

test.each([
  [{ comand: ['x'] }, 'Unrecognized key: "comand"'],
  [{ command: 'rm -rf /' }, '/command: A list: the program, then its arguments.'],
  [{ command: ['true'], shell: true }, '/command: With "shell": true it is one string.'],
  [{ command: [] }, '/command: '],
  [{ timeout: 0 }, '/timeout: '],
  [{ concurrency: 'four' }, '/concurrency: '],
  [{ mode: 'sometimes' }, '/mode: '],
  [{ mode: 'auto' }, '/auto: Say for whom'],
  [
    { mode: 'auto', auto: { notifiers: [], regimes: ['test'], categories: ['csam'], items_an_hour: 1 } },
    '/auto/notifiers',
  ],
  [{ exit_codes: { 75: { outcome: 'refused' } } }, '/exit_codes/75: This code keeps its meaning.'],
  [{ exit_codes: { 0: { outcome: 'refused' } } }, '/exit_codes/0: '],
  [{ exit_codes: { 50: { outcome: 'gone' } } }, '/exit_codes/50/outcome: One of: content_removed'],
  [{ exit_codes: { 50: { outcome: 'refused' } } }, '/exit_codes/50/reason: refused needs reason.'],
  [{ listen: '127.0.0.1:8080' }, '/url: Pushes need the address'],
  [{ url: 'https://hooks.tern.example/' }, '/listen: '],
  [{ listen: 'everywhere', url: 'https://hooks.tern.example/' }, '/listen: host:port'],
  ['{"portal": }', 'It is no JSON'],
] as const)('%j is refused by its place', async (config, words) => {
  const { exit, code, err } = await refused(config)
  expect({ exit, code }).toEqual({ exit: 4, code: 'config_invalid' })
  expect(err).toContain(words)
})

test.each([
  [{ portal: undefined }, [], 2, 'portal_missing'],
  [{ portal: 'http://portal.example' }, [], 2, 'issuer_invalid'],
  [{ command: undefined }, [], 2, 'command_missing'],
  [{ command: ['no-such-program'] }, [], 4, 'command_missing'],
  [{ command: ['./bearer'] }, [], 4, 'command_missing'],
  [{ token_file: 'none' }, [], 4, 'file_missing'],
  [{ token_file: undefined }, [], 2, 'token_missing'],
  [{ socket: `/${'long/'.repeat(30)}` }, [], 4, 'socket_too_long'],
  [{}, ['--listen', '127.0.0.1:1'], 2, 'push_incomplete'],
  [{}, ['--mode', 'sometimes'], 2, 'value_unknown'],
  [{}, ['--mode', 'auto'], 2, 'auto_missing'],
] as const)('with %j and %j it ends with %i, %s', async (config, line, exit, code) => {
  expect(await refused(config, line)).toMatchObject({ exit, code })
})

test('a token beside the configuration is found without being named', async () => {
  await writeFile(join(here, 'token'), 'one\ntwo', { mode: 0o600 })
  expect(await refused({ token_file: undefined })).toMatchObject({ exit: 4, code: 'token_malformed' })
})

test('a token that others can read, or that is several lines, is refused', async () => {
  await writeFile(join(here, 'open'), 'nl_test_0123456789', { mode: 0o644 })
  expect(await refused({ token_file: 'open' })).toMatchObject({ exit: 4, code: 'token_readable_by_others' })
  await writeFile(join(here, 'lines'), 'nl_test_0123456789\nand more', { mode: 0o600 })
  expect(await refused({ token_file: 'lines' })).toMatchObject({ exit: 4, code: 'token_malformed' })
})
