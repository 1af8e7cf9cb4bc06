import type { AddResult, InboxChange, InboxCounts, InboxMessage, MessageState } from './inbox.ts'
import type { OutboxReport } from './outbox.ts'

/** One write. Applying the writes of a store in their order gives its contents. */
export interface Write extends InboxChange {
  readonly addMessages?: readonly InboxMessage[]
  readonly settings?: Readonly<Record<string, string>>
  readonly forget?: { readonly messages: readonly string[]; readonly reports: readonly string[] }
}

/** What a store holds, in memory. */
export class Contents {
  readonly #messages = new Map<string, InboxMessage>()
  readonly #reports = new Map<string, OutboxReport>()
  readonly #settings = new Map<string, string>()
  readonly #threads = new Map<string, Set<string>>()
  /** The order in which messages were added, for those that come to a thread later. */
  readonly #places = new Map<string, number>()
  #lastPlace = 0

  apply(write: Write): void {
    for (const message of write.addMessages ?? []) this.#put(message)
    for (const { id, patch } of write.messages ?? []) {
      const message = this.#messages.get(id)
      if (message !== undefined) this.#put({ ...message, ...patch })
    }
    for (const report of write.addReports ?? []) this.#reports.set(report.id, report)
    for (const { id, patch } of write.reports ?? []) {
      const report = this.#reports.get(id)
      if (report !== undefined) this.#reports.set(id, { ...report, ...patch })
    }
    for (const [name, value] of Object.entries(write.settings ?? {})) this.#settings.set(name, value)
    for (const id of write.forget?.messages ?? []) this.#drop(id)
    for (const id of write.forget?.reports ?? []) this.#reports.delete(id)
  }

  /** The write that adds, or what is there already. */
  adding(message: InboxMessage, reports: readonly OutboxReport[]): { write: Write | null; answer: AddResult } {
    const known = this.#messages.get(message.id)
    if (known !== undefined) return { write: null, answer: { result: 'known', message: known } }
    return { write: { addMessages: [message], addReports: reports }, answer: { result: 'added' } }
  }

  forgetting(before: Date): Write & { forget: { messages: string[]; reports: string[] } } {
    const limit = before.toISOString()
    const over = (id: string) => {
      const message = this.#messages.get(id)
      return message === undefined || (message.state === 'done' && message.receivedAt < limit)
    }
    const messages = [...this.#messages.values()]
      .filter(({ id, txn }) => (txn === null ? over(id) : [...(this.#threads.get(txn) ?? [])].every(over)))
      .map(({ id }) => id)
    const reports = [...this.#reports.values()]
      .filter(({ state, createdAt }) => state === 'sent' && createdAt < limit)
      .map(({ id }) => id)
    return { forget: { messages, reports } }
  }

  /** One write that makes these contents from nothing. */
  whole(): Write {
    return {
      addMessages: [...this.#messages.values()],
      addReports: [...this.#reports.values()],
      settings: Object.fromEntries(this.#settings),
    }
  }

  get size(): number {
    return this.#messages.size + this.#reports.size + this.#settings.size
  }

  find(id: string): InboxMessage | null {
    return this.#messages.get(id) ?? null
  }

  thread(txn: string): InboxMessage[] {
    const place = ({ id }: InboxMessage) => this.#places.get(id) ?? 0
    return [...(this.#threads.get(txn) ?? [])]
      .flatMap((id) => this.#messages.get(id) ?? [])
      .sort((one, other) => place(one) - place(other))
  }

  messages(state: MessageState): InboxMessage[] {
    return [...this.#messages.values()].filter((message) => message.state === state)
  }

  reports(state: OutboxReport['state']): OutboxReport[] {
    return [...this.#reports.values()].filter((report) => report.state === state)
  }

  setting(name: string): string | null {
    return this.#settings.get(name) ?? null
  }

  counts(): InboxCounts {
    const messages = { waiting: 0, done: 0, dead: 0, quarantined: 0 }
    const reports = { waiting: 0, sent: 0, dead: 0 }
    for (const { state } of this.#messages.values()) messages[state] += 1
    for (const { state } of this.#reports.values()) reports[state] += 1
    return { messages, reports }
  }

  #put(message: InboxMessage): void {
    const before = this.#messages.get(message.id)
    if (before === undefined) {
      this.#lastPlace += 1
      this.#places.set(message.id, this.#lastPlace)
    } else if (before.txn !== message.txn) this.#leave(before)
    this.#messages.set(message.id, message)
    if (message.txn === null) return
    const thread = this.#threads.get(message.txn) ?? new Set()
    this.#threads.set(message.txn, thread.add(message.id))
  }

  #drop(id: string): void {
    const message = this.#messages.get(id)
    if (message === undefined) return
    this.#messages.delete(id)
    this.#places.delete(id)
    this.#leave(message)
  }

  #leave({ id, txn }: InboxMessage): void {
    if (txn === null) return
    const thread = this.#threads.get(txn)
    thread?.delete(id)
    if (thread?.size === 0) this.#threads.delete(txn)
  }
}
