/** One honest notice, and what somebody without a key can send instead. */
import { randomBytes } from 'node:crypto'
import {
  audienceOf,
  eventTypes,
  generateKey,
  issueToken,
  jsonMediaType,
  maxBodyBytes,
  seal,
} from '@noticeline/sdk/protocol'
import { noticeBody } from './notice-body.ts'

export type Given = Awaited<ReturnType<typeof makeGiven>>

export async function makeGiven() {
  const [issuer, audience] = ['https://portal.example', audienceOf('org_01hzzzzzzzzzzzzzzzzzzzzzzz')]
  const now = new Date('2026-11-22T09:00:00.000Z')
  const { kid, publicJwk, privateJwk } = await generateKey('sig')
  const sealingKey = await generateKey('enc')
  const body = noticeBody('https://portal.example/v1/reports')
  const statement = { iss: issuer, aud: audience, type: eventTypes.issued, body, now, notice: body.notice }
  const { raw } = await issueToken(statement, { kid, privateJwk })
  const [head, payload] = raw.split('.') as [string, string]
  const forged = `${head}.${payload}.${randomBytes(64).toString('base64url')}`
  const another = await generateKey('sig')
  const { raw: unknown } = await issueToken(statement, another)
  return {
    ...{ issuer, audience, now, kid, publicJwk, sealingKey, raw },
    sealed: await seal(raw, sealingKey),
    forged: await seal(forged, sealingKey),
    unknown: await seal(unknown, sealingKey),
    foreign: await seal(raw, await generateKey('enc')),
  }
}

export function forgeries(given: Given): readonly { name: string; body: string; mediaType?: string }[] {
  const [head, none, iv, text, tag] = given.sealed.split('.') as [string, string, string, string, string]
  const large = maxBodyBytes - 100
  const members = `{"sets":{${Array.from({ length: 22_000 }, (_, at) => `"${at}":1`).join(',')}}}`
  return [
    { name: 'no token at all', body: 'hello' },
    { name: 'a plain token where envelopes are due', body: given.raw },
    { name: 'an envelope for a key that is not ours', body: given.foreign },
    {
      name: 'an envelope with another tag',
      body: [head, none, iv, text, randomBytes(16).toString('base64url')].join('.'),
    },
    { name: 'a token by a key that is not known, sealed', body: given.unknown },
    { name: 'a token nobody signed, sealed', body: given.forged },
    { name: '256 KiB of one letter', body: 'A'.repeat(large) },
    { name: '256 KiB of envelope', body: [head, none, iv, 'A'.repeat(large - 1000), tag].join('.') },
    { name: '256 KiB of JSON', body: members, mediaType: jsonMediaType },
  ]
}
