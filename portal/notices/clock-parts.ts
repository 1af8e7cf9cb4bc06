import { type Clock, clockOf } from '../deadlines/deadline.ts'
import type { Addressee, Notice } from './notice.ts'

/** The clock of one item for one addressee, as it stands at an instant. */
export function clockOfAddressee(
  notice: Pick<Notice, 'deadlineWithin' | 'onObstacle' | 'deemedReceipt'>,
  addressee: Pick<Addressee, 'secondOfferedAt' | 'receivedAt' | 'obstacles' | 'endedAt'>,
  now: Date,
): Clock {
  return clockOf({
    within: notice.deadlineWithin,
    onObstacle: notice.onObstacle,
    receivedAt: addressee.receivedAt,
    obstacles: addressee.obstacles,
    endedAt: addressee.endedAt,
    now,
    secondOfferedAt: addressee.secondOfferedAt,
    deemedReceipt: notice.deemedReceipt,
  })
}
