import type { InboxMessage } from './inbox.ts'
import type { OutboxReport } from './outbox.ts'

/** What a text may hold. */
export const strange = `it's "quoted" \\ back\nnew line\ttab ? $1 %s ; DROP TABLE x; -- é ß 漢 🦭 \u0000 ${'̈'.repeat(3)}`

const at = '2026-11-21T09:00:00.000Z'

export function exampleMessage(given: Partial<InboxMessage> & { readonly jti: string }): InboxMessage {
  return {
    id: `https://portal.example ${given.jti}`,
    iss: 'https://portal.example',
    txn: 'ntc_1',
    seq: 1,
    type: 'notice.issued',
    items: ['itm_1'],
    setSha256: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
    raw: 'header.payload.signature',
    receivedAt: at,
    state: 'waiting',
    attempts: 0,
    nextAt: at,
    handled: [],
    note: null,
    ...given,
  }
}

export function exampleReport(given: Partial<OutboxReport> & { readonly id: string }): OutboxReport {
  return {
    kind: 'receipt',
    txn: 'ntc_1',
    raw: 'header.payload.signature',
    to: 'https://portal.example/v1/reports',
    createdAt: at,
    state: 'waiting',
    attempts: 0,
    nextAt: at,
    err: null,
    description: null,
    ...given,
  }
}
