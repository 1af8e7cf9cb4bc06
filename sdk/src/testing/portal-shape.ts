import type { ItemsReported, NoticeIssued, NoticeItem, NoticeReceived, NoticeWithdrawn } from '../protocol.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import type { PollStream } from './poll-stream.ts'
import type { GivenNotice } from './statements.ts'

/** A signed token and what became of pushing it. */
export interface Issued {
  readonly raw: string
  readonly jti: string
  readonly setSha256: string
  /** The answers to each push; empty while it is held back. */
  readonly answers: readonly PushAnswer[]
}

/** What an endpoint answered to a push. */
export interface PushAnswer {
  readonly code: number
  readonly body: string
}

/** A report as the test portal took it. */
export type TakenReport = { readonly raw: string; readonly iss: string; readonly jti: string } & (
  | { readonly type: 'notice.received'; readonly message: NoticeReceived }
  | { readonly type: 'items.reported'; readonly message: ItemsReported }
)

/** Who is written to. */
export interface TestEndpoint {
  readonly id: string
  readonly audience: string
  readonly signingKeys: readonly JsonWebKey[]
  readonly sealingKey: JsonWebKey | null
  /** Its address, or the receiver's `handle` itself; null: nothing is pushed, it polls. */
  readonly to: string | ((request: Request) => Promise<Response>) | null
}

/** A portal in your process. */
export interface TestPortal {
  /** Its origin, on 127.0.0.1. */
  readonly issuer: string
  /** A bearer token for `receiver.connect`. */
  readonly token: string
  readonly endpoints: readonly TestEndpoint[]
  /** What was reported, checked as the portal checks it, once each. */
  readonly reports: readonly TakenReport[]
  /** What was polled, acknowledged and refused that way; `offer` puts a token there, also one that was settled before. */
  readonly stream: Pick<PollStream, 'polls' | 'acknowledged' | 'refused' | 'offer'>
  /** Every body that came to `/v1/reports`, refused and repeated ones included. */
  readonly reportBodies: readonly string[]
  /** Adds a receiver without HTTP: `portal.attach({ keys, to: receiver.handle })`. */
  attach(endpoint: Omit<TestEndpoint, 'id' | 'audience'> & { readonly audience?: string }): TestEndpoint
  issue(notice: GivenNotice): Promise<Issued & { readonly notice: NoticeIssued }>
  withdraw(notice: NoticeIssued, given?: Partial<NoticeWithdrawn>): Promise<Issued>
  correct(notice: NoticeIssued, items: readonly NoticeItem[], seq?: number): Promise<Issued>
  changeDeadline(notice: NoticeIssued, due: Date, seq?: number): Promise<Issued>
  close(notice: NoticeIssued, seq?: number): Promise<Issued>
  verification(): Promise<Issued>
  /** Any event at all; also ones that no release knows yet. */
  send(event: { type: string; body: object; notice?: string; jti?: string }): Promise<Issued>
  /** Signs any event and pushes nothing: for `push`, or for code of yours that reads tokens. */
  sign(event: { type: string; body: object; notice?: string; jti?: string }): Promise<Omit<Issued, 'answers'>>
  /** Pushes bytes as they are. */
  push(raw: string, options?: { plain?: boolean }): Promise<PushAnswer>
  misbehave(how: Misbehaviour): void
  /** Pushes what was held back. */
  release(order?: 'kept' | 'reversed'): Promise<void>
  /** Signs with a new key from now on; `forget` also takes the old ones out of the published set. */
  rotateKey(options?: { forget?: boolean }): Promise<void>
  stop(): Promise<void>
}
