import { startAgent } from '../agent/agent.ts'
import { openDoor } from '../agent/door.ts'
import type { AgentEvent } from '../agent/events.ts'
import { openSocket } from '../agent/socket.ts'
import { agentOptions, findProgram, readSettings, readToken } from './agent-settings.ts'
import { command } from './command.ts'
import { Complaint } from './complaint.ts'
import type { Shell } from './shell.ts'

/** `agent`: the receiver for panels that are written in something else. */
export const agentCommand = command({
  name: 'agent',
  summary: 'Receive notices and run a program of yours for each item',
  details: [
    'Asks the portal for notices, so nothing has to be reachable from outside; with "listen" and "url" it is pushed to. For every item it runs the command with a JSON object on standard input, and reports what its exit code says: 0 removed, 10 was gone already, 11 not hosted here, 75 try again later. agent/README.md has the whole table, the object, and handlers in PHP, Python, Perl and bash.',
    'Everything is stored before it is acknowledged. Killed at any moment it loses nothing; the command is then run again with the same key, so do things once by that key.',
  ],
  arguments: [
    {
      name: 'command',
      summary: 'The program and its arguments, after --; no shell reads them.',
      optional: true,
      many: true,
    },
  ],
  options: {
    ...agentOptions,
    listen: { type: 'text', value: 'HOST:PORT', summary: 'Take pushes there instead of polling; needs --url.' },
    url: { type: 'text', value: 'URL', summary: 'The address under which the portal reaches --listen.' },
  },
  examples: [
    ['noticeline agent --portal https://portal.example --token-file token -- php takedown.php', 'until it is stopped'],
  ],
  async run(given, shell) {
    const { listen, url } = given.options
    const settings = await readSettings(given, shell, { listen, url })
    const token = await readToken(settings, shell)
    const { config, environment, command: words, socket } = settings
    if ((await findProgram(words[0] ?? '', settings)) === null) {
      throw new Complaint(
        'command_missing',
        'The program cannot be run: it is not there, or not executable.',
        'noticeline agent check shows where it is looked for.',
        'files',
      )
    }
    const tell = (event: AgentEvent) =>
      shell.print({ text: wordsFor(event), json: { at: shell.now().toISOString(), ...event } })
    const stderr = shell.reveal ? (item: string, text: string) => shell.tell(`${item}: ${text.trimEnd()}`) : undefined
    const agent = await startAgent({ config, command: words, environment, now: shell.now, tell, stderr })
    const open: (() => Promise<void>)[] = []
    try {
      open.push(await openSocket(socket, agent))
      open.push(await openDoor(agent.receiver, config, token))
      tell({ event: 'connected', by: config.listen === undefined ? 'poll' : 'push' })
      await stopped(shell)
    } finally {
      for (const close of open.reverse()) await close()
      await agent.stop()
    }
    return undefined
  },
})

function stopped({ stopping }: Shell): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) resolve()
    else stopping.addEventListener('abort', () => resolve(), { once: true })
  })
}

function wordsFor(event: AgentEvent): string {
  switch (event.event) {
    case 'started':
      return `started, ${event.mode}${event.leftovers > 0 ? `, ${event.leftovers} commands of a killed agent ended` : ''}`
    case 'connected':
      return `connected, by ${event.by}`
    case 'ran':
      return `${event.case} ${event.item} ${event.act}: ${event.answer} (exit ${event.exit}, ${event.milliseconds} ms, run ${event.attempt}, ${event.stderr_bytes} bytes on standard error)`
    case 'asked':
      return `${event.case} ${event.item}: waits for a person (${event.why})`
    case 'decided':
    case 'acting':
    case 'done':
    case 'observed':
    case 'over':
      return `${event.case} ${event.item}: ${event.event}`
    case 'alarm':
      return ['ALARM', event.code, event.case, event.item ?? event.id].filter((word) => word !== undefined).join(' ')
    case 'stopped':
      return 'stopped'
  }
}
