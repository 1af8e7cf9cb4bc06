/** For your tests: a portal in your process that can misbehave, and the suite every store passes. */
export { type ConformanceCase, inboxConformance, type StorePlace } from './inbox/conformance.ts'
export type { Misbehaviour } from './testing/misbehaviour.ts'
export type { PollMisbehaviour, PollStream } from './testing/poll-stream.ts'
export type { GivenItem, GivenNotice } from './testing/statements.ts'
export {
  createTestPortal,
  type Issued,
  type PushAnswer,
  type TakenReport,
  type TestEndpoint,
  type TestPortal,
} from './testing/test-portal.ts'
