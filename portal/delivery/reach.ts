import type { DeliveryState, ReceivedHow } from './delivery.ts'

/** Whether an addressee was reached, and by what: a plain state, which says nothing about whose fault it is. */
export const reaches = ['webhook', 'poll', 'mail', 'not_yet', 'no_channel'] as const
export type Reach = (typeof reaches)[number]

const by: { readonly [H in ReceivedHow]: Reach } = {
  push: 'webhook',
  signed_receipt: 'webhook',
  poll: 'poll',
  form_confirmed: 'mail',
}

export function reachOf(delivery: DeliveryState | null, receivedHow: ReceivedHow | null): Reach {
  if (receivedHow !== null) return by[receivedHow]
  return delivery === 'failed' ? 'no_channel' : 'not_yet'
}
