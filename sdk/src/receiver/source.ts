import type { InboxMessage } from '../inbox/inbox.ts'
import type { Core } from './core.ts'
import type { Push } from './handle.ts'
import type { Reply } from './replies.ts'

/** What another way in stands on. */
export interface Inside extends Pick<Core, 'issuer' | 'clock' | 'fetch' | 'alarm' | 'stopping' | 'store'> {
  /** What waits for its handler; it is in the store before. */
  readonly dispatcher: { add(message: InboxMessage): void }
  /** Verify, store, and only then say 202. */
  receive(push: Push): Promise<Reply>
  /** What `connect` remembered, as JSON. */
  endpoint(): Promise<string | null>
}

/** Numbers and instants, by the receiver's clock. */
export interface SourceHealth {
  /** When the portal was last asked, and when it last answered as documented. */
  readonly askedAt: string | null
  readonly answeredAt: string | null
  /** How often in a row it did not, and why the last time. */
  readonly failures: number
  readonly lastError: string | null
  /** Stored, or refused, here; the next poll says so. */
  readonly unsaid: number
}

/** Another way in beside push, as it runs. */
export interface Source {
  /** Takes nothing more, and says what is still to be said. */
  stop(): Promise<void>
  health(): SourceHealth
}
