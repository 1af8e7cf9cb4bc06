/** An expected refusal that is found after something was written: the transaction ends, and the refusal is the result. */
export class Undone<T> extends Error {
  readonly result: T
  constructor(result: T) {
    super('Undone')
    this.result = result
  }
}

export async function undoing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Undone) return error.result as T
    throw error
  }
}
