import type { CaseStore } from '../inbox/cases.ts'
import type { NoticeItem } from '../protocol.ts'
import type { Clock } from '../receiver/core.ts'
import type { NoticeContext } from '../receiver/handlers.ts'
import type { OwnKeys } from '../receiver/own-keys.ts'
import type { Breaker } from './breaker.ts'
import type { PolicyItems } from './items.ts'
import type { Guard, Reach, Rule, Why } from './rule.ts'

/**
 * Something a person should know: ids and codes only, so it may go to any log or pager.
 *
 * - `decision_due`: an item still waits, and no more than a quarter of its time is left.
 * - `decision_void`: an item was corrected after a decision and waits again.
 * - `beyond_guard`: a measure would reach further than the guard lets through, or nobody knows how far.
 * - `breaker_open`: the numbers of `auto` are used up; what comes now waits for a person.
 */
export interface PolicyAlarm {
  readonly code: 'decision_due' | 'decision_void' | 'beyond_guard' | 'breaker_open'
  readonly notice: string
  readonly item: string
  readonly due?: string | undefined
}

/** What became of an item, for any log: ids and codes, never an address. */
export interface PolicyLine {
  readonly at: string
  readonly code: 'observed' | 'asked' | 'decided' | 'acting' | 'done' | 'over'
  readonly notice: string
  readonly item: string
  readonly why: Why | null
  readonly regime: string
  readonly category: string
  readonly notifier: string
}

/** What the parts of one policy stand on. */
export interface Desk {
  readonly rule: Rule
  readonly guard: Guard
  readonly reach: ((item: NoticeItem, context: NoticeContext) => Promise<Reach>) | null
  readonly cases: CaseStore
  readonly keys: OwnKeys
  readonly clock: Clock
  readonly items: PolicyItems
  readonly breaker: Breaker
  alarm(alarm: PolicyAlarm): void
  log(line: PolicyLine): void
  /** One at a time: what is looked at and what is written because of it belong together. */
  turn<T>(work: () => Promise<T>): Promise<T>
}
