import { chmod, mkdir, open, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codeOf } from '../inbox/file-lock.ts'
import { loadOrCreateKeys } from '../inbox/own-keys-file.ts'
import { checkIssuer } from '../receiver/portal.ts'
import { command, type Given } from './command.ts'
import { Complaint, misused } from './complaint.ts'
import type { ExitCode } from './exit-codes.ts'
import { filesFor, isAgent, type Kind, kinds, type WrittenFile } from './init/files.ts'
import { type Stack, stacks } from './init/server-files.ts'
import { passphraseOf } from './own-keys.ts'
import type { Shell } from './shell.ts'

const options = {
  framework: {
    type: 'text',
    value: 'NAME',
    choices: kinds,
    summary: 'What serves HTTP, or the agent with a command in your language. Asked for on a terminal.',
  },
  stack: {
    type: 'text',
    value: 'NAME',
    choices: stacks,
    summary: 'Where notices wait: a folder, or a database. Asked for on a terminal; otherwise a folder.',
  },
  issuer: {
    type: 'text',
    value: 'ORIGIN',
    env: 'NOTICELINE_ISSUER',
    default: 'https://portal.example',
    summary: 'The portal, as in https://portal.example.',
  },
  force: { type: 'flag', summary: 'Overwrite what is there; never keys.' },
} as const

/** `init`: files to start from, that run as they are. */
export const initCommand = command({
  name: 'init',
  summary: 'Write a receiver to start from, and make its keys',
  details: [
    'Writes a server, the handlers, where notices wait and .env.example; or, for the agent, agent.json and a command. They run as they are: files under SERVED are set aside, put back and deleted. Nothing that is there is overwritten without --force, and keys never.',
  ],
  arguments: [{ name: 'folder', summary: 'Where to; here unless given.', optional: true, file: true }],
  options,
  examples: [
    ['noticeline init --framework express', 'an Express server with a file store'],
    ['noticeline init hooks --framework fastify --stack postgres', 'into the folder hooks'],
    ['noticeline init --framework agent-php', 'the agent, with a command in PHP'],
  ],
  run: init,
})

async function init(
  { options: given, arguments: [to = '.'] }: Given<typeof options>,
  shell: Shell,
): Promise<ExitCode | undefined> {
  const kind = (given.framework ?? (await chosen(shell, 'Framework', kinds))) as Kind
  const stack = (given.stack ??
    (isAgent(kind) || !shell.interactive ? 'file' : await chosen(shell, 'Store', stacks))) as Stack
  if (isAgent(kind) && given.stack !== undefined && stack !== 'file') {
    throw misused('stack_not_for_agent', 'The agent keeps notices in a folder.', 'Leave --stack out.')
  }
  const folder = resolve(shell.cwd, to)
  const { files, next } = filesFor(kind, stack, checkIssuer(given.issuer))
  const there = given.force ? [] : await already(folder, files)
  // Files that belong to a project already are left as they are; only what would be ours has to be free.
  const taken = there.filter((path) => !joined.has(path))
  if (taken.length > 0) {
    const what = `There is already: ${taken.join(', ')}. Nothing was written.`
    throw new Complaint('file_exists', what, 'Give another folder, or --force to overwrite.', 'files')
  }
  const written = files.filter(({ path }) => !there.includes(path))
  for (const one of written) await write(folder, one, given.force)
  // The agent makes its own keys, with its state.
  const keys = isAgent(kind)
    ? null
    : await loadOrCreateKeys(join(folder, 'noticeline', 'keys.json'), passphraseOf(shell))
  const signs = keys?.signing[0]?.kid ?? null
  shell.print({
    text: [
      ...written.map(({ path }) => `wrote  ${path}`),
      ...there.map((path) => `left   ${path}, which was there`),
      ...(signs === null ? [] : [`keys   noticeline/keys.json, signs with ${signs}`]),
      'Next:',
      ...next.map((line) => `  ${line}`),
    ].join('\n'),
    json: { framework: kind, stack, written: written.map(({ path }) => path), left: there, signing: signs, next },
  })
  return undefined
}

const joined = new Set(['package.json', '.gitignore'])

async function chosen<T extends string>(shell: Shell, what: string, from: readonly T[]): Promise<T> {
  if (!shell.interactive) {
    const name = what.toLowerCase()
    throw misused(`${name}_missing`, `--${name} was not given.`, `Give one of: ${from.join(', ')}.`)
  }
  for (;;) {
    const answer = (await shell.ask(`${what} (${from.join(', ')})?`)).trim()
    const found = from.find((one) => one === answer)
    if (found !== undefined) return found
    if (shell.stopping.aborted) throw new Complaint('stopped', 'It was stopped.', 'Run it again.', 'stopped')
    shell.tell(`One of: ${from.join(', ')}.`)
  }
}

async function already(folder: string, files: readonly WrittenFile[]): Promise<string[]> {
  const found = await Promise.all(
    files.map(async ({ path }) => ((await stat(join(folder, path)).catch(() => null)) === null ? [] : [path])),
  )
  return found.flat()
}

async function write(folder: string, { path, text, mode }: WrittenFile, force: boolean): Promise<void> {
  const whole = join(folder, path)
  await mkdir(dirname(whole), { recursive: true })
  try {
    const file = await open(whole, force ? 'w' : 'wx', mode)
    await file.writeFile(text).finally(() => file.close())
    await chmod(whole, mode)
  } catch (error) {
    // Made by somebody else since we looked.
    if (codeOf(error) !== 'EEXIST') throw error
    throw new Complaint('file_exists', `There is already: ${path}.`, 'Give another folder, or --force.', 'files')
  }
}
