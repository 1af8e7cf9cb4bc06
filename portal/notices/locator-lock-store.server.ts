import type { Transaction } from 'kysely'
import type { DB } from '../ground/ground.ts'

/**
 * One notice an address at a time: of two at once the second waits until the first is there to be linked to. A row that
 * another transaction has written and not committed is waited for; it is taken out again, so that nothing stays.
 */
export async function lockLocators(db: Transaction<DB>, locators: readonly Buffer[]) {
  // In one order everywhere, so that two notices of several addresses never wait for each other.
  const macs = [...new Map(locators.map((mac) => [mac.toString('hex'), mac]))].sort(([one], [other]) =>
    one < other ? -1 : 1,
  )
  if (macs.length === 0) return
  await db
    .insertInto('locatorLocks')
    .values(macs.map(([, mac]) => ({ mac })))
    .onConflict((conflict) => conflict.column('mac').doNothing())
    .execute()
  await db
    .deleteFrom('locatorLocks')
    .where(
      'mac',
      'in',
      macs.map(([, mac]) => mac),
    )
    .execute()
}
