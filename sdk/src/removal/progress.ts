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
  /** Not put back when it was undone: another notice rests on it, which has it from then on. */
  readonly passedOn?: true
  /** Not destroyed by the clock: the police hold it, or nobody said for how long. */
  readonly held?: true
  /** Not put back by a withdrawal that did not ask for it. */
  readonly left?: true
  readonly destroyAfter?: string
}

/** A copy of what has been put back since. What happens to the item after that is no longer about it. */
export interface Copy<Target extends Kept> {
  readonly notice: string
  readonly item: string
  readonly round: number
  readonly target: Target
  readonly preserved: Preserved
  /** The police hold it: not for the clock to delete. */
  readonly held?: true
}

const prefix = 'removal '
const copies = 'copy '

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

  /** Put back: the copy that was made of it, if any, is remembered by itself, in the same write. */
  async undo(progress: Progress<Target, State>, at: string): Promise<Progress<Target, State>> {
    const undone = { ...progress, undone: at }
    await this.#cases.write(writesOf(undone))
    return undone
  }

  /**
   * Who found this place as this one had left it, changed nothing, and still stands: what is put back here would be online
   * again under that notice.
   */
  async findResting({ notice, item, target, after }: Progress<Target, State>): Promise<Progress<Target, State> | null> {
    if (after === undefined) return null
    const resting = (await this.all()).find(
      (other) =>
        (other.notice !== notice || other.item !== item) &&
        other.undone === undefined &&
        other.before !== undefined &&
        sameState(other.target, target) &&
        sameState(other.before.state, after.state) &&
        (other.after === undefined || sameState(other.after.state, after.state)),
    )
    return resting ?? null
  }

  /** What was done for one is what the other rests on from now on: its own withdrawal puts it back. */
  async passOn(from: Progress<Target, State>, to: Progress<Target, State>, at: string): Promise<void> {
    const { before, measure } = from
    await this.#cases.write({
      ...writesOf({ ...from, undone: at, passedOn: true }),
      [nameOf(to)]: JSON.stringify({ ...to, before, measure }),
    })
  }

  async allCopies(): Promise<Copy<Target>[]> {
    return (await this.#cases.list(copies)).map(([, text]) => JSON.parse(text) as Copy<Target>)
  }

  async forgetCopy(copy: Copy<Target>): Promise<void> {
    await this.#cases.write({ [copyNameOf(copy)]: null })
  }

  async forget(progress: { readonly notice: string; readonly item: string }): Promise<void> {
    await this.#cases.write({ [nameOf(progress)]: null })
  }
}

/** What is undone keeps no copy: that has a record of its own from then on. */
function writesOf<Target extends Kept, State extends Kept>(undone: Progress<Target, State>): Record<string, string> {
  const { preserved, ...rest } = undone
  const { notice, item, round, target, held } = undone
  const copy = preserved && { notice, item, round, target, preserved, ...(held && { held }) }
  return { [nameOf(undone)]: JSON.stringify(rest), ...(copy && { [copyNameOf(copy)]: JSON.stringify(copy) }) }
}

function nameOf({ notice, item }: { readonly notice: string; readonly item: string }): string {
  return `${prefix}${notice} ${item}`
}

function copyNameOf({ notice, item, round }: Copy<Kept>): string {
  return `${copies}${notice} ${item} ${round}`
}

/** States are compared as they are kept, so that what JSON leaves out does not count. */
export function sameState(one: Kept, other: Kept): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)))
}
