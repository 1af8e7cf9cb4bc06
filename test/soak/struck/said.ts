/** What the portal heard, sorted: receipts by token, outcomes by notice and item. */
import type { TestPortal } from '@noticeline/sdk/testing'
import type { Effect } from './panel.ts'

export class Said {
  readonly #portal: TestPortal
  #read = 0
  /** How many receipts came of a token. Two are two acceptances: in between it was lost. */
  readonly receipts = new Map<string, number>()
  /** How many statements with an outcome came of a case and an item. */
  readonly outcomes = new Map<string, number>()

  readonly #firstHeard = new Map<string, number>()

  constructor(portal: TestPortal) {
    this.#portal = portal
  }

  /** When it was first seen here that the portal had heard of it. */
  firstHeard(what: Effect['what'], caseId: string, item: string): number | undefined {
    return this.#firstHeard.get(`${outcomeOf[what]} ${caseId} ${item}`)
  }

  heardOf({ what, caseId, item }: Pick<Effect, 'what' | 'caseId' | 'item'>): boolean {
    return this.timesOf(what, caseId, item) > 0
  }

  timesOf(what: Effect['what'], caseId: string, item: string): number {
    this.readOn()
    return this.outcomes.get(`${outcomeOf[what]} ${caseId} ${item}`) ?? 0
  }

  readOn(): void {
    for (const report of this.#portal.reports.slice(this.#read)) {
      this.#read += 1
      if (report.type === 'notice.received') {
        count(this.receipts, report.message.ref)
        continue
      }
      const { notice, results } = report.message
      for (const { item, outcome } of results) {
        const key = `${outcome} ${notice} ${item}`
        count(this.outcomes, key)
        if (!this.#firstHeard.has(key)) this.#firstHeard.set(key, Date.now())
      }
    }
  }
}

const outcomeOf = { down: 'content_removed', up: 'reinstated' } as const

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
