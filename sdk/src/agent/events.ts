import type { Health } from '../receiver/health.ts'
import type { AgentConfig } from './config.ts'
import type { AgentRequest } from './request.ts'

/** What the agent tells while it works: ids, codes and counts, so it may go to any log. */
export type AgentEvent =
  | { readonly event: 'started'; readonly mode: AgentConfig['mode']; readonly leftovers: number }
  | { readonly event: 'connected'; readonly by: 'poll' | 'push' }
  | {
      readonly event: 'ran'
      readonly case: string
      readonly item: string
      readonly act: AgentRequest['act']
      readonly attempt: number
      /** The outcome that is reported, or `later`, `done`, `again`. */
      readonly answer: string
      readonly exit: number
      readonly milliseconds: number
      readonly stderr_bytes: number
    }
  /** What the policy made of an item: it waits for a person, is acted on, was only looked at … */
  | {
      readonly event: 'asked' | 'decided' | 'acting' | 'done' | 'observed' | 'over'
      readonly case: string
      readonly item: string
      readonly why: string | null
    }
  | {
      readonly event: 'alarm'
      readonly code: string
      readonly id?: string | undefined
      readonly case?: string | undefined
      readonly item?: string
    }
  | { readonly event: 'stopped' }

export interface AgentHealth extends Health {
  readonly mode: AgentConfig['mode']
  readonly started_at: string
  /** Items that wait for a person. */
  readonly waiting: number
  /** Runs of the command since the start: in all, and those that are to be run again; and those at work now. */
  readonly runs: { readonly all: number; readonly again: number; readonly now: number }
  readonly last_run: { readonly at: string; readonly answer: string } | null
}
