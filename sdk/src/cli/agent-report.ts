import { askAgent } from '../agent/socket.ts'
import { notRunning } from './agent-health.ts'
import { agentOptions, readSettings } from './agent-settings.ts'
import { command } from './command.ts'
import { Complaint, misused } from './complaint.ts'

const { config, state } = agentOptions

/** `agent report`: what a person decided, after the command said "later". */
export const agentReportCommand = command({
  name: 'agent report',
  summary: 'Report what a person decided about an item, by a running agent',
  arguments: [
    { name: 'case', summary: 'The notice, ntc_….' },
    { name: 'item', summary: 'The item, itm_….' },
    { name: 'outcome', summary: 'content_removed, access_disabled, refused …' },
  ],
  options: {
    config,
    state,
    reason: { type: 'text', value: 'REASON', summary: 'For not_hosted_here, cannot_execute and refused: why.' },
    territory: { type: 'list', value: 'PLACE', summary: 'For access_disabled: worldwide, eu, or a country.' },
    since: {
      type: 'text',
      value: 'INSTANT',
      summary: 'For already_unavailable: since when, like 2026-11-21T08:55:12.000Z.',
    },
    downstream: { type: 'text', value: 'NAME', summary: 'For forwarded: to whom.' },
    of: { type: 'text', value: 'ITEM', summary: 'For duplicate: the item it repeats.' },
  },
  examples: [
    ['noticeline agent report ntc_1 itm_1 refused --reason disputes_illegality', 'where a person looked and disagrees'],
  ],
  async run(given, shell) {
    const [notice, item, outcome] = given.arguments
    const { reason, territory, since, downstream, of } = given.options
    const { socket } = await readSettings(given, shell, { partly: true })
    const said = { notice, item, outcome, at: shell.now().toISOString(), by: 'human' }
    const more = { reason, since, downstream, of, ...(territory.length === 0 ? {} : { territory }) }
    const answer = await askAgent(socket, 'POST', '/reports', { ...said, ...more })
    if (answer === null) throw notRunning()
    const { code, message } = answer.body
    if (code === 'report_invalid') throw misused('report_invalid', String(message), 'Mend that and report again.')
    if (answer.code !== 202) throw new Complaint(String(code), String(message), 'Mend that and report again.')
    shell.print({ text: `reported: ${item} ${outcome}`, json: { reported: item, outcome } })
    return undefined
  },
})
