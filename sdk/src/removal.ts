/** A removal in steps that an integration fills in: each once by case id, each durable, and all of it undone by a withdrawal. */
export { openRemoval, type Removal, type RemovalAlarm, type RemovalOptions } from './removal/open-removal.ts'
export {
  type CaseRef,
  type Kept,
  type Measure,
  type Preserved,
  type Purged,
  type Resolved,
  type Sighting,
  StepFailed,
  type StepName,
  type Steps,
} from './removal/steps.ts'
