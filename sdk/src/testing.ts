/** For your tests: a portal in your process that can misbehave, and the suites every store passes. */
export { type ConformanceCase, inboxConformance, type StorePlace } from './inbox/conformance.ts'
export { caseConformance } from './inbox/conformance-cases.ts'
export { faults, type Misbehaviour } from './testing/misbehaviour.ts'
export type { PollMisbehaviour, PollStream } from './testing/poll-stream.ts'
export type { Issued, PushAnswer, TakenReport, TestEndpoint, TestPortal } from './testing/portal-shape.ts'
export type { GivenItem, GivenNotice } from './testing/statements.ts'
export { createTestClock, type TestClock } from './testing/test-clock.ts'
export { createTestPortal } from './testing/test-portal.ts'
