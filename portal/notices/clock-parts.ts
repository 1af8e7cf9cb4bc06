import { type Clock, clockOf } from '../deadlines/deadline.ts'
import { normOf } from '../deadlines/norms.ts'
import type { Addressee, Notice } from './notice.ts'

/** The clock of one item for one addressee, as it stands at an instant. */
export function clockOfAddressee(
  notice: Pick<Notice, 'regime' | 'deadlineWithin' | 'onObstacle'>,
  addressee: Pick<Addressee, 'offeredAt' | 'receivedAt' | 'obstacles' | 'endedAt'>,
  now: Date,
): Clock {
  return clockOf({
    within: notice.deadlineWithin,
    onObstacle: notice.onObstacle,
    offeredAt: addressee.offeredAt,
    receivedAt: addressee.receivedAt,
    obstacles: addressee.obstacles,
    endedAt: addressee.endedAt,
    now,
    deemedReceipt: normOf(notice.regime).deemedReceipt,
  })
}
