import { askAgent, type SocketAnswer } from '../agent/ask-agent.ts'
import { agentOptions, readSettings } from './agent-settings.ts'
import { command } from './command.ts'
import { Complaint, misused } from './complaint.ts'
import type { Shell } from './shell.ts'

const { config, state } = agentOptions
const by = {
  type: 'text',
  value: 'NAME',
  env: 'NOTICELINE_BY',
  summary: 'Who decides, as your company names its people; it is signed with the decision.',
} as const

interface Waits {
  readonly notice: string
  readonly item: string
  readonly why: string | null
  readonly due: string | null
  readonly scope: string
  readonly regime: string
  readonly category: string
  readonly notifier: { readonly name: string }
}

/** `agent waiting`: what a person has to decide on. */
export const agentWaitingCommand = command({
  name: 'agent waiting',
  summary: 'List what waits for a person at a running agent',
  details: ['With --reveal and --by the addresses are shown; that somebody looked is kept.'],
  options: { config, state, by },
  async run({ options }, shell) {
    if (shell.reveal && options.by === undefined) throw byMissing()
    const ask = await asking(options, shell)
    const { waiting } = (await ask('GET', '/waiting')).body as unknown as { waiting: Waits[] }
    const shown = []
    for (const one of waiting) {
      const look = { notice: one.notice, item: one.item, by: options.by }
      const url = shell.reveal ? String((await ask('POST', '/addresses', look)).body['url']) : undefined
      shown.push({ ...one, url: shell.address(url ?? '') })
    }
    const lines = shown.map(({ notice, item, scope, regime, category, notifier, due, why, url }) =>
      [
        notice,
        item,
        scope,
        regime,
        category,
        notifier.name,
        due ?? 'no time',
        why,
        ...(shell.reveal ? [url] : []),
      ].join('  '),
    )
    shell.print({ text: lines.length === 0 ? 'nothing waits' : lines.join('\n'), json: { waiting: shown } })
    return undefined
  },
})

/** `agent approve`: lets the command run for items that wait. */
export const agentApproveCommand = command({
  name: 'agent approve',
  summary: 'Let the command run for items that wait, by a signed decision',
  arguments: [
    { name: 'case', summary: 'The notice, ntc_….' },
    { name: 'item', summary: 'The items, itm_…; left out, all of it that wait.', optional: true, many: true },
  ],
  options: {
    config,
    state,
    by,
    reason: { type: 'text', value: 'WORDS', summary: 'Why, for your own files; name no address.' },
  },
  examples: [['noticeline agent approve ntc_1 --by "P. de Vries"', 'everything of that notice']],
  async run({ options, arguments: words }, shell) {
    const [notice = '', ...items] = words
    if (options.by === undefined) throw byMissing()
    const ask = await asking(options, shell)
    const { waiting } = (await ask('GET', '/waiting')).body as unknown as { waiting: Waits[] }
    const approved = items.length > 0 ? items : waiting.filter((one) => one.notice === notice).map(({ item }) => item)
    if (approved.length === 0)
      throw new Complaint('not_waiting', 'Nothing of that notice waits.', 'noticeline agent waiting lists what does.')
    await ask('POST', '/decisions', { notice, by: options.by, approved, reason: options.reason })
    shell.print({ text: `approved: ${approved.join(' ')}`, json: { notice, approved } })
    return undefined
  },
})

/** `agent answer`: what a person says instead of the command. */
export const agentAnswerCommand = command({
  name: 'agent answer',
  summary: 'Report what a person says about an item, instead of the command',
  arguments: [
    { name: 'case', summary: 'The notice, ntc_….' },
    { name: 'item', summary: 'The item, itm_….' },
    { name: 'outcome', summary: 'content_removed, access_disabled, refused …' },
  ],
  options: {
    config,
    state,
    by,
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
    [
      'noticeline agent answer ntc_1 itm_1 refused --reason disputes_illegality --by "P. de Vries"',
      'after a person has looked',
    ],
  ],
  async run({ options, arguments: [notice, item, outcome] }, shell) {
    const { reason, territory, since, downstream, of } = options
    if (options.by === undefined) throw byMissing()
    const ask = await asking(options, shell)
    const said = { notice, item, outcome, at: shell.now().toISOString(), by: 'human', by_name: options.by }
    const more = { reason, since, downstream, of, ...(territory.length === 0 ? {} : { territory }) }
    await ask('POST', '/answers', { ...said, ...more })
    shell.print({ text: `recorded: ${item} ${outcome}`, json: { notice, item, outcome } })
    return undefined
  },
})

function byMissing(): Complaint {
  return misused('by_missing', 'It is not said who decides.', 'Give --by with the name of a person.')
}

/** Asks the running agent; what it refuses is a complaint. */
async function asking(options: { config: string | undefined; state: string | undefined }, shell: Shell) {
  const { socket } = await readSettings({ options, arguments: [] }, shell, { partly: true })
  return async (method: 'GET' | 'POST', what: string, body?: object): Promise<SocketAnswer> => {
    const answer = await askAgent(socket, method, what, body)
    if (answer === null) throw notRunning()
    if (answer.code < 300) return answer
    const { code, message } = answer.body
    const next = 'noticeline agent waiting lists what waits.'
    if (code === 'report_invalid') throw misused(code, String(message), 'Mend that and say it again.')
    throw new Complaint(String(code), String(message), next)
  }
}

export function notRunning(): Complaint {
  return new Complaint(
    'agent_not_running',
    'No agent answers there.',
    'Start it, or give the --config or --state it was started with.',
  )
}
