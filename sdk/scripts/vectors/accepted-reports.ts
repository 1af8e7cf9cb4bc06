import type { Accepted } from './accepted.ts'
import { event, fromPortal, fromTern, issued, notice, push, reportsDesk, reportToken, result } from './cast.ts'

const { jti } = fromPortal()
const digest = 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg'

function toPortal(name: string, why: string, type: string, payload: object): Accepted {
  return {
    name,
    why,
    direction: 'to_portal',
    sent: push(reportToken(payload)),
    expect: reportsDesk,
    read: 'message',
    type,
  }
}

const outcomes = [
  result,
  { ...result, outcome: 'access_disabled', territory: ['eu'], scope_applied: 'host', collateral: 'Two other sites.' },
  { ...result, outcome: 'already_unavailable', since: '2026-11-20T00:00:00.000Z' },
  { ...result, outcome: 'not_hosted_here', reason: 'customer_left' },
  { ...result, outcome: 'forwarded', downstream: 'org_saltmarsh' },
  { ...result, outcome: 'cannot_execute', reason: 'force_majeure' },
  { ...result, outcome: 'refused', reason: 'disputes_illegality', by: 'human' },
  { ...result, outcome: 'duplicate', of: 'itm_01kavector0000000000000009' },
  { ...result, outcome: 'reinstated', note: 'Put back from the storage it stood in.' },
]

export const acceptedByPortal: Accepted[] = [
  toPortal('items reported', 'One result, the least it can say.', event('items.reported'), fromTern()),
  toPortal(
    'items reported, every outcome',
    'Each with what it cannot do without.',
    event('items.reported'),
    fromTern({
      [event('items.reported')]: {
        v: 1,
        notice,
        seq: 1,
        results: outcomes.map((outcome, index) => ({ ...outcome, item: `itm_0${index}` })),
      },
    }),
  ),
  toPortal(
    'items reported, everything optional',
    'also may be one code or a list of them.',
    event('items.reported'),
    fromTern({
      [event('items.reported')]: {
        v: 1,
        notice,
        seq: 1,
        results: [
          {
            ...result,
            also: ['account_terminated', 'service_suspended'],
            scope_applied: 'account',
            police_informed: 'yes',
            preserved: { sha256: issued.items[0]?.hashes.sha256, until: '2027-05-21T00:00:00.000Z' },
          },
          { ...result, item: 'itm_2', also: 'service_suspended' },
        ],
      },
    }),
  ),
  toPortal(
    'receipt',
    'The provider holds exactly this token.',
    event('notice.received'),
    fromTern({
      [event('notice.received')]: {
        v: 1,
        notice,
        seq: 1,
        ref: jti,
        set_sha256: digest,
        received_at: '2026-11-21T11:59:59.120Z',
      },
    }),
  ),
  toPortal(
    'receipt of a verification event',
    'It proves possession of the signing key and belongs to no notice.',
    event('notice.received'),
    fromTern(
      {
        [event('notice.received')]: { v: 1, ref: 'evt_9', set_sha256: digest, received_at: '2026-11-21T11:59:59.120Z' },
      },
      { txn: undefined },
    ),
  ),
]
