import { expect, test } from 'vitest'
import { endpointChangeEvent } from '../protocol/endpoint-change.ts'
import { verifyToken } from '../protocol/token.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { generateKeys } from './own-keys.ts'

const issuer = 'https://portal.example'
const audience = 'urn:noticeline:org:org_tern'
const endpoint = 'end_1'

async function asked(answer: { status: number; body: object }) {
  const keys = await generateKeys()
  const calls: { url: string; init: RequestInit }[] = []
  const change = { url: 'https://hooks.tern.example/elsewhere', networks: ['net_1'] }
  const options = {
    issuer,
    token: 'nl_live_x',
    endpoint,
    audience,
    keys,
    change,
    fetch: async (url: string, init: RequestInit) => {
      calls.push({ url, init })
      return new Response(JSON.stringify(answer.body), { status: answer.status })
    },
  }
  return { keys, calls, change, options }
}

test('a change goes with its proof: the same change, signed for this portal by the key in use', async () => {
  const { keys, calls, change, options } = await asked({ status: 200, body: { id: endpoint, verified: false } })
  expect(await changeEndpoint(options)).toEqual({ id: endpoint, verified: false })
  const [{ url, init } = { url: '', init: {} }] = calls
  expect(url).toBe(`${issuer}/v1/endpoints/${endpoint}`)
  expect(init.method).toBe('PATCH')
  expect(JSON.parse(String(init.body))).toEqual(change)
  const verified = await verifyToken(new Headers(init.headers).get('endpoint-proof') ?? '', {
    key: async (kid) => (kid === keys.signing[0]?.kid ? (keys.signing[0]?.publicJwk ?? null) : null),
    issuer: audience,
    audience: issuer,
    now: new Date(),
    maxAgeSeconds: 300,
  })
  if (!verified.accepted) throw new Error(verified.refusal.code)
  expect(verified.token.event).toEqual({ type: endpointChangeEvent, body: { endpoint, change } })
})

test('what the portal refuses is a Refusal that says why', async () => {
  const { options } = await asked({
    status: 403,
    body: { code: 'proof_wrong', detail: 'Sign the same change with a key in use.' },
  })
  await expect(changeEndpoint(options)).rejects.toMatchObject({
    code: 'portal_refused',
    httpCode: 403,
    portalCode: 'proof_wrong',
  })
})

test('without a key that signs nothing is asked', async () => {
  const { options, calls } = await asked({ status: 200, body: {} })
  await expect(changeEndpoint({ ...options, keys: { signing: [], sealing: [] } })).rejects.toMatchObject({
    code: 'keys_invalid',
  })
  expect(calls).toEqual([])
})
