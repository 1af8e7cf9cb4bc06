import { eventTypes } from '@noticeline/sdk/protocol'
import type { Fact } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground, Tx } from '../ground/ground.ts'
import { readAddressees } from '../notices/read-notice.ts'
import { findOrganisation } from '../people/find-organisation.ts'
import { isWithheld, lockWithheld, setDueAgain, setWithheld } from './withheld-store.server.ts'

/** The desk has taken a provider out: nothing is tried, polled or escalated any longer. Nothing of it is lost. */
export async function withholdDeliveries(ground: Ground, fact: Fact<'organisation.suspended'>): Promise<void> {
  const { orgId } = fact.payload
  await ground.db.transaction(async (tx) => {
    // Run late, after it came back: there is nothing to withhold.
    if ((await findOrganisation(tx.db, orgId))?.suspendedAt) await setWithheld(tx.db, orgId)
  })
}

/** It is back: what was said about notices it may hold is due. The notices themselves follow their items. */
export async function resumeWithheld(ground: Ground, fact: Fact<'organisation.reinstated'>): Promise<void> {
  await ground.db.transaction((tx) => dueAgain(tx, fact.payload.orgId, { except: eventTypes.issued }))
}

/** An item of the notice is asked of it again: what it was not brought then is due. */
export async function resumeNotice(ground: Ground, noticeId: string, orgId: string): Promise<void> {
  const { read } = ground.db
  if (!(await isWithheld(read, orgId, noticeId))) return
  const organisation = await findOrganisation(read, orgId)
  const isAsked = (await readAddressees(read, { noticeId, orgId })).some(({ endedAt }) => endedAt === null)
  if (!isAsked || !organisation || organisation.suspendedAt) return
  await ground.db.transaction((tx) => dueAgain(tx, orgId, { noticeId }))
}

async function dueAgain(tx: Tx, orgId: string, which: { noticeId: string } | { except: string }): Promise<void> {
  for (const delivery of await lockWithheld(tx.db, orgId, which)) {
    await setDueAgain(tx.db, delivery, tx.now)
    const { id: deliveryId, noticeId, jti, seq, event, setSha256 } = delivery
    await record(tx, noticeId, 'delivery.queued', { noticeId, deliveryId, orgId, jti, seq, event, setSha256 })
  }
}
