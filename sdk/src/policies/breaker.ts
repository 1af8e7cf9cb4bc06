import type { Auto, Reach, Why } from './rule.ts'

const hour = 3_600_000
const day = 24 * hour

/** One item that was acted on without a person. */
export interface Spent {
  readonly at: string
  readonly account: string | null
  readonly share: number
}

/**
 * How much was done without a person. What is spent is spent before anything is done, and kept, so that neither notices
 * side by side nor a restart come to more than the numbers.
 */
export class Breaker {
  readonly #spent: Map<string, Spent>

  constructor(spent: Iterable<readonly [string, Spent]>) {
    this.#spent = new Map(spent)
  }

  /** Null where one more is within the numbers. An instant from times to come counts: the clock was set back. */
  against(rule: Auto, reach: Reach | null, now: Date): Why | null {
    const since = (span: number) => [...this.#spent.values()].filter(({ at }) => Date.parse(at) > now.getTime() - span)
    if (since(hour).length >= rule.itemsAnHour) return 'items_an_hour'
    if (rule.shareOfAccount >= 1) return null
    const { account, share } = reach ?? {}
    if (account === undefined || share === undefined || !(share >= 0)) return 'share_unknown'
    const before = since(day).reduce((sum, spent) => sum + (spent.account === account ? spent.share : 0), 0)
    return before + share > rule.shareOfAccount + 1e-9 ? 'share_of_account' : null
  }

  spend(name: string, reach: Reach | null, now: Date): void {
    this.#spent.set(name, { at: now.toISOString(), account: reach?.account ?? null, share: reach?.share ?? 0 })
  }

  /** Takes out what no number looks at any more, and names it. */
  forget(now: Date): string[] {
    const old = [...this.#spent].filter(([, { at }]) => Date.parse(at) <= now.getTime() - day).map(([name]) => name)
    for (const name of old) this.#spent.delete(name)
    return old
  }

  spentOn(name: string): Spent | undefined {
    return this.#spent.get(name)
  }

  giveBack(name: string): void {
    this.#spent.delete(name)
  }
}
