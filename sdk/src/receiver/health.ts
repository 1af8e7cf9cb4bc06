import type { InboxCounts } from '../inbox/inbox.ts'
import type { Intake } from './handle.ts'
import type { Source, SourceHealth } from './source.ts'

/** Numbers and instants for a health page; no addresses, no ids. */
export interface Health {
  /** Whether pushes are accepted now: it runs, and knows who it is to the portal. */
  readonly accepting: boolean
  readonly messages: InboxCounts['messages']
  readonly reports: InboxCounts['reports']
  /** Handlers at work now. */
  readonly running: number
  /** When the longest waiting message was received. */
  readonly oldestMessage: string | null
  /** When the longest waiting report was made. */
  readonly oldestReport: string | null
  /** When the portal's keys were last fetched. */
  readonly keysFetchedAt: string | null
  /** How polling goes; null where nothing polls. */
  readonly polling: SourceHealth | null
}

export async function healthOf(core: Intake, stopped: boolean, source: Source | null): Promise<Health> {
  const [counts, messages, reports] = stopped
    ? [none, [], []]
    : await Promise.all([core.store.counts(), core.store.messages('waiting'), core.store.reports('waiting')])
  return {
    accepting: !stopped && core.audience() !== null,
    ...counts,
    running: core.dispatcher.running,
    oldestMessage: messages[0]?.receivedAt ?? null,
    oldestReport: reports[0]?.createdAt ?? null,
    keysFetchedAt: core.portalKeys.fetchedAt()?.toISOString() ?? null,
    polling: source?.health() ?? null,
  }
}

/** Of a closed store nothing can be said. */
const none = { messages: { waiting: 0, done: 0, dead: 0, quarantined: 0 }, reports: { waiting: 0, sent: 0, dead: 0 } }
