interface Task {
  readonly id: string
  readonly nextAt: string
}

export interface LanesOptions<T extends Task> {
  /** What shares a lane is never worked on at the same time. */
  lane(task: T): string
  /** Which of a lane's tasks comes next; null when none may now. */
  pick(tasks: readonly T[], now: string): T | null
  /** `'parked'`: not before something else in its lane has moved. A task: as it stands now. Null: finished. */
  work(task: T): Promise<T | 'parked' | null>
  now(): Date
  /** Lanes worked on at the same time. */
  readonly atOnce: number
  failed(error: unknown): void
}

/** A time between looks for the case that the machine slept or its clock was set. */
const longestSleep = 60_000

/** Works off tasks: side by side between lanes, one at a time within each. Holds nothing that a store does not hold. */
export class Lanes<T extends Task> {
  readonly #options: LanesOptions<T>
  readonly #lanes = new Map<string, T[]>()
  readonly #busy = new Map<string, Promise<void>>()
  readonly #parked = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #running = false

  constructor(options: LanesOptions<T>) {
    this.#options = options
  }

  get running(): number {
    return this.#busy.size
  }

  start(): void {
    this.#running = true
    this.#pump()
  }

  add(task: T): void {
    const name = this.#options.lane(task)
    const lane = this.#lanes.get(name) ?? []
    this.#lanes.set(name, [...lane.filter(({ id }) => id !== task.id), task])
    this.#unpark(name)
    this.#pump()
  }

  /** Resolves when nothing runs and nothing is due by the clock. */
  async drain(): Promise<void> {
    this.#pump()
    while (this.#busy.size > 0) {
      await Promise.all(this.#busy.values())
      this.#pump()
    }
  }

  /** Begins nothing more. Resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#running = false
    if (this.#timer !== null) clearTimeout(this.#timer)
    await Promise.all(this.#busy.values())
  }

  #pump(): void {
    if (!this.#running) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const now = this.#options.now().toISOString()
    let soonest: string | null = null
    for (const [name, lane] of this.#lanes) {
      if (this.#busy.has(name)) continue
      const ready = lane.filter(({ id }) => !this.#parked.has(id))
      const task = this.#busy.size < this.#options.atOnce ? this.#options.pick(ready, now) : null
      if (task !== null) this.#begin(name, task)
      else for (const { nextAt } of ready) if (nextAt > now && (soonest === null || nextAt < soonest)) soonest = nextAt
    }
    if (soonest === null) return
    const wait = Math.min(Date.parse(soonest) - this.#options.now().getTime(), longestSleep)
    this.#timer = setTimeout(() => this.#pump(), Math.max(wait, 1))
  }

  #begin(name: string, task: T): void {
    const ended = this.#options
      .work(task)
      .catch((error: unknown) => {
        // The store itself did not answer. The task stays; trying again at once would only keep it busy failing.
        this.#options.failed(error)
        return { ...task, nextAt: new Date(this.#options.now().getTime() + 5000).toISOString() }
      })
      .then((after) => {
        this.#busy.delete(name)
        this.#put(name, task, after)
        this.#pump()
      })
    this.#busy.set(name, ended)
  }

  /** What was added meanwhile under the same id is newer than what has just ended, and stays. */
  #put(name: string, ended: T, after: T | 'parked' | null): void {
    if (after === 'parked') {
      this.#parked.add(ended.id)
      return
    }
    const lane = (this.#lanes.get(name) ?? []).flatMap((task) => (task === ended ? (after ?? []) : task))
    if (lane.length === 0) this.#lanes.delete(name)
    else this.#lanes.set(name, lane)
    this.#unpark(name)
  }

  #unpark(name: string): void {
    for (const { id } of this.#lanes.get(name) ?? []) this.#parked.delete(id)
  }
}
