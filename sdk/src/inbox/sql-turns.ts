/** Something to be done with the rows of a store. `work` may run twice, where a transaction is tried again. */
interface Turn<Rows> {
  readonly writes: boolean
  work(rows: Rows): Promise<() => void>
  reject(error: unknown): void
}

/** As many as are worth holding one transaction open for. */
const mostAtOnce = 100

export interface TurnsOptions<Rows> {
  read<T>(work: (rows: Rows) => Promise<T>): Promise<T>
  write<T>(work: (rows: Rows) => Promise<T>): Promise<T>
}

/** Reads and writes in the order in which they were asked for, never two at once. Writes that wait go together. */
export class Turns<Rows> {
  readonly #options: TurnsOptions<Rows>
  readonly #queue: Turn<Rows>[] = []
  #going: Promise<void> | null = null

  constructor(options: TurnsOptions<Rows>) {
    this.#options = options
  }

  read<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    return this.#wait(false, work)
  }

  write<T>(work: (rows: Rows) => Promise<T>): Promise<T> {
    return this.#wait(true, work)
  }

  /** When everything asked for so far is answered. */
  async idle(): Promise<void> {
    await this.#going
  }

  #wait<T>(writes: boolean, work: (rows: Rows) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const turn = async (rows: Rows) => {
        const answer = await work(rows)
        return () => resolve(answer)
      }
      this.#queue.push({ writes, work: turn, reject })
      this.#going ??= this.#go()
    })
  }

  async #go(): Promise<void> {
    for (;;) {
      const turns = this.#next()
      if (turns.length === 0) break
      await this.#take(turns)
    }
    this.#going = null
  }

  /** The first read, or all writes before the next one. */
  #next(): Turn<Rows>[] {
    const end = this.#queue.findIndex(({ writes }) => !writes)
    const writes = end === -1 ? this.#queue.length : end
    return this.#queue.splice(0, Math.min(Math.max(writes, 1), mostAtOnce))
  }

  async #take(turns: readonly Turn<Rows>[]): Promise<void> {
    const all = async (rows: Rows) => {
      const done: (() => void)[] = []
      for (const { work } of turns) done.push(await work(rows))
      return done
    }
    try {
      const writes = turns[0]?.writes === true
      for (const resolve of await (writes ? this.#options.write(all) : this.#options.read(all))) resolve()
    } catch (error) {
      for (const { reject } of turns) reject(error)
    }
  }
}
