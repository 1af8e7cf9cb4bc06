/** Every vector that is sent to a portal, sent to this one. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { addEndpoint } from '../providers/add-endpoint.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { createApi } from './api.ts'

interface Vector {
  name: string
  direction: 'to_receiver' | 'to_portal'
  sent: { media_type: string; body: string }
  expect: { now: string; audience: string; jwks: { keys: { kid: string }[] }; issuers: Record<string, string> }
  refusal?: { err: string; code: string }
}

const read = (name: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`../../sdk/vectors/${name}.json`, import.meta.url), 'utf8')).vectors.filter(
    (vector: Vector) => vector.direction === 'to_portal',
  )
const accepted = read('accepted')
const refused = read('refused')

/** This portal as the vectors know it: its origin, its clock, and the providers with their keys. */
function withPortal(work: (answer: (vector: Vector) => Promise<Response>) => Promise<void>): Promise<void> {
  const { now, audience, jwks, issuers } = (accepted[0] as Vector).expect
  return withGround(now, { config: { origin: audience } }, async (ground) => {
    for (const key of jwks.keys) await registerAs(ground, issuers[key.kid] as string, key)
    await work(async ({ sent }) => {
      // One API each: it remembers who sends forgeries, and would soon answer nothing else.
      const readiness = async () => ({ database: true, keys: true, queueLagMs: 0, deadLetters: 0, clockApartMs: null })
      const headers = { 'content-type': sent.media_type }
      return createApi(ground, { readiness }).request('/v1/reports', { method: 'POST', headers, body: sent.body })
    })
  })
}

async function registerAs(ground: TestGround, audience: string, key: object): Promise<void> {
  const orgId = audience.slice(audience.lastIndexOf(':') + 1)
  await ground.db.transaction(async (tx) => {
    const row = {
      id: orgId,
      kind: 'provider',
      name: orgId,
      country: 'NL',
      locale: 'en',
      admittedAt: tx.now,
      createdAt: tx.now,
    }
    await tx.db.insertInto('organisations').values(row).execute()
  })
  const actor = {
    kind: 'program',
    apiTokenId: 'tok_1',
    orgId,
    orgKind: 'provider',
    scopes: ['endpoints:write'],
    live: true,
  }
  const added = await addEndpoint(ground, actor as never, { url: null, signing_keys: [key], sealing_key: null })
  expect(added.result).toBe('added')
}

test('what must be refused is refused, with its err', () =>
  withPortal(async (answer) => {
    for (const vector of refused) {
      const response = await answer(vector)
      if (vector.refusal?.code === 'media_type_not_supported') expect(response.status, vector.name).toBe(415)
      else {
        expect(response.status, vector.name).toBe(400)
        expect(await response.json(), vector.name).toMatchObject({ err: vector.refusal?.err })
      }
    }
    expect(refused.length).toBeGreaterThan(10)
  }))

test('what must be accepted passes verification, and only then is found to be about nothing we sent', () =>
  withPortal(async (answer) => {
    for (const vector of accepted) {
      const response = await answer(vector)
      expect([response.status, await response.json()], vector.name).toMatchObject([400, { err: 'access_denied' }])
    }
    expect(accepted.length).toBeGreaterThanOrEqual(5)
  }))
