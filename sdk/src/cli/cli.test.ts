import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Refusal } from '../refusals.ts'
import { runCommand } from '../testing/run-command.ts'
import { type Command, command } from './command.ts'
import { commands } from './commands.ts'
import { Complaint } from './complaint.ts'
import { completionScript } from './completion.ts'
import { exitCodes } from './exit-codes.ts'
import { commandReference } from './reference.ts'
import { run } from './run.ts'
import { packageFile } from './shipped.ts'

const address = 'https://cust42.tern.example/secret'

const tried = command({
  name: 'try',
  summary: 'Try something',
  arguments: [{ name: 'thing', summary: 'What to try.', optional: true }],
  options: {
    times: { type: 'number', value: 'N', least: 1, most: 9, default: 2, summary: 'How often.' },
    how: { type: 'text', value: 'HOW', choices: ['well', 'badly'], summary: 'How.', env: 'HOW' },
    with: { type: 'list', value: 'THING', summary: 'With what.' },
    fast: { type: 'flag', short: 'f', summary: 'Quickly.' },
  },
  async run({ options, arguments: [thing] }, shell) {
    if (thing === 'complaint') throw new Complaint('not_tried', 'It was not tried.', 'Try again.', 'files')
    if (thing === 'refusal') throw new Refusal('portal_unreachable', 'The portal does not answer.')
    if (thing === 'bug') throw new TypeError(`cannot read ${address}`)
    if (thing === 'address') shell.print({ text: shell.address(address), json: { url: shell.address(address) } })
    else shell.print({ text: `${options.times}`, json: options })
    return undefined
  },
})
const tables: readonly Command[] = [tried, { ...tried, name: 'try again' }, { ...tried, name: 'twice more' }]

async function typed(line: string, env: Record<string, string> = {}) {
  const said = { code: 0, out: '', err: '' }
  said.code = await run(tables, {
    line: line.split(' ').filter((word) => word !== ''),
    env,
    cwd: '/',
    version: '1.2.3',
    now: () => new Date(0),
    input: async () => '',
    interactive: false,
    ask: async () => '',
    stopping: new AbortController().signal,
    out: (text) => {
      said.out += text
    },
    tell: (text) => {
      said.err += text
    },
  })
  return said
}

test('a line is read by the options of its command', async () => {
  expect(await typed('try')).toEqual({ code: 0, out: '2', err: '' })
  const { out } = await typed('try again -f --with a --with b --times 9 --how well --json')
  expect(JSON.parse(out)).toMatchObject({ times: 9, how: 'well', with: ['a', 'b'], fast: true })
  expect(JSON.parse((await typed('try --json', { HOW: 'badly' })).out)).toMatchObject({ how: 'badly', fast: false })
})

test.each([
  ['try --times 10', 'number_wrong'],
  ['try --times x', 'number_wrong'],
  ['try --how so', 'value_unknown'],
  ['try --nothing', 'option_unknown'],
  ['try --times', 'option_malformed'],
  ['try --fast=1', 'option_malformed'],
  ['try one two', 'argument_unexpected'],
  ['twice', 'command_incomplete'],
  ['nothing', 'command_unknown'],
])('%s is wrong usage: %s', async (line, code) => {
  const { code: exit, out, err } = await typed(line)
  expect({ exit, out, code: err.split(': ')[1] }).toEqual({ exit: exitCodes.usage[0], out: '', code })
  const json = JSON.parse((await typed(`${line} --json`)).err) as { error: { code: string; next: string } }
  expect(json.error.code).toBe(code)
  expect(json.error.next).not.toBe('')
})

test('what goes wrong has a code, what to do next, and an exit code of its kind', async () => {
  expect(await typed('try complaint')).toEqual({
    code: 4,
    out: '',
    err: 'noticeline: not_tried: It was not tried. Try again.',
  })
  expect(await typed('try refusal')).toMatchObject({ code: 3, err: expect.stringContaining('portal_unreachable') })
  const bug = await typed('try bug')
  expect(bug).toMatchObject({ code: 70, err: expect.stringContaining('unexpected') })
})

test('no address is printed without --reveal, neither in a result nor in an error', async () => {
  for (const line of ['try address', 'try address --json', 'try bug', 'try bug --json'])
    expect(JSON.stringify(await typed(line))).not.toContain('tern.example')
  expect((await typed('try address --reveal')).out).toBe(address)
  expect((await typed('try bug --reveal')).err).toContain(address)
})

test('help names every option; without a command it is help and wrong usage', async () => {
  const { code, out } = await typed('try --help')
  expect(code).toBe(0)
  for (const option of ['--times N', '--how HOW', '--with THING', '-f, --fast', '--json', '--reveal', '-h, --help'])
    expect(out).toContain(option)
  expect(await typed('')).toMatchObject({ code: 2, out: expect.stringContaining('try again') })
  expect(await typed('--help')).toMatchObject({ code: 0, out: expect.stringContaining('twice more') })
  expect((await typed('--version')).out).toBe('1.2.3')
})

test('every command of ours says what it does in one line, and what its options mean in whole sentences', () => {
  for (const { name, summary, options } of commands) {
    expect(summary, name).toMatch(/^[A-Z][^\n]{5,80}[^.\n]$/)
    for (const [option, { summary: meaning }] of Object.entries(options)) {
      expect(option, name).toMatch(/^[a-z][a-z-]+$/)
      expect(meaning, `${name} --${option}`).toMatch(/^[A-Z][^\n]+\.$/)
    }
  }
  expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length)
})

test('COMMANDS.md is what the table says (pnpm generated)', async () => {
  expect(await readFile(packageFile('COMMANDS.md'), 'utf8')).toBe(commandReference(commands))
})

test('the process itself: results on standard output, errors on standard error, exit codes', async () => {
  const [good, bad, none] = await Promise.all([
    runCommand(['completion', 'bash', '--json']),
    runCommand(['completion', 'tcsh', '--json']),
    runCommand([]),
  ])
  expect(JSON.parse(good.stdout)).toMatchObject({ shell: 'bash' })
  expect(good).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(bad.stderr)).toMatchObject({ error: { code: 'value_unknown' } })
  expect(bad).toMatchObject({ code: 2, stdout: '' })
  expect(none).toMatchObject({ code: 2, stderr: '' })
})

test('bash completes commands, second words, options and their values', async () => {
  const script = completionScript('bash', tables)
  const complete = async (...words: string[]) => {
    const asked = `COMP_WORDS=(noticeline ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`
    const told = await promisify(execFile)('bash', [
      '-c',
      `${script}\n${asked}; _noticeline; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ])
    return told.stdout.trim().split('\n')
  }
  expect(await complete('tw')).toEqual(['twice'])
  expect(await complete('twice', 'm')).toEqual(['more'])
  expect(await complete('try', '--f')).toEqual(['--fast'])
  expect(await complete('try', '--how', '')).toEqual(['well', 'badly'])
})

test.each(['zsh', 'fish'] as const)('the script for %s names every command and option', (shell) => {
  const script = completionScript(shell, tables)
  for (const word of ['try', 'again', 'twice', 'more', 'times', 'how', 'with', 'fast', 'json', 'reveal'])
    expect(script).toContain(word)
})
