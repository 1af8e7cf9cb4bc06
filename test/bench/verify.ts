import { audienceOf, eventTypes, generateKey, issueToken, verifyToken } from '@noticeline/sdk/protocol'
import { importJWK, jwtVerify } from 'jose'
import { type Bench, measure } from './measure.ts'
import { noticeBody } from './notice-body.ts'

const issuer = 'https://portal.example'

/** A signed notice of three items, read and checked; one after the other, in this process. */
export async function verify(scale: number): Promise<Bench> {
  const count = Math.ceil(5000 * scale)
  const { kid, publicJwk, privateJwk } = await generateKey('sig')
  const audience = audienceOf('org_01hzzzzzzzzzzzzzzzzzzzzzzz')
  const now = new Date('2026-11-22T09:00:00.000Z')
  const body = noticeBody('https://portal.example/v1/reports')
  const statement = { iss: issuer, aud: audience, type: eventTypes.issued, body, now, notice: body.notice }
  const { raw } = await issueToken(statement, { kid, privateJwk })
  const key = await importJWK(publicJwk, 'ES256')
  const expected = { key: async () => publicJwk, issuer, audience, now }
  const options = { issuer, audience, algorithms: ['ES256'], typ: 'secevent+jwt', currentDate: now }
  return {
    ours: [
      {
        name: 'verify: `verifyToken`',
        run: () =>
          measure(count, async () => {
            for (let turn = 0; turn < count; turn += 1) {
              const verified = await verifyToken(raw, expected)
              if (!verified.accepted) throw new Error(verified.refusal.code)
            }
          }),
      },
    ],
    peers: [
      {
        name: "jose's `jwtVerify` with a key that was imported before",
        less: 'no check of the grammar before the JSON is read, no key looked up by its `kid`, no digest, no check of the claims of a security event and of its single event',
        run: () =>
          measure(count, async () => {
            for (let turn = 0; turn < count; turn += 1) await jwtVerify(raw, key, options)
          }),
      },
    ],
    close: async () => {},
  }
}
