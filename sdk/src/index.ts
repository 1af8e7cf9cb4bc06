/** Receive notices, hand them to your code, report what it did. */
export type { InboxStore } from './inbox/inbox.ts'
export type {
  DeadlineChanged,
  DisputeAnswered,
  HashRecalled,
  NoticeClosed,
  NoticeCorrected,
  NoticeIssued,
  NoticeItem,
  NoticeWithdrawn,
} from './protocol.ts'
export {
  type ConnectedEndpoint,
  connectEndpoint,
  type EndpointOptions,
  type RegisteredEndpoint,
  registerEndpoint,
  verifyEndpoint,
} from './receiver/connect.ts'
export type { Alarm, Clock } from './receiver/core.ts'
export { type ConnectOptions, createReceiver, type Receiver, type ReceiverOptions } from './receiver/create-receiver.ts'
export type { DeadLetter } from './receiver/dead-letters.ts'
export type { Push } from './receiver/handle.ts'
export type {
  Answer,
  Deadline,
  HandlerContext,
  Handlers,
  NoticeContext,
  UnknownMessage,
} from './receiver/handlers.ts'
export type { Health } from './receiver/health.ts'
export type {
  AccessDisabled,
  AlreadyUnavailable,
  CannotExecute,
  ContentRemoved,
  Duplicate,
  Forwarded,
  NotHostedHere,
  Outcome,
  Refused,
  Reinstatement,
} from './receiver/outcomes.ts'
export { generateKeys, type KeyPair, type OwnKeys, rotateKeys } from './receiver/own-keys.ts'
export type { Reply } from './receiver/replies.ts'
export type { Inside, Source, SourceHealth } from './receiver/source.ts'
export { Refusal, type RefusalCode } from './refusals.ts'
