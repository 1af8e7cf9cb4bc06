import type { OutboxReport } from '../inbox/outbox.ts'
import { fromStored } from '../receiver/stored.ts'
import { command } from './command.ts'
import { Complaint } from './complaint.ts'
import { worded } from './inbox.ts'
import type { Shell } from './shell.ts'
import { alone, codeOrHidden, defaultStore, lookInto, nothingSuch, type Spool, storeOption, table } from './spool.ts'

const states = ['waiting', 'sent', 'dead'] as const
const options = { store: { ...storeOption, default: defaultStore } } as const
const id = { name: 'id', summary: 'A report, or a notice for all reports about it.' } as const

/** `outbox list`: what was reported, or is on its way. */
export const outboxListCommand = command({
  name: 'outbox list',
  summary: 'List receipts and reports and where they stand',
  details: [
    'Reads the folder of a file store, also while a receiver uses it; any other store by a module, and alone. Dead are those the portal refused for good.',
  ],
  options: {
    ...options,
    state: { type: 'list', value: 'STATE', choices: states, summary: 'Only those of this state; may be given again.' },
    dead: { type: 'flag', summary: 'Only dead letters.' },
  },
  examples: [['noticeline outbox list --state waiting', 'what the portal does not have yet']],
  async run({ options: { store, state, dead } }, shell) {
    const contents = await lookInto(shell, store)
    const wanted: readonly string[] = dead ? ['dead'] : state.length === 0 ? states : state
    const { reports: counts } = contents.counts()
    const rows = states
      .filter((one) => wanted.includes(one))
      .flatMap((one) => contents.reports(one))
      .map((report) => rowOf(report, shell))
    const cells = rows.map((row) => [
      ...[row.state, row.kind, row.notice ?? '-', row.made, String(row.tries)],
      ...[row.err ?? '-', row.id],
    ])
    const head = ['state', 'kind', 'notice', 'made', 'tries', 'err', 'id']
    const line = states.map((one) => `${one} ${counts[one]}`).join(', ')
    shell.print({
      text: [line, ...(rows.length === 0 ? [] : [table(head, cells)])].join('\n'),
      json: { counts, reports: rows },
    })
    return undefined
  },
})

/** `outbox show`: one report, or all about one notice. */
export const outboxShowCommand = command({
  name: 'outbox show',
  summary: 'Show a receipt or report, or all about a notice',
  details: ['With --reveal also what it says, and in which words the portal refused it.'],
  arguments: [id],
  options,
  async run({ options: { store }, arguments: [wanted = ''] }, shell) {
    const shown = found(await lookInto(shell, store), wanted).map((report) => ({
      ...rowOf(report, shell),
      next: report.state === 'waiting' ? report.nextAt : null,
      description: report.description === null ? null : shell.address(report.description),
      ...(shell.reveal && report.raw !== '' ? { says: fromStored(report.raw).event.body, token: report.raw } : {}),
    }))
    const text = shown.map((one) =>
      Object.entries(one)
        .map(([name, value]) => `${name.padEnd(11)} ${worded(value)}`)
        .join('\n'),
    )
    shell.print({ text: text.join('\n\n'), json: { reports: shown } })
    return undefined
  },
})

/** `outbox retry`: another round for reports the portal refused. */
export const outboxRetryCommand = command({
  name: 'outbox retry',
  summary: 'Give refused reports another round of tries',
  details: [
    'They leave when the receiver starts again, with the same bytes. Refused while a receiver uses the store: stop it first, or call receiver.retry(id) in it.',
  ],
  arguments: [{ ...id, optional: true }],
  options: { ...options, all: { type: 'flag', summary: 'All dead reports.' } },
  async run({ options: { store, all }, arguments: [wanted] }, shell) {
    const nextAt = shell.now().toISOString()
    const again = await alone(shell, store, async (opened, contents) => {
      const named = all ? contents.reports('dead') : wanted === undefined ? [] : found(contents, wanted)
      const dead = named.filter(({ state }) => state === 'dead')
      if (dead.length === 0 && !all) {
        throw new Complaint('not_dead', 'Nothing of it is dead.', 'noticeline outbox list --dead lists what is.')
      }
      const patch = { state: 'waiting', attempts: 0, nextAt } as const
      await opened.change({ reports: dead.map((report) => ({ id: report.id, patch })) })
      return dead.map((report) => report.id)
    })
    shell.print({ text: `${again.length} will be sent again when the receiver starts.`, json: { retried: again } })
    return undefined
  },
})

function found(contents: Spool, wanted: string): OutboxReport[] {
  const named = states
    .flatMap((state) => contents.reports(state))
    .filter(({ id, txn }) => id === wanted || txn === wanted)
  if (named.length === 0) throw nothingSuch(wanted)
  return named
}

function rowOf({ id, kind, txn, state, createdAt, attempts, err }: OutboxReport, shell: Shell) {
  return { id, kind, notice: txn, state, made: createdAt, tries: attempts, err: codeOrHidden(err, shell) }
}
