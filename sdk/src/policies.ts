/** What a receiver may do unseen: wait for a person, act on what is listed, or only look; and what the customer is told. */
export { type DecisionMade, type SignedDecision, verifyDecision } from './policies/decision.ts'
export type { PolicyAlarm, PolicyLine } from './policies/desk.ts'
export {
  type Decide,
  type Decided,
  openPolicy,
  type Policy,
  type PolicyOptions,
  type Waiting,
} from './policies/open-policy.ts'
export type { PolicyContext, PolicyHandlers } from './policies/policy-context.ts'
export { type Auto, approve, auto, type Guard, observe, type Reach, type Rule, type Why } from './policies/rule.ts'
export {
  type CustomerStatement,
  customerStatement,
  type NoStatement,
  type Provider,
  type StatementOptions,
} from './policies/statement.ts'
export { rerun } from './receiver/rerun.ts'
