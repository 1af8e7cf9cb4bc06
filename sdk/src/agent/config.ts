import { z } from 'zod'
import { categories, outcomeCodes, regimes } from '../protocol/words.ts'
import { itemOutcome, orgId } from './wire.ts'

const seconds = (least: number, most: number) => z.int().min(least).max(most)
const some = <T extends z.ZodType>(one: T) => z.tuple([one], one)
const listen = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[0-9a-zA-Z.-]+):[0-9]{1,5}$/, 'host:port, as in 127.0.0.1:8080.')
const exitCode = z
  .looseObject({ outcome: z.enum(outcomeCodes, { error: `One of: ${outcomeCodes.join(', ')}.` }) })
  .describe('Members of the outcome that this exit code of take_down reports.')

/** `agent.json`. What it does not know it refuses: a misspelled name must not pass for a setting. */
export const agentConfig = z.strictObject({
  portal: z.string().optional().describe('The portal, an origin like https://portal.example.'),
  command: z
    .union([z.array(z.string()).min(1), z.string().min(1)], {
      error: 'A list: the program, then its arguments. One string is for "shell": true.',
    })
    .optional()
    .describe('The program and its arguments, run once an item. One string only together with "shell": true.'),
  shell: z.boolean().default(false).describe('Gives the command to /bin/sh. Without it nothing in it is interpreted.'),
  token_file: z.string().optional().describe('The file with the bearer token; its owner alone may read it.'),
  state: z.string().optional().describe('The folder for inbox, keys and progress; for one agent alone.'),
  mode: z
    .enum(['approve', 'auto', 'observe'], { error: 'approve, auto or observe.' })
    .default('approve')
    .describe(
      'approve: a person decides on every item. auto: what "auto" lists is done at once. observe: nothing is done.',
    ),
  auto: z
    .strictObject({
      notifiers: some(orgId).describe('Ids of notifiers, org_….'),
      regimes: some(z.enum(regimes)).describe('Regimes of notices.'),
      categories: some(z.enum(categories)).describe('Categories of notices.'),
      items_an_hour: z.int().min(1).describe('Items done without a person in any 60 minutes; beyond that they wait.'),
    })
    .optional()
    .describe('For mode auto: what is done without a person. All lists have to fit.'),
  guard: z
    .strictObject({ sites: z.int().min(0).optional(), mailboxes: z.int().min(0).optional() })
    .default({})
    .transform(({ sites = 1, mailboxes = 1 }) => ({ sites, mailboxes }))
    .describe('How far one measure may reach, in every mode; one site and one mailbox unless said otherwise.'),
  timeout: seconds(1, 3600).default(60).describe('Seconds that one run of the command may take.'),
  concurrency: z.int().min(1).max(64).default(4).describe('Runs of the command at once; never two of one item.'),
  directory: z.string().optional().describe('Where the command runs; otherwise where the agent was started.'),
  environment: z.record(z.string(), z.string()).default({}).describe('What the command finds in its environment.'),
  pass_environment: z.array(z.string()).default([]).describe('Names taken over from the environment of the agent.'),
  exit_codes: z
    .record(
      z.string().regex(/^([1-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$/, 'An exit code, 1 to 255.'),
      exitCode,
    )
    .default({})
    .describe('Exit codes of your own, or other meanings for ours; 0, 40 and 75 keep theirs.'),
  listen: listen.optional().describe('Takes pushes there instead of polling; needs "url".'),
  url: z.string().optional().describe('The address under which the portal reaches "listen", https.'),
  socket: z.string().optional().describe('The Unix socket for health and reports of a person.'),
  stop_grace: seconds(0, 600).default(20).describe('Seconds for running commands to end when the agent is stopped.'),
})
export type AgentConfig = z.infer<typeof agentConfig>

export type ConfigReading =
  | { readonly ok: true; readonly config: AgentConfig }
  | { readonly ok: false; readonly errors: readonly string[] }

/** Reads `agent.json`. Every error names its place; no value is quoted. */
export function readAgentConfig(text: string): ConfigReading {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const place = /\(?line \d+ column \d+\)?|position \d+/.exec((error as Error).message)?.[0]
    return { ok: false, errors: [`It is no JSON${place === undefined ? '' : ` (at ${place.replace(/[()]/g, '')})`}.`] }
  }
  const read = agentConfig.safeParse(json)
  if (!read.success) {
    return {
      ok: false,
      errors: read.error.issues.map(({ path, message }) => `/${path.map(String).join('/')}: ${message}`),
    }
  }
  const errors = agreements(read.data)
  return errors.length === 0 ? { ok: true, config: read.data } : { ok: false, errors }
}

function agreements({ command, shell, mode, auto, listen: at, url, exit_codes: codes }: AgentConfig): string[] {
  return [
    typeof command === 'string' && !shell
      ? '/command: A list: the program, then its arguments. One string is for "shell": true.'
      : '',
    Array.isArray(command) && shell ? '/command: With "shell": true it is one string.' : '',
    mode === 'auto' && auto === undefined
      ? '/auto: Say for whom, for what, and how much: notifiers, regimes, categories, items_an_hour.'
      : '',
    at !== undefined && url === undefined
      ? '/url: Pushes need the address under which the portal reaches this agent.'
      : '',
    url !== undefined && at === undefined ? '/listen: "url" is for pushes: say where to listen.' : '',
    ...Object.entries(codes).flatMap(([code, said]) => outcomeErrors(said).map((told) => `/exit_codes/${code}${told}`)),
    ...['40', '75'].map((code) => (code in codes ? `/exit_codes/${code}: This code keeps its meaning.` : '')),
  ].filter((text) => text !== '')
}

/** `since` is the moment of the run, so it need not be said. */
function outcomeErrors(said: object): string[] {
  const at = '2026-01-01T00:00:00.000Z'
  const read = itemOutcome.safeParse({ since: at, ...said, item: 'itm_1', at, by: 'auto' })
  return read.error?.issues.map(({ path, message }) => `/${path.map(String).join('/')}: ${message}`) ?? []
}

/** What is run: the list itself, or a shell with the string. */
export function commandLine({ command, shell }: Pick<AgentConfig, 'command' | 'shell'>): readonly string[] {
  if (command === undefined) return []
  return shell ? ['/bin/sh', '-c', String(command)] : [...command]
}
