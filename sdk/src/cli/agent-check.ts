import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readAnswer } from '../agent/answer.ts'
import { runCommand } from '../agent/command-run.ts'
import { exampleRequest } from '../agent/example-request.ts'
import { exitCodesOf, namesOf, wordOf } from '../agent/runner.ts'
import { agentOptions, findProgram, readSettings, readToken, type Settings } from './agent-settings.ts'
import { command } from './command.ts'
import { saidOf } from './complaint.ts'
import { exitCodes } from './exit-codes.ts'
import type { Shell } from './shell.ts'

interface Look {
  readonly what: string
  readonly ok: boolean
  readonly told: string
}

/** `agent check`: everything that `agent` needs, looked at without receiving anything. */
export const agentCheckCommand = command({
  name: 'agent check',
  summary: 'Look at everything the agent needs, without receiving anything',
  details: [
    'With --try the command is run as well, twice with the same invented item and once to put it back: an address under agent-check.example that nobody has. A handler answers 10 or 11 to that, or 0.',
  ],
  arguments: [{ name: 'command', summary: 'The program and its arguments, after --.', optional: true, many: true }],
  options: { ...agentOptions, try: { type: 'flag', summary: 'Run the command with an invented item.' } },
  async run(given, shell) {
    const settings = await readSettings(given, shell)
    const looks = [
      { what: 'configuration', ok: true, told: `read from ${settings.from}` },
      await lookAtToken(settings, shell),
      await lookAtPortal(settings),
      await lookAtState(settings),
      await lookAtProgram(settings),
    ]
    if (given.options.try && looks.every(({ ok }) => ok)) looks.push(...(await tryCommand(settings, shell)))
    const ok = looks.every((look) => look.ok)
    const text = looks.map(({ ok: fine, what, told }) => `${fine ? 'ok  ' : 'NOT '} ${what}: ${told}`)
    shell.print({ text: text.join('\n'), json: { ok, looks } })
    return ok ? exitCodes.ok[0] : exitCodes.refused[0]
  },
})

async function lookAtToken(settings: Settings, shell: Shell): Promise<Look> {
  try {
    await readToken(settings, shell)
    return { what: 'token', ok: true, told: 'there' }
  } catch (error) {
    const { message, next } = saidOf(error, false)
    return { what: 'token', ok: false, told: `${message} ${next}` }
  }
}

async function lookAtPortal({ config }: Settings): Promise<Look> {
  const what = 'portal'
  try {
    const url = `${config.portal}/.well-known/ssf-configuration`
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) })
    const { issuer } = response.status === 200 ? ((await response.json()) as { issuer?: unknown }) : {}
    if (issuer === config.portal) return { what, ok: true, told: 'answers, and calls itself so' }
    return { what, ok: false, told: `answered ${response.status} without being that portal. Check its address.` }
  } catch {
    return { what, ok: false, told: 'does not answer. Check its address, the network and the clock of this machine.' }
  }
}

async function lookAtState({ config, socket }: Settings): Promise<Look> {
  const what = 'state'
  try {
    const { mkdir } = await import('node:fs/promises')
    await mkdir(config.state, { recursive: true, mode: 0o700 })
    await rm(await mkdtemp(join(config.state, 'check-')), { recursive: true })
    return { what, ok: true, told: `${config.state} can be written, the socket will be ${socket}` }
  } catch (error) {
    return { what, ok: false, told: `${config.state}: ${saidOf(error, false).message}` }
  }
}

async function lookAtProgram(settings: Settings): Promise<Look> {
  const [program = ''] = settings.command
  const path = await findProgram(program, settings)
  const told = path === null ? `${program} is not there, or not executable` : `${path} can be run`
  return { what: 'command', ok: path !== null, told }
}

async function tryCommand({ config, command: words, environment }: Settings, shell: Shell): Promise<Look[]> {
  const looks: Look[] = []
  const stderr = shell.reveal ? (text: string) => shell.tell(text.trimEnd()) : undefined
  for (const [act, attempt] of [
    ['take_down', 1],
    ['take_down', 2],
    ['put_back', 1],
  ] as const) {
    const request = exampleRequest(act, attempt, shell.now())
    const ended = await runCommand({
      command: words,
      directory: config.directory,
      environment: { ...environment, ...namesOf(request) },
      input: `${JSON.stringify(request)}\n`,
      timeout: config.timeout * 1000,
      signal: shell.stopping,
      onStderr: stderr,
    })
    const answer = readAnswer(request, ended, shell.now(), exitCodesOf(config))
    const word = answer.answer === 'again' ? answer.code : wordOf(answer)
    looks.push({
      what: `${act}, run ${attempt}`,
      ok: answer.answer !== 'again' || answer.code === 'asked',
      told: `${word} (exit ${ended.code}, ${ended.milliseconds} ms, ${ended.stderrBytes} bytes on standard error)`,
    })
  }
  return looks
}
