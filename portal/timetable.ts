/** What runs by the clock. Every entry may run twice, and on several machines at once. */
import { admitWaiting } from './attribution/admit-waiting.ts'
import { checkProofs } from './attribution/check-proofs.ts'
import { beat, beatEveryMs } from './deadlines/outages.ts'
import { abandonLost } from './delivery/abandon-lost.ts'
import { endRehearsals } from './delivery/end-rehearsals.ts'
import { fallBack } from './delivery/fall-back.ts'
import { markSilent } from './delivery/mark-silent.ts'
import { reissueDeliveries } from './delivery/reissue-deliveries.ts'
import { setRight } from './delivery/set-right.ts'
import { sealRoot, signRoot } from './facts/seal-root.ts'
import type { Ground } from './ground/ground.ts'
import { sweepReactions } from './ground/queue-reactions.server.ts'
import { endStuckWaits } from './ground/stuck-waits.server.ts'
import { deemReceipts } from './notices/deem-receipts.ts'
import { markOverdue } from './notices/mark-overdue.ts'
import { seekDueHolders } from './notices/seek-holders.ts'
import { collectMail } from './people/collect-mail.ts'
import { markMailsSilent } from './people/mark-mails-silent.ts'
import { probeContacts } from './providers/probe-contacts.ts'
import { refreshKeySets } from './providers/refresh-key-sets.ts'
import { tellStreams } from './providers/tell-stream.ts'
import { closeNotices } from './removal/close-notices.ts'
import { observeDueItems } from './removal/observe-item.ts'

export interface Entry {
  name: string
  /** Milliseconds from the end of one run to the start of the next. */
  every: number
  /** Answers how much it found to do; more than nothing, and it runs again at once. */
  run(ground: Ground): Promise<unknown>
}

const second = 1000
const minute = 60 * second

export const timetable: Entry[] = [
  { name: 'tell-streams', every: 5 * second, run: (ground) => tellStreams(ground) },
  { name: 'fall-back', every: 5 * second, run: (ground) => fallBack(ground) },
  { name: 'abandon-lost', every: 10 * second, run: (ground) => abandonLost(ground) },
  { name: 'end-rehearsals', every: 2 * second, run: (ground) => endRehearsals(ground) },
  { name: 'observe-due-items', every: 250, run: (ground) => observeDueItems(ground, { limit: 32 }) },
  { name: 'deem-receipts', every: 5 * second, run: (ground) => deemReceipts(ground) },
  { name: 'mark-overdue', every: 5 * second, run: (ground) => markOverdue(ground) },
  { name: 'seek-due-holders', every: 5 * second, run: (ground) => seekDueHolders(ground) },
  { name: 'close-notices', every: 5 * second, run: (ground) => closeNotices(ground) },
  { name: 'reissue-deliveries', every: minute, run: (ground) => reissueDeliveries(ground) },
  { name: 'set-right', every: minute, run: (ground) => setRight(ground) },
  { name: 'collect-mail', every: 5 * second, run: (ground) => collectMail(ground) },
  { name: 'mark-mails-silent', every: 10 * minute, run: (ground) => markMailsSilent(ground) },
  { name: 'mark-silent', every: 10 * minute, run: (ground) => markSilent(ground) },
  { name: 'seal-root', every: minute, run: (ground) => sealRoot(ground) },
  { name: 'sign-root', every: 60 * minute, run: (ground) => signRoot(ground) },
  { name: 'end-stuck-waits', every: minute / 6, run: (ground) => endStuckWaits(ground) },
  { name: 'sweep-reactions', every: minute, run: (ground) => sweepReactions(ground) },
  { name: 'probe-contacts', every: minute, run: (ground) => probeContacts(ground) },
  { name: 'refresh-key-sets', every: 10 * minute, run: (ground) => refreshKeySets(ground) },
  { name: 'check-proofs', every: minute, run: (ground) => checkProofs(ground) },
  { name: 'admit-waiting', every: minute, run: (ground) => admitWaiting(ground) },
  { name: 'beat', every: beatEveryMs, run: (ground) => beat(ground, 'worker').then(() => 0) },
  { name: 'keep-keys-fresh', every: 10 * minute, run: (ground) => ground.keys.keepFresh() },
]
