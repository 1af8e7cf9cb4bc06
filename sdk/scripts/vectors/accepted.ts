import {
  type Expectation,
  event,
  fromPortal,
  issued,
  item,
  keys,
  notice,
  plainReceiver,
  push,
  pushJson,
  type Sent,
  sealedReceiver,
  seconds,
  token,
  verificationEvent,
  without,
} from './cast.ts'
import { envelope, forge } from './forge.ts'

export interface Accepted {
  name: string
  why: string
  direction: 'to_receiver' | 'to_portal'
  sent: Sent
  expect: Expectation
  /** What readMessage makes of it. */
  read: 'message' | 'unknown'
  type: string
}

const jti = fromPortal().jti

const contents = new Map<string, string>()

function seal(content: string, to = keys.receiver_sealing): string {
  const body = envelope({ content, to })
  contents.set(body, content)
  return body
}

/** The token in a body, envelope taken off. */
export function tokenIn({ media_type, body }: Sent): string {
  const inside = media_type === 'application/json' ? (Object.values(JSON.parse(body).sets)[0] as string) : body
  return contents.get(inside) ?? inside
}

function toReceiver(name: string, why: string, type: string, sent: Sent, expect = plainReceiver): Accepted {
  return { name, why, direction: 'to_receiver', sent, expect, read: 'message', type }
}

function said(name: string, type: string, body: object, why: string): Accepted {
  return toReceiver(name, why, type, push(token(fromPortal({ [type]: body }))))
}

const notices: Accepted[] = [
  toReceiver('notice issued, plain', 'The ordinary case without a sealing key.', event('notice.issued'), push(token())),
  toReceiver(
    'notice issued, sealed',
    'The ordinary case with a sealing key.',
    event('notice.issued'),
    push(seal(token())),
    sealedReceiver,
  ),
  toReceiver(
    'notice issued, JSON form',
    'Some firewalls refuse the other media type.',
    event('notice.issued'),
    pushJson({ [jti]: token() }),
  ),
  toReceiver(
    'notice issued, sealed, JSON form',
    'Both at once.',
    event('notice.issued'),
    pushJson({ [jti]: seal(token()) }),
    sealedReceiver,
  ),
  toReceiver(
    'media type with a parameter and in capitals',
    'Media types are compared without case, parameters do not count.',
    event('notice.issued'),
    { media_type: 'Application/SecEvent+JWT; charset=utf-8', body: token() },
  ),
  toReceiver(
    'sealed for the older of two sealing keys',
    'While a sealing key is replaced both open.',
    event('notice.issued'),
    push(seal(token(), keys.receiver_sealing_old)),
    { ...sealedReceiver, sealing_keys: [keys.receiver_sealing, keys.receiver_sealing_old] },
  ),
  toReceiver(
    'signed by a retired key that is still published',
    'A notice signed before the change may be delivered weeks after it.',
    event('notice.issued'),
    push(token(fromPortal(), keys.portal_retired)),
  ),
  toReceiver(
    'header in another order, with white space',
    'What is signed are the bytes; JSON may be written in many ways.',
    event('notice.issued'),
    push(
      forge({
        header: `{ "typ": "secevent+jwt",\n  "kid": "${keys.portal.kid}", "alg": "ES256" }`,
        payload: fromPortal(),
        key: keys.portal,
      }),
    ),
  ),
  toReceiver(
    'exactly 45 days old',
    'A receiver may have been down for weeks.',
    event('notice.issued'),
    push(token(fromPortal(undefined, { iat: seconds - 45 * 86_400 }))),
  ),
  toReceiver(
    'issued 600 seconds in the future',
    'Clocks differ; this is as far as they may.',
    event('notice.issued'),
    push(token(fromPortal(undefined, { iat: seconds + 600 }))),
  ),
  toReceiver(
    'no txn, toe or sub_id',
    'Only iss, aud, iat, jti and events are indispensable.',
    event('notice.issued'),
    push(token(without(fromPortal(), 'txn', 'toe', 'sub_id'))),
  ),
  toReceiver(
    'members and claims from a later release',
    'Inside v 1 optional members are added; a receiver lets pass what it does not know.',
    event('notice.issued'),
    push(
      token(
        fromPortal(
          { [event('notice.issued')]: { ...issued, weather: 'rain', items: [{ ...issued.items[0], mood: 1.5 }] } },
          { later: { added: true } },
        ),
      ),
    ),
  ),
  toReceiver(
    'text beyond ASCII',
    'Tokens are ASCII because base64url is; what is said in them is UTF-8.',
    event('notice.issued'),
    push(token(fromPortal({ [event('notice.issued')]: { ...issued, for_provider_only: 'Één afbeelding — 画像 🖼' } }))),
  ),
  toReceiver(
    'reissued after 30 days',
    'A new token with the next revision that names the one it replaces.',
    event('notice.issued'),
    push(token(fromPortal({ [event('notice.issued')]: { ...issued, seq: 2, reissue_of: jti } }, { jti: 'evt_2' }))),
  ),
]

const others: Accepted[] = [
  said(
    'notice corrected',
    event('notice.corrected'),
    { v: 1, notice, seq: 2, items: issued.items, changed: ['/items/0/url'], reason: 'A typing error.' },
    'The items as they are now.',
  ),
  said(
    'notice withdrawn',
    event('notice.withdrawn'),
    { v: 1, notice, seq: 3, items: [item], reason: 'not_illegal', restore: true },
    'It may come before the notice itself.',
  ),
  said(
    'deadline changed',
    event('deadline.changed'),
    { v: 1, notice, seq: 4, items: [item], due: '2026-11-23T12:00:00.000Z', reason: 'Agreed by phone.' },
    'Another end for a running clock.',
  ),
  said(
    'notice closed',
    event('notice.closed'),
    { v: 1, notice, seq: 5, items: [{ id: item, headline: 'removed_verified' }] },
    'Nothing more is expected.',
  ),
  said(
    'dispute answered',
    event('dispute.answered'),
    { v: 1, notice, dispute: 'dsp_1', state: 'upheld', reasons: 'The address had moved.' },
    'The provider was right.',
  ),
  toReceiver(
    'hash recalled',
    'Belongs to a list, not to a notice.',
    event('hash.recalled'),
    push(
      token(
        without(
          fromPortal({
            [event('hash.recalled')]: { v: 1, entry: 'ent_1', list: 'baken-2026', seq: 413, reason: 'Wrong.' },
          }),
          'txn',
          'toe',
          'sub_id',
        ),
      ),
    ),
  ),
  toReceiver(
    'verification event',
    'Are you there? It has no v and no notice.',
    verificationEvent,
    push(token(fromPortal({ [verificationEvent]: {} }, { txn: undefined, toe: undefined, sub_id: undefined }))),
  ),
  toReceiver(
    'verification event with state, sealed',
    'The receiver had asked for it with a state.',
    verificationEvent,
    push(
      seal(
        token(
          fromPortal({ [verificationEvent]: { state: 'VGhpcyBpcw' } }, { sub_id: { format: 'opaque', id: 'end_1' } }),
        ),
      ),
    ),
    sealedReceiver,
  ),
  said(
    'stream updated',
    'https://schemas.openid.net/secevent/ssf/event-type/stream-updated',
    { status: 'paused', reason: 'Maintenance.' },
    'The stream was paused.',
  ),
  {
    ...said(
      'event type from a later release',
      event('weather.changed'),
      { v: 9, rain: true },
      'Stored and answered 202.',
    ),
    read: 'unknown',
  },
]

export const acceptedByReceivers: Accepted[] = [...notices, ...others]
