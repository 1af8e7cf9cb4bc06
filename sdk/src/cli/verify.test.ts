import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { saveKeys } from '../inbox/own-keys-file.ts'
import { thumbprint } from '../protocol.ts'
import { generateKeys } from '../receiver/own-keys.ts'
import { typed } from '../testing/typed.ts'
import { createTestPortal } from '../testing.ts'
import { rules } from './rules.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

interface Vector {
  readonly name: string
  readonly direction: 'to_receiver' | 'to_portal'
  readonly sent: { readonly media_type: string; readonly body: string; readonly padding?: number }
  readonly expect: {
    readonly now: string
    readonly audience: string
    readonly jwks: { readonly keys: readonly JsonWebKey[] } | readonly JsonWebKey[]
    readonly issuers: Readonly<Record<string, string>>
    readonly sealing_keys: readonly JsonWebKey[]
  }
  readonly says?: { readonly jti: string; readonly set_sha256: string }
  readonly refusal?: { readonly err: string; readonly code: string }
}

const vectors = async (name: string): Promise<Vector[]> => {
  const text = await readFile(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8')
  return (JSON.parse(text) as { vectors: Vector[] }).vectors.filter(({ direction }) => direction === 'to_receiver')
}
const [accepted, refused] = await Promise.all([vectors('accepted'), vectors('refused')])
const own = await generateKeys()
let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'verify-'))
})
afterAll(() => rm(cwd, { recursive: true }))

let number = 0
/** The vector through the command: the body in a file, the keys in files. */
async function verified({ sent, expect: given }: Vector, ...more: string[]) {
  number += 1
  const file = (name: string) => join(cwd, `${number}.${name}`)
  await writeFile(file('body'), sent.body + 'A'.repeat(sent.padding ?? 0))
  await writeFile(file('jwks'), JSON.stringify(Array.isArray(given.jwks) ? { keys: given.jwks } : given.jwks))
  const pairs = given.sealing_keys.map(async (jwk) => {
    const { d: _, ...publicJwk } = jwk
    return { kid: await thumbprint(jwk), publicJwk, privateJwk: jwk }
  })
  const sealing = await Promise.all(pairs)
  if (sealing.length > 0) await saveKeys(file('keys'), { signing: own.signing, sealing })
  const issuer = Object.values(given.issuers)[0] ?? 'https://portal.example'
  const line = ['verify', file('body'), '--jwks', file('jwks'), '--issuer', issuer, '--audience', given.audience]
  line.push('--at', given.now, '--media-type', sent.media_type, '--json', ...more)
  if (sealing.length > 0) line.push('--keys', file('keys'))
  return typed(line, { cwd })
}

test('every accepted vector is accepted, by its id and its digest', async () => {
  for (const vector of accepted) {
    const { code, out } = await verified(vector)
    expect({ name: vector.name, code, ...JSON.parse(out) }).toMatchObject({
      ...{ name: vector.name, code: 0, accepted: true },
      ...{ jti: vector.says?.jti, set_sha256: vector.says?.set_sha256 },
    })
  }
})

test('every refused vector is refused with its code, its err and the rule', async () => {
  for (const vector of refused) {
    const { code, out } = await verified(vector)
    const { code: why, err } = vector.refusal ?? { code: '', err: '' }
    expect({ name: vector.name, exit: code, ...JSON.parse(out) }).toMatchObject({
      ...{ name: vector.name, exit: 1, accepted: false, code: why, err },
      rule: rules[why as keyof typeof rules],
    })
  }
})

describe('with a portal', () => {
  const url = 'https://cust42.tern.example/secret.jpg'
  const issuedBy = async (
    work: (portal: Awaited<ReturnType<typeof createTestPortal>>, raw: string) => Promise<void>,
  ) => {
    const portal = await createTestPortal()
    portal.attach({ signingKeys: [], sealingKey: null, to: async () => new Response(null, { status: 202 }) })
    const { raw } = await portal.issue({ items: [{ url }] })
    await work(portal, raw)
    await portal.stop()
  }

  test('its keys are found by discovery; the token comes on the line or on standard input', () =>
    issuedBy(async (portal, raw) => {
      for (const [line, input] of [[[raw], ''] as const, [['-'], `${raw}\n`] as const, [[], raw] as const]) {
        const { code, out } = await typed(['verify', ...line, '--issuer', portal.issuer], { input: async () => input })
        expect([code, out]).toEqual([0, expect.stringContaining('notice.issued')])
        expect(out).toContain('give --audience to check')
        expect(out).not.toContain('cust42')
      }
      const revealed = await typed(['verify', raw, '--issuer', portal.issuer, '--reveal'])
      expect(revealed.out).toContain(url)
    }))

  test('a portal that does not answer, and one nobody named, are no verdict on the token', () =>
    issuedBy(async (portal, raw) => {
      portal.misbehave({ jwks: 'down' })
      expect(await typed(['verify', raw, '--issuer', portal.issuer])).toMatchObject({
        ...{ code: 1, out: '', err: expect.stringContaining('portal_refused') },
      })
      await portal.stop()
      expect((await typed(['verify', raw, '--issuer', portal.issuer])).code).toBe(3)
      expect(await typed(['verify', raw])).toMatchObject({ code: 2, err: expect.stringContaining('issuer_missing') })
    }))

  // Well made, by a key that has to be looked up.
  const signed = accepted.find(({ sent }) => sent.body.split('.').length === 3)?.sent.body ?? ''
  test.each([
    [['verify', 'x.y.z', '--issuer', 'https://nobody.example'], 1],
    [['verify', signed, '--jwks', 'ftp://a.example'], 4],
    [['verify', signed, '--jwks', 'http://a.example/jwks.json'], 2],
    [['verify', signed, '--jwks', '/nothing/there'], 4],
    [['verify', signed, '--issuer', 'https://a.example/path'], 2],
    [['verify', signed, '--issuer', 'https://a.example', '--at', 'noon', '--jwks', 'x'], 2],
  ])('%j ends with %i', async (line, code) => {
    expect((await typed(line)).code).toBe(code)
  })
})
