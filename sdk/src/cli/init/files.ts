import { readFileSync } from 'node:fs'
import { packageFile } from '../shipped.ts'
import {
  type Framework,
  frameworks,
  handlersFile,
  packages,
  receiverFile,
  type Stack,
  serverFiles,
  storeFiles,
} from './server-files.ts'

export const agents = ['agent-php', 'agent-python', 'agent-perl', 'agent-bash'] as const
export type Agent = (typeof agents)[number]

export const kinds = [...frameworks, ...agents] as const
export type Kind = (typeof kinds)[number]

const handlerOf: Record<Agent, string> = {
  'agent-php': 'takedown.php',
  'agent-python': 'takedown.py',
  'agent-perl': 'takedown.pl',
  'agent-bash': 'takedown.sh',
}

export interface WrittenFile {
  readonly path: string
  readonly text: string
  readonly mode: number
}

export interface Written {
  readonly files: readonly WrittenFile[]
  /** To be typed next, in their order. */
  readonly next: readonly string[]
}

export function isAgent(kind: Kind): kind is Agent {
  return kind.startsWith('agent-')
}

/** What is written for a framework, or for the agent with a command in a language. */
export function filesFor(kind: Kind, stack: Stack, portal: string): Written {
  return isAgent(kind) ? agentFiles(kind, portal) : receiverFiles(kind, stack, portal)
}

const file = (path: string, text: string, mode = 0o644): WrittenFile => ({ path, text, mode })

function receiverFiles(framework: Framework, stack: Stack, portal: string): Written {
  const needed = [...packages[framework], ...packages[stack]]
  const database: Partial<Record<Stack, string>> = {
    postgres: 'postgres://noticeline@localhost/noticeline',
    mariadb: 'mysql://noticeline@localhost/noticeline',
  }
  const env = [
    '# Copy to .env and fill in. The token: on the portal, “API tokens”, with endpoints:write and stream:poll.',
    `NOTICELINE_ISSUER=${portal}`,
    'NOTICELINE_TOKEN=',
    '# Where the portal pushes to, https. Empty: this receiver polls, and nobody has to reach it.',
    'NOTICELINE_URL=',
    '# Empty: keys.json is sealed under keys.json.key beside it.',
    'NOTICELINE_KEYS_PASSPHRASE=',
    'PORT=8080',
    'HOST=127.0.0.1',
    '# Files of customers, by host; and where they are set aside, on the same file system.',
    'SERVED=./served',
    'WITHHELD=./withheld',
    ...(database[stack] === undefined ? [] : [`DATABASE_URL=${database[stack]}`]),
    '',
  ]
  const manifest = {
    name: 'noticeline-receiver',
    private: true,
    type: 'module',
    scripts: { start: 'node --env-file=.env server.mjs' },
  }
  return {
    files: [
      file('server.mjs', serverFiles[framework]),
      file('receiver.mjs', receiverFile),
      file('handlers.mjs', handlersFile),
      file('store.mjs', storeFiles[stack]),
      file('package.json', `${JSON.stringify(manifest, null, 2)}\n`),
      file('.env.example', env.join('\n')),
      file('.gitignore', '.env\nnoticeline/\nnode_modules/\n'),
    ],
    next: [
      `npm install @noticeline/sdk ${needed.join(' ')}`.trim(),
      'mkdir -p served withheld && cp .env.example .env, and fill it in',
      'npm start',
      'noticeline doctor',
    ],
  }
}

function agentFiles(agent: Agent, portal: string): Written {
  const handler = handlerOf[agent]
  const config = {
    portal,
    command: [`./${handler}`],
    environment: { SERVED: './served', WITHHELD: './withheld' },
    token_file: './token',
    state: './noticeline',
  }
  const env = [
    '# The agent takes its settings from agent.json; the commands of noticeline take these.',
    `NOTICELINE_ISSUER=${portal}`,
    '',
  ]
  return {
    files: [
      file(handler, readFileSync(packageFile('agent', 'handlers', handler), 'utf8'), 0o755),
      file('agent.json', `${JSON.stringify(config, null, 2)}\n`),
      file('.env.example', env.join('\n')),
      file('.gitignore', '.env\ntoken\nnoticeline/\n'),
    ],
    next: [
      'mkdir -p served withheld',
      'install -m 600 /dev/stdin token, and paste the token (scopes endpoints:write and stream:poll)',
      'noticeline agent --config agent.json',
    ],
  }
}
