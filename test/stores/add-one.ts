import { setTimeout as wait } from 'node:timers/promises'
import { Refusal } from '@noticeline/sdk'
import type { CaseStore } from '@noticeline/sdk/stores'

/**
 * Reads, adds one and writes back, with the store in hand; what was refused is tried again, since nothing of it was
 * written. Whatever is lost when two do it side by side is missing in the sum.
 */
export async function addOne(cases: CaseStore): Promise<void> {
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!Refusal.is(error) || !/^store_(in_use|failed)$/.test(error.code)) throw error
        await wait(5)
      }
    }
  }
  await patiently(() => cases.open())
  const count = Number((await patiently(() => cases.get('count'))) ?? 0)
  await patiently(() => cases.write({ count: String(count + 1) }))
  await cases.close()
}
