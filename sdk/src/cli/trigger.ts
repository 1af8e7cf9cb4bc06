import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readJsonObject } from '../protocol.ts'
import { command, type Given } from './command.ts'
import { Complaint, misused } from './complaint.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { howToStart, localAddress, openLocalPortal, portalOptions, readKept } from './local-portal.ts'
import { type Performed, type PushLog, perform } from './perform.ts'
import { type EventName, events, lineFor, type Plan } from './play.ts'
import { wordsFor } from './push-answer.ts'
import type { Shell } from './shell.ts'

const options = {
  ...portalOptions,
  url: {
    type: 'list',
    value: 'URL',
    summary: 'Address of an item, under .example or .test; one invented unless given.',
  },
  from: {
    type: 'text',
    value: 'PATH',
    file: true,
    summary: 'A JSON file with members of the event, which stand instead of the invented ones; - for standard input.',
  },
  duplicates: { type: 'number', value: 'N', default: 0, most: 100, summary: 'Push each token so many times more.' },
  reorder: { type: 'flag', summary: 'Push the last token first.' },
  'withdrawal-first': { type: 'flag', summary: 'A notice and its withdrawal, the withdrawal first.' },
  skew: {
    type: 'text',
    value: 'SECONDS',
    default: '0',
    summary: "By how much the portal's clock is ahead; behind with a minus, as in --skew=-900.",
  },
  'as-json': { type: 'flag', summary: 'Push application/json, as to an endpoint behind a firewall.' },
  wait: {
    type: 'number',
    value: 'SECONDS',
    default: 10,
    most: 3600,
    summary: 'How long to wait for what is reported.',
  },
} as const

/** `trigger`: an event of your choice, signed and pushed to a receiver, and what comes back. */
export const triggerCommand = command({
  name: 'trigger',
  summary: 'Send an event to your receiver and show what it answers and reports',
  details: [
    'Signs and seals as a portal does, from a portal for tests in this process, or from the one of a `noticeline listen` that runs. Every event but verification, hash.recalled and stream-updated comes after a notice that is issued for it; unknown is one that no release knows.',
    'The receiver has to know that portal: it registered while `noticeline listen` ran, or is named by --keys, --audience and --to. Ends with 1 where a push is answered by something else than 202.',
  ],
  arguments: [{ name: 'event', summary: 'What to send; notice.issued unless said.', optional: true, choices: events }],
  options,
  examples: [
    ['noticeline trigger notice.withdrawn --to http://localhost:8080/noticeline', 'a notice, and then its withdrawal'],
    ['noticeline trigger --withdrawal-first --duplicates 2', 'out of order, each three times'],
    ['noticeline trigger --skew 900', 'from a portal 15 minutes ahead: refused'],
  ],
  run: trigger,
})

async function trigger(given: Given<typeof options>, shell: Shell): Promise<ExitCode | undefined> {
  const plan = await planOf(given, shell)
  const { wait, state } = given.options
  const done = (await throughListen(plan, wait, state, shell)) ?? (await byItself(given, plan, shell))
  shell.print({ text: textOf(done), json: done })
  const refused = done.pushes.some(({ answer }) => answer.code !== 202)
  if (refused) return exitCodes.refused[0]
  if (done.reports.length > 0 || done.pushes.length > 0) return undefined
  throw new Complaint('nothing_happened', 'Nobody polled for it in that time.', 'Does the receiver run? Give --wait.')
}

async function planOf({ options: given, arguments: [event] }: Given<typeof options>, shell: Shell): Promise<Plan> {
  const skew = /^-?\d{1,9}$/.test(given.skew) ? Number(given.skew) : Number.NaN
  if (Number.isNaN(skew)) throw misused('number_wrong', '--skew is a whole number of seconds.', 'As in --skew 900.')
  if (given.to !== undefined) localAddress(given.to)
  const withdrawal = given['withdrawal-first']
  return {
    event: withdrawal ? 'notice.withdrawn' : ((event as EventName | undefined) ?? 'notice.issued'),
    urls: given.url.length === 0 ? ['https://customer.example/files/1.jpg'] : given.url.map(reserved),
    body: given.from === undefined ? {} : await bodyFrom(given.from, shell),
    copies: given.duplicates + 1,
    reversed: withdrawal || given.reorder,
    skew,
    json: given['as-json'],
  }
}

/** Real addresses have no place in a test: a log or a handler might act on them. */
function reserved(url: string): string {
  const host = /^https?:/.test(url) && URL.canParse(url) ? new URL(url).hostname : ''
  if (/(^|\.)(example|test|invalid|localhost)$|(^|\.)example\.(com|net|org)$|^127\./.test(host)) return url
  throw misused('address_not_reserved', '--url is under no reserved name.', 'Take one under .example or .test.')
}

async function bodyFrom(path: string, shell: Shell): Promise<Record<string, unknown>> {
  const body = readJsonObject(path === '-' ? await shell.input() : await readFile(resolve(shell.cwd, path), 'utf8'))
  if (body !== null) return body
  throw new Complaint('event_wrong', 'The file holds no JSON object.', 'Give the members of the event.', 'files')
}

/** A `listen` that runs has the port, and shows in its window what is sent. */
async function throughListen(plan: Plan, wait: number, state: string, shell: Shell): Promise<Performed | null> {
  const listening = (await readKept(shell, state))?.listening
  if (listening === undefined) return null
  const response = await fetch(`${listening.url}/trigger`, {
    method: 'POST',
    headers: { authorization: `Bearer ${listening.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ plan, wait }),
    signal: AbortSignal.any([shell.stopping, AbortSignal.timeout((wait + 60) * 1000)]),
  }).catch(() => null)
  if (response === null) return null
  if (response.status === 409) throw notRegistered([])
  return response.status === 200 ? ((await response.json()) as Performed) : null
}

async function byItself({ options: given }: Given<typeof options>, plan: Plan, shell: Shell): Promise<Performed> {
  const log: PushLog = []
  const local = await openLocalPortal(given, shell, (push) => log.push(push))
  try {
    if (local.portal.endpoints.length === 0) throw notRegistered(howToStart(local.portal))
    return await perform(local.portal, log, plan, given.wait * 1000, shell.stopping)
  } finally {
    await local.keep()
    await local.stop()
  }
}

function notRegistered(how: readonly string[]): Complaint {
  const next = ['Run `noticeline listen` and start the receiver, or give --keys, --audience and --to.', ...how].join(
    '\n',
  )
  return new Complaint('not_registered', 'No receiver has registered with the test portal.', next)
}

function textOf({ pushes, reports, offered }: Performed): string {
  return [
    ...pushes.map(({ type, notice, seq, jti, answer }) =>
      ['sent', type, notice ?? '', seq === null ? '' : `revision ${seq}`, jti, '→', wordsFor(answer)]
        .filter((word) => word !== '')
        .join(' '),
    ),
    ...(offered === 0 ? [] : [`offered ${offered} for poll`]),
    ...reports.map((report) => `reported ${lineFor(report)}`),
    ...(reports.length === 0 ? ['nothing was reported'] : []),
  ].join('\n')
}
