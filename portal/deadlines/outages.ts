import { newId } from '../facts/id.ts'
import { record } from '../facts/record.ts'
import type { Ground } from '../ground/ground.ts'
import { insertOutage, lockHeartbeat, selectOutageEnded, selectOutages, setHeartbeat } from './outage-store.server.ts'

/** `portal`: where people and programs come; `worker`: what delivers. Without their database neither is there. */
export type Part = 'portal' | 'worker'

/** How often each process says that its part is there. */
export const beatEveryMs = 10_000
/** A silence as long as this is an outage: restarts and busy moments are shorter. */
const outageFromMs = 60_000

export interface Outage {
  part: Part
  beganAt: string
  endedAt: string
}

/**
 * Says that this part is there. Whoever comes first after a silence writes down how long it was: from the last sign of any
 * process of this part until now. It is a fact, since a provider may have been kept from us by it.
 */
export function beat(ground: Pick<Ground, 'db'>, part: Part): Promise<{ result: 'there' | 'back' }> {
  return ground.db.transaction(async (tx) => {
    const last = await lockHeartbeat(tx.db, part, tx.now)
    await setHeartbeat(tx.db, part, tx.now)
    // A clock that was set back has made no outage.
    if (last === null || tx.now.getTime() - last.getTime() < outageFromMs) return { result: 'there' }
    await insertOutage(tx.db, { id: newId('otg'), part, beganAt: last, endedAt: tx.now })
    const [beganAt, endedAt] = [last.toISOString(), tx.now.toISOString()]
    await record(tx, 'platform', 'outage.recorded', { part, beganAt, endedAt })
    return { result: 'back' }
  })
}

/** After a silence of ours so long passes before anybody is said to be late: what waited for us alone arrives in it. */
const settlesMs = 60_000

/**
 * Whether one of these parts of ours is only just back: then nobody has failed to answer because of what happened meanwhile. It
 * lasts a minute.
 */
export function isJustBack({ db, clock }: Pick<Ground, 'db' | 'clock'>, ...parts: Part[]): Promise<boolean> {
  const now = clock.now()
  return selectOutageEnded(db.read, { parts, after: new Date(now.getTime() - settlesMs), now })
}

/** An outage as it stands beside a clock. */
export interface ClockOutage extends Outage {
  /** The time ran out while it lasted. What is late for that alone is not blamed on anybody: a signed report counts from its own instant. */
  whenDue: boolean
}

export interface Touched {
  /** From the first offer, or the receipt where that is all there is, until the item ended. */
  from: Date | null
  until: Date | null
  dueAt: Date | null
}

/** Those of some outages that touched a clock: pure. One that ended before the offer, or began after the end, did not. */
export function outagesOf(outages: readonly Outage[], { from, until, dueAt }: Touched): ClockOutage[] {
  if (from === null) return []
  const lies = (at: Date, { beganAt, endedAt }: Outage) =>
    Date.parse(beganAt) <= at.getTime() && at.getTime() <= Date.parse(endedAt)
  return outages
    .filter(({ beganAt, endedAt }) => Date.parse(endedAt) > +from && (until === null || Date.parse(beganAt) < +until))
    .map((outage) => ({ ...outage, whenDue: dueAt !== null && lies(dueAt, outage) }))
}

/** Our own outages that touched a time: shown beside the clocks that ran in it. Null for `until`: until now. */
export async function findOutages(
  ground: Pick<Ground, 'db' | 'clock'>,
  time: { from: string | null; until: string | null },
): Promise<Outage[]> {
  if (time.from === null) return []
  const until = time.until === null ? ground.clock.now() : new Date(time.until)
  const rows = await selectOutages(ground.db.read, new Date(time.from), until)
  return rows.map(({ part, beganAt, endedAt }) => ({
    part: part as Part,
    beganAt: beganAt.toISOString(),
    endedAt: endedAt.toISOString(),
  }))
}
