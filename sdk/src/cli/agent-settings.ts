import { access, constants, readFile, stat } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { type AgentConfig, commandLine, readAgentConfig } from '../agent/config.ts'
import { checkIssuer } from '../receiver/portal.ts'
import type { Given, OptionTable } from './command.ts'
import { Complaint, misused } from './complaint.ts'
import type { Shell } from './shell.ts'

/** What `agent` and the commands beside it take. */
export const agentOptions = {
  config: {
    type: 'text',
    value: 'PATH',
    file: true,
    env: 'NOTICELINE_CONFIG',
    summary: 'The configuration; otherwise /etc/noticeline/agent.json, where it is there.',
  },
  portal: { type: 'text', value: 'URL', env: 'NOTICELINE_PORTAL', summary: "The portal's origin." },
  state: {
    type: 'text',
    value: 'FOLDER',
    file: true,
    env: 'NOTICELINE_STATE',
    summary: 'The folder for inbox, keys and progress; otherwise $STATE_DIRECTORY, or ./noticeline.',
  },
  'token-file': {
    type: 'text',
    value: 'PATH',
    file: true,
    env: 'NOTICELINE_TOKEN_FILE',
    summary:
      'The file with the bearer token; otherwise a systemd credential, NOTICELINE_TOKEN itself, or the file "token" beside the configuration.',
  },
  mode: {
    type: 'text',
    value: 'MODE',
    choices: ['approve', 'auto', 'observe'],
    env: 'NOTICELINE_MODE',
    summary:
      'Whether a person approves each item, what is listed is done at once, or nothing is done; approve unless said otherwise.',
  },
  timeout: {
    type: 'number',
    value: 'SECONDS',
    least: 1,
    most: 3600,
    summary: 'How long one run may take; 60 unless said otherwise.',
  },
  concurrency: { type: 'number', value: 'N', least: 1, most: 64, summary: 'Runs at once; 4 unless said otherwise.' },
} as const satisfies OptionTable

interface AgentGiven {
  readonly options: Partial<Given<typeof agentOptions>['options']>
  readonly arguments: readonly string[]
}

interface Also {
  readonly listen?: string | undefined
  readonly url?: string | undefined
  /** Only the folder and the socket matter: portal and command need not be said. */
  readonly partly?: boolean
}

export interface Settings {
  readonly config: AgentConfig & { readonly portal: string; readonly state: string; readonly directory: string }
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly socket: string
  /** The file they come from, be it there or not. */
  readonly from: string
  /** Named on the line or in the environment. */
  readonly tokenFile: string | undefined
}

const usual = '/etc/noticeline/agent.json'
const plainPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** The path of a Unix socket, as most systems take it. */
const longestSocket = 103

/** Line before environment before file. */
export async function readSettings(
  { options, arguments: words }: AgentGiven,
  shell: Shell,
  { listen, url, partly = false }: Also = {},
): Promise<Settings> {
  const { file, from } = await readFileOf(options.config, shell)
  const portal = options.portal ?? file.portal ?? (partly ? 'https://portal.example' : undefined)
  if (portal === undefined) {
    throw misused(
      'portal_missing',
      'It is not said which portal.',
      'Give --portal https://…, or "portal" in the configuration.',
    )
  }
  checkIssuer(portal)
  const state = resolve(shell.cwd, options.state ?? file.state ?? shell.env['STATE_DIRECTORY'] ?? 'noticeline')
  const command = words.length > 0 && !partly ? words : commandLine(file)
  if (command.length === 0 && !partly) {
    throw misused(
      'command_missing',
      'It is not said what to run.',
      'Give it after --, as in: noticeline agent -- php takedown.php',
    )
  }
  const mode = (options.mode as AgentConfig['mode'] | undefined) ?? file.mode
  if (mode === 'auto' && file.auto === undefined) {
    throw misused(
      'auto_missing',
      'It is not said what may be done without a person.',
      'Give "auto" in the configuration: notifiers, regimes, categories and items_an_hour.',
    )
  }
  const config = {
    ...file,
    ...pushBy({ listen: listen ?? file.listen, url: url ?? file.url }),
    portal,
    state,
    directory: resolve(shell.cwd, file.directory ?? '.'),
    mode,
    timeout: options.timeout ?? file.timeout,
    concurrency: options.concurrency ?? file.concurrency,
  }
  return {
    config,
    command,
    environment: environmentOf(file, shell),
    socket: socketOf(file, state, shell),
    from,
    tokenFile: options['token-file'],
  }
}

function pushBy({ listen, url }: Also): Pick<AgentConfig, 'listen' | 'url'> {
  if ((listen === undefined) === (url === undefined)) return { listen, url }
  throw misused(
    'push_incomplete',
    'To be pushed to takes two: where to listen, and the address the portal calls.',
    'Give both --listen and --url, or neither to poll.',
  )
}

async function readFileOf(path: string | undefined, shell: Shell): Promise<{ file: AgentConfig; from: string }> {
  const wanted = path === undefined ? usual : resolve(shell.cwd, path)
  const text = await readFile(wanted, 'utf8').catch((error: { code?: string }) => {
    if (path === undefined && error.code === 'ENOENT') return null
    throw error
  })
  const reading = readAgentConfig(text ?? '{}')
  if (reading.ok) return { file: reading.config, from: wanted }
  throw new Complaint(
    'config_invalid',
    `${wanted} cannot be used. ${reading.errors.join(' ')}`,
    'Mend it and start again.',
    'files',
  )
}

/** Nothing is inherited but what is named, so no secret of the agent reaches the command by accident. */
function environmentOf({ environment, pass_environment: passed }: AgentConfig, shell: Shell): Record<string, string> {
  const inherited = Object.fromEntries(
    passed.flatMap((name) => {
      const value = shell.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return { PATH: shell.env['PATH'] || plainPath, LANG: 'C.UTF-8', ...inherited, ...environment }
}

function socketOf({ socket }: AgentConfig, state: string, shell: Shell): string {
  const [run] = (shell.env['RUNTIME_DIRECTORY'] ?? '').split(':')
  const path = socket ?? join(run === undefined || run === '' ? state : run, 'agent.sock')
  if (Buffer.byteLength(path) <= longestSocket) return path
  throw new Complaint(
    'socket_too_long',
    'The path of the Unix socket is longer than systems take.',
    'Set "socket" to a shorter one.',
    'files',
  )
}

/** The bearer token: from the file that was named, a systemd credential, the environment, or the file beside the configuration. */
export async function readToken({ config, from, tokenFile }: Settings, shell: Shell): Promise<string> {
  const token =
    (tokenFile === undefined ? null : await readTokenFile(resolve(shell.cwd, tokenFile))) ??
    (await readCredential(shell)) ??
    (config.token_file === undefined ? null : await readTokenFile(resolve(shell.cwd, config.token_file))) ??
    (shell.env['NOTICELINE_TOKEN'] || null) ??
    (await readTokenFile(join(dirname(from), 'token')).catch(orNothing)) ??
    ''
  if (/^[\x21-\x7e]{8,4096}$/.test(token)) return token
  if (token !== '') {
    throw new Complaint(
      'token_malformed',
      'The token is not one line of printable characters.',
      'Copy it anew from the portal.',
      'files',
    )
  }
  throw misused(
    'token_missing',
    'There is no token for the portal.',
    'Make one at the portal, put it into a file of mode 600, and give --token-file.',
  )
}

/** What systemd's LoadCredential left for us; it keeps others away from it by other means than a mode. */
async function readCredential(shell: Shell): Promise<string | null> {
  const folder = shell.env['CREDENTIALS_DIRECTORY']
  if (folder === undefined) return null
  return readFile(join(folder, 'token'), 'utf8').then((text) => text.trim(), orNothing)
}

function orNothing(error: { code?: string }): null {
  if (error.code === 'ENOENT') return null
  throw error
}

async function readTokenFile(path: string): Promise<string> {
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Complaint(
      'token_readable_by_others',
      'Others on this machine can read the token.',
      'chmod 600 the file, and make a new token if it was open for long.',
      'files',
    )
  }
  return (await readFile(path, 'utf8')).trim()
}

/** The file that a program's name leads to; null where there is none that may be run. */
export async function findProgram(
  program: string,
  settings: Pick<Settings, 'config' | 'environment'>,
): Promise<string | null> {
  const folders = program.includes('/') ? [''] : (settings.environment['PATH'] ?? '').split(delimiter)
  for (const folder of folders) {
    const path = isAbsolute(program) ? program : resolve(settings.config.directory, folder, program)
    const runs = await access(path, constants.X_OK).then(
      async () => (await stat(path)).isFile(),
      () => false,
    )
    if (runs) return path
  }
  return null
}
