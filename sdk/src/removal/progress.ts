import { isDeepStrictEqual } from 'node:util'
import type { CaseStore } from '../inbox/cases.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import type { Kept, Measure, Preserved } from './steps.ts'

/** How far the removal of one item has come: what each step answered, in the order in which they run. */
export interface Progress<Target extends Kept, State extends Kept> {
  readonly notice: string
  readonly item: string
  /** 1, and one more each time it is done again after it was put back. */
  readonly round: number
  /** Of the address, scope and hashes it is about. */
  readonly digest: string
  readonly target: Target
  /** The state read before anything was done, and when. */
  readonly before?: { readonly state: State; readonly at: string }
  readonly measure?: Measure & { readonly at: string; readonly suspended: boolean }
  /** The state read after that. */
  readonly after?: { readonly state: State }
  readonly preserved?: Preserved | null
  readonly purged?: readonly string[]
  readonly outcome?: Outcome
  readonly undone?: string
  /** Not destroyed by the clock: the police hold it, or nobody said for how long. */
  readonly held?: true
  /** Not put back by a withdrawal that did not ask for it. */
  readonly left?: true
  readonly destroyAfter?: string
}

const prefix = 'removal '

export class ProgressStore<Target extends Kept, State extends Kept> {
  readonly #cases: CaseStore

  constructor(cases: CaseStore) {
    this.#cases = cases
  }

  async find(notice: string, item: string): Promise<Progress<Target, State> | null> {
    const text = await this.#cases.get(nameOf({ notice, item }))
    return text === null ? null : (JSON.parse(text) as Progress<Target, State>)
  }

  async all(): Promise<Progress<Target, State>[]> {
    return (await this.#cases.list(prefix)).map(([, text]) => JSON.parse(text) as Progress<Target, State>)
  }

  /** What has been reached is durable when it resolves. */
  async keep(progress: Progress<Target, State>): Promise<Progress<Target, State>> {
    const text = JSON.stringify(progress)
    await this.#cases.write({ [nameOf(progress)]: text })
    return JSON.parse(text) as Progress<Target, State> // as the next process will read it
  }

  async forget(progress: { readonly notice: string; readonly item: string }): Promise<void> {
    await this.#cases.write({ [nameOf(progress)]: null })
  }
}

function nameOf({ notice, item }: { readonly notice: string; readonly item: string }): string {
  return `${prefix}${notice} ${item}`
}

/** States are compared as they are kept, so that what JSON leaves out does not count. */
export function sameState(one: Kept, other: Kept): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)))
}
