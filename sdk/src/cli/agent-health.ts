import { askAgent } from '../agent/ask-agent.ts'
import { agentOptions, readSettings } from './agent-settings.ts'
import { notRunning } from './agent-waiting.ts'
import { command } from './command.ts'
import { exitCodes } from './exit-codes.ts'

const { config, state } = agentOptions

/** `agent health`: what a running agent says about itself. */
export const agentHealthCommand = command({
  name: 'agent health',
  summary: 'Ask a running agent how it is',
  details: ['Ends with 0 where it accepts notices and nothing was given up, with 1 otherwise: fit for a monitor.'],
  options: { config, state },
  async run(given, shell) {
    const { socket } = await readSettings(given, shell, { partly: true })
    const answer = await askAgent(socket, 'GET', '/health')
    if (answer === null || answer.code !== 200) throw notRunning()
    const { accepting, messages, reports } = answer.body as {
      accepting: boolean
      messages: Record<string, number>
      reports: Record<string, number>
    }
    const given_up = (messages['dead'] ?? 0) + (messages['quarantined'] ?? 0) + (reports['dead'] ?? 0)
    const lines = Object.entries(answer.body).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    shell.print({ text: lines.join('\n'), json: answer.body })
    return accepting && given_up === 0 ? exitCodes.ok[0] : exitCodes.refused[0]
  },
})
