import type { CaseStore, CaseWrite } from '../inbox/cases.ts'
import type { NoticeItem } from '../protocol.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import type { Reach, Why } from './rule.ts'

/**
 * Where an item stands under the policy.
 *
 * - `observed`: only looked at.
 * - `asked`: waits for a person.
 * - `approved`, `answered`: a person has decided; the handlers have still to hear of it.
 * - `acting`: a handler was begun, by approval or by the lists.
 * - `done`: what came of it is known.
 * - `over`: withdrawn before anything was done, or put back.
 */
export type ItemState = 'observed' | 'asked' | 'approved' | 'answered' | 'acting' | 'done' | 'over'

/** One item of one notice, as the policy keeps it. */
export interface PolicyItem {
  readonly notice: string
  readonly item: string
  readonly seq: number
  readonly state: ItemState
  /** The handler it is for. */
  readonly handler: 'notice.issued' | 'notice.corrected'
  readonly why: Why | null
  readonly digest: string
  readonly setSha256: string
  readonly askedAt: string
  readonly due: string | null
  readonly about: About
  /** The address. Emptied as soon as nobody has to decide any more. */
  readonly contents: NoticeItem | null
  readonly reach: Reach | null
  /** The signed decision behind it. */
  readonly decision: string | null
  readonly answer: Outcome | null
  /** Whether a handler has been begun for it, so that there may be something to put back. */
  readonly acted: boolean
  readonly results: readonly Outcome[] | null
  /** Whether its results were in an answer that the receiver has written down. */
  readonly reported: boolean
  /** Whether the receiver was asked to run the notice again for the decision. */
  readonly nudged: boolean
  readonly alarmed: boolean
}

/** What a person may know of an item without seeing its address. */
export interface About {
  readonly reference: string | null
  readonly regime: string
  readonly category: string
  readonly notifier: { readonly id: string; readonly kind: string; readonly name: string }
  readonly scope: NoticeItem['scope']
}

const prefix = 'policy item '

/** Held in memory and written through. */
export class PolicyItems {
  readonly #cases: CaseStore
  readonly #kept = new Map<string, Map<string, PolicyItem>>()

  constructor(cases: CaseStore) {
    this.#cases = cases
  }

  async load(): Promise<void> {
    for (const [, value] of await this.#cases.list(prefix)) this.#put(JSON.parse(value) as PolicyItem)
  }

  find(notice: string, item: string): PolicyItem | null {
    return this.#kept.get(notice)?.get(item) ?? null
  }

  of(notice: string): PolicyItem[] {
    return [...(this.#kept.get(notice)?.values() ?? [])]
  }

  all(): PolicyItem[] {
    return [...this.#kept.values()].flatMap((items) => [...items.values()])
  }

  /** All of it or nothing, with whatever else has to be true at the same time. */
  async write(items: readonly PolicyItem[], more: CaseWrite = {}): Promise<void> {
    const named = items.map((item) => [nameOf(item), JSON.stringify(item)] as const)
    if (named.length === 0 && Object.keys(more).length === 0) return
    await this.#cases.write({ ...more, ...Object.fromEntries(named) })
    for (const item of items) this.#put(item)
  }

  async forget(notice: string): Promise<void> {
    const gone = this.of(notice).map((item) => [nameOf(item), null] as const)
    if (gone.length > 0) await this.#cases.write(Object.fromEntries(gone))
    this.#kept.delete(notice)
  }

  #put(item: PolicyItem): void {
    const items = this.#kept.get(item.notice) ?? new Map<string, PolicyItem>()
    this.#kept.set(item.notice, items.set(item.item, item))
  }
}

function nameOf({ notice, item }: PolicyItem): string {
  return `${prefix}${notice} ${item}`
}
