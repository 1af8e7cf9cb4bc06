import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fileStore } from '../inbox/file.ts'
import type { InboxCounts, InboxMessage, InboxStore, MessageState } from '../inbox/inbox.ts'
import type { OutboxReport } from '../inbox/outbox.ts'
import { readFileStore } from '../inbox/read-file-store.ts'
import { Complaint } from './complaint.ts'
import { hidden, type Shell } from './shell.ts'

export const defaultStore = './noticeline/inbox'

export const folderOption = {
  type: 'text',
  value: 'FOLDER',
  file: true,
  env: 'NOTICELINE_INBOX',
  summary: 'The folder of the file store.',
} as const

export const storeOption = {
  ...folderOption,
  value: 'FOLDER|MODULE',
  summary: 'The folder of the file store, or a module (.js, .mjs) whose default export is the store.',
} as const

/** What a store holds, as it was a moment ago. */
export interface Spool {
  messages(state: MessageState): readonly InboxMessage[]
  reports(state: OutboxReport['state']): readonly OutboxReport[]
  counts(): InboxCounts
}

const isModule = (store: string) => /\.[cm]?js$/.test(store)

/** A folder is read beside whatever process uses it; what a module makes is opened alone. */
export function lookInto(shell: Shell, store: string): Promise<Spool> {
  if (isModule(store)) return alone(shell, store, (opened) => spoolOf(opened))
  return readFileStore(resolve(shell.cwd, store))
}

/** For writing: alone. Refused with `store_in_use` while a receiver runs on it. */
export async function alone<T>(
  shell: Shell,
  where: string,
  work: (store: InboxStore, spool: Spool) => Promise<T>,
): Promise<T> {
  const store = await storeAt(shell, where)
  await store.open()
  try {
    return await work(store, await spoolOf(store))
  } finally {
    await store.close()
  }
}

async function storeAt(shell: Shell, where: string): Promise<InboxStore> {
  const path = resolve(shell.cwd, where)
  if (isModule(where)) return storeOf(path)
  await readFileStore(path) // so that a mistyped path makes no new store
  return fileStore(path)
}

/** The module is code of whoever runs us, as their receiver is. What it throws may quote a password, so it is not said. */
async function storeOf(path: string): Promise<InboxStore> {
  const module = (await import(pathToFileURL(path).href).catch((error: unknown) => {
    const why = (error as { code?: unknown } | null)?.code === 'ERR_MODULE_NOT_FOUND' ? 'is not there' : 'did not load'
    throw new Complaint(
      'store_module_failed',
      `The module ${why}, or one that it imports.`,
      'Run it with node by itself.',
    )
  })) as { default?: Partial<InboxStore> }
  const store = module.default
  if (typeof store?.open !== 'function' || typeof store.change !== 'function') {
    const next = 'Write `export default sqlStore(…)` in it, as the receiver has it.'
    throw new Complaint('store_module_invalid', 'The default export of the module is no store.', next)
  }
  return store as InboxStore
}

async function spoolOf(store: InboxStore): Promise<Spool> {
  const messages = new Map<MessageState, InboxMessage[]>()
  const reports = new Map<OutboxReport['state'], OutboxReport[]>()
  for (const state of ['waiting', 'done', 'dead', 'quarantined'] as const)
    messages.set(state, await store.messages(state))
  for (const state of ['waiting', 'sent', 'dead'] as const) reports.set(state, await store.reports(state))
  const counts = await store.counts()
  return {
    messages: (state) => messages.get(state) ?? [],
    reports: (state) => reports.get(state) ?? [],
    counts: () => counts,
  }
}

/** Words of a handler, or of a portal, may quote an address; ours are codes. */
export function codeOrHidden(text: string | null, shell: Shell): string | null {
  if (text === null || shell.reveal || /^[a-z][a-z0-9_]{0,40}$/.test(text)) return text
  return hidden
}

/** A table: one line a row, columns under each other. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(line).join('\n')
}

export function nothingSuch(id: string): Complaint {
  const form = /^[\w:/.-]{1,120}$/.test(id) ? '' : ' An id has no spaces.'
  return new Complaint('id_unknown', `Nothing of that id is in the store.${form}`, 'Look for it with list.')
}
