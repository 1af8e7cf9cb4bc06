import { resolve } from 'node:path'
import type { Contents } from '../inbox/contents.ts'
import { fileStore } from '../inbox/file.ts'
import type { InboxStore } from '../inbox/inbox.ts'
import { readFileStore } from '../inbox/read-file-store.ts'
import { Complaint } from './complaint.ts'
import { hidden, type Shell } from './shell.ts'

export const defaultStore = './noticeline/inbox'

export const storeOption = {
  type: 'text',
  value: 'FOLDER',
  file: true,
  env: 'NOTICELINE_INBOX',
  summary: 'The folder of the file store.',
} as const

/** Read beside whatever process uses it. */
export function lookInto(shell: Shell, folder: string): Promise<Contents> {
  return readFileStore(resolve(shell.cwd, folder))
}

/** For writing: alone. Refused with `store_in_use` while a receiver runs on it. */
export async function alone<T>(shell: Shell, folder: string, work: (store: InboxStore) => Promise<T>): Promise<T> {
  const path = resolve(shell.cwd, folder)
  await readFileStore(path) // so that a mistyped path makes no new store
  const store = fileStore(path)
  await store.open()
  try {
    return await work(store)
  } finally {
    await store.close()
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
