/** Delivery, Attempt and their states. */

/** `queued → offered → received → acknowledged`, or `failed` where nobody can be reached. */
export type DeliveryState = 'queued' | 'offered' | 'received' | 'acknowledged' | 'failed'

/** How it became known that a delivery arrived; the earliest counts. */
export type ReceivedHow = 'push' | 'poll' | 'signed_receipt' | 'form_confirmed'

/** Who reports, and how sure we are that it was them. */
export interface Reporter {
  orgId: string
  grade: 'signed' | 'authenticated' | 'form_confirmed'
  /** Of the signed token: its id, its key and its bytes, which are the evidence. */
  jti?: string
  kid?: string
  raw?: string
  /** Who pressed the button, for `form_confirmed`. */
  personId?: string
}

/** One delivery as its log shows it: ids, codes and instants. No address of an item and none of an endpoint's host. */
export interface DeliveryView {
  id: string
  orgId: string
  orgName: string
  noticeId: string
  jti: string
  event: string
  seq: number
  endpointId: string | null
  state: DeliveryState
  offeredAt: string | null
  receivedAt: string | null
  receivedHow: ReceivedHow | null
  acknowledgedAt: string | null
  nextAttemptAt: string | null
  lastCode: string | null
  /** When it was last asked for again. */
  resentAt: string | null
  deadlineAt: string
  createdAt: string
  attempts: AttemptView[]
}

export interface AttemptView {
  id: string
  number: number
  startedAt: string
  finishedAt: string | null
  /** Null while it runs. */
  result: 'received' | 'refused' | 'failed' | 'abandoned' | null
  status: number | null
  code: string | null
  ms: number | null
}

/** Whether a delivery has reached somebody. */
export function hasArrived(state: DeliveryState): boolean {
  return state === 'received' || state === 'acknowledged'
}
