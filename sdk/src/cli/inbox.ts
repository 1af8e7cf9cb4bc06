import type { InboxMessage } from '../inbox/inbox.ts'
import { isErased, readStored } from '../receiver/stored.ts'
import { command } from './command.ts'
import { Complaint } from './complaint.ts'
import type { Shell } from './shell.ts'
import { alone, codeOrHidden, defaultStore, lookInto, nothingSuch, type Spool, storeOption, table } from './spool.ts'

const states = ['waiting', 'done', 'dead', 'quarantined'] as const
const options = { store: { ...storeOption, default: defaultStore } } as const
const id = { name: 'id', summary: 'The jti of a message, or a notice for all of its messages.' } as const

/** `inbox list`: what was received, by state. */
export const inboxListCommand = command({
  name: 'inbox list',
  summary: 'List received messages and where they stand',
  details: [
    'Reads the folder of a file store, also while a receiver uses it; any other store by a module, and alone. Dead letters are messages whose handler failed too often (dead) and messages of a version that is not spoken here (quarantined).',
  ],
  options: {
    ...options,
    state: { type: 'list', value: 'STATE', choices: states, summary: 'Only those of this state; may be given again.' },
    dead: { type: 'flag', summary: 'Only dead letters: dead and quarantined.' },
  },
  examples: [['noticeline inbox list --dead', 'what a person has to look at']],
  async run({ options: { store, state, dead } }, shell) {
    const contents = await lookInto(shell, store)
    const wanted = dead ? (['dead', 'quarantined'] as const) : state.length === 0 ? states : state
    const messages = states.filter((one) => wanted.includes(one)).flatMap((one) => contents.messages(one))
    const { messages: counts } = contents.counts()
    const rows = messages.map((message) => rowOf(message, shell))
    shell.print({
      text: [
        states.map((one) => `${one} ${counts[one]}`).join(', '),
        ...(rows.length === 0
          ? []
          : [
              table(
                ['state', 'type', 'notice', 'seq', 'received', 'runs', 'jti'],
                rows.map((row) => [
                  row.state,
                  row.type,
                  row.notice ?? '-',
                  String(row.seq ?? '-'),
                  row.received,
                  String(row.runs),
                  row.jti,
                ]),
              ),
            ]),
      ].join('\n'),
      json: { counts, messages: rows },
    })
    return undefined
  },
})

/** `inbox show`: one message, or all about one notice. */
export const inboxShowCommand = command({
  name: 'inbox show',
  summary: 'Show a received message, or all about a notice',
  details: ['With --reveal also what the message says, addresses and all, and why its handler failed.'],
  arguments: [id],
  options,
  async run({ options: { store }, arguments: [wanted = ''] }, shell) {
    const shown = found(await lookInto(shell, store), wanted).map((message) => ({
      ...rowOf(message, shell),
      items: message.items,
      handled: message.handled,
      next: message.state === 'waiting' ? message.nextAt : null,
      digest: message.setSha256,
      ...(shell.reveal && !isErased(message.raw) ? { message: readStored(message), token: message.raw } : {}),
    }))
    const text = shown.map((one) =>
      Object.entries(one)
        .map(([name, value]) => `${name.padEnd(9)} ${worded(value)}`)
        .join('\n'),
    )
    shell.print({ text: text.join('\n\n'), json: { messages: shown } })
    return undefined
  },
})

/** `inbox retry`: another round for dead letters. */
export const inboxRetryCommand = command({
  name: 'inbox retry',
  summary: 'Give dead messages another round of tries',
  details: [
    'The receiver runs their handlers when it starts again. Refused while a receiver uses the store: stop it first, or call receiver.retry(id) in it.',
  ],
  arguments: [{ ...id, optional: true }],
  options: { ...options, all: { type: 'flag', summary: 'All dead messages.' } },
  async run({ options: { store, all }, arguments: [wanted] }, shell) {
    const nextAt = shell.now().toISOString()
    const again = await alone(shell, store, async (opened, contents) => {
      const named = all ? contents.messages('dead') : wanted === undefined ? [] : found(contents, wanted)
      const dead = named.filter(({ state }) => state === 'dead')
      if (dead.length === 0 && !all) throw notDead(named)
      const patch = { state: 'waiting', attempts: 0, nextAt } as const
      await opened.change({ messages: dead.map((message) => ({ id: message.id, patch })) })
      return dead.map(({ jti }) => jti)
    })
    shell.print({
      text: `${again.length} will be tried again when the receiver starts.`,
      json: { retried: again },
    })
    return undefined
  },
})

function found(contents: Spool, wanted: string): InboxMessage[] {
  const all = states.flatMap((state) => contents.messages(state))
  const named = all.filter(({ id, jti, txn }) => id === wanted || jti === wanted || txn === wanted)
  if (named.length === 0) throw nothingSuch(wanted)
  return named
}

function notDead(named: readonly InboxMessage[]): Complaint {
  if (named.some(({ state }) => state === 'quarantined')) {
    const next = 'Update the package and ask the portal to send it again.'
    return new Complaint('not_dead', 'It is of a version that is not spoken here: trying again changes nothing.', next)
  }
  return new Complaint('not_dead', 'Nothing of it is dead.', 'noticeline inbox list --dead lists what is.')
}

function rowOf({ state, type, txn, seq, receivedAt, attempts, jti, note }: InboxMessage, shell: Shell) {
  // Of what is dead it is the words of a handler, whatever they look like.
  const why = note !== null && state === 'dead' ? shell.address(note) : codeOrHidden(note, shell)
  return { state, type, notice: txn, seq, received: receivedAt, runs: attempts, jti, ...(why === null ? {} : { why }) }
}

export function worded(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(' ')
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}
