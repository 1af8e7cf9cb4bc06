import { describe, expect, test } from 'vitest'
import { wholeBundle } from '../testing/bundle.ts'
import { checkEvidence, type EvidenceBundle } from './evidence.ts'
import { generateKey } from './keys.ts'

const { bundle, key, signedRoot } = await wholeBundle()
const digest = Buffer.alloc(32, 7).toString('base64url')
const copy = () => structuredClone(bundle)
const at = <T>(list: readonly T[], index: number): T => {
  const one = list[index]
  if (one === undefined) throw new Error('No such one.')
  return one
}

describe('a bundle', () => {
  test('that nobody touched is whole, and says how far it is sealed and signed', async () => {
    expect(await checkEvidence(bundle)).toEqual({
      ...{ result: 'whole', notice: bundle.notice, issuer: bundle.issuer, links: 3, tokens: 1, erased: 0 },
      ...{ sealedTo: { seq: 3, at: at(bundle.seals, 1).at }, signedTo: { seq: 2, at: at(bundle.seals, 0).at } },
      keys: 'as_given',
    })
    expect(await checkEvidence(bundle, bundle.keys)).toMatchObject({ result: 'whole', keys: 'compared' })
  })

  test('whose token was erased is whole where its digest stands in the chain', async () => {
    const raw = (at(bundle.tokens, 0) as { raw: string }).raw
    const [header = '', , signature = ''] = raw.split('.')
    const payload = JSON.parse(at(bundle.chain, 1).payload) as { setSha256: string }
    const erased = { ...copy(), tokens: [{ header, signature, set_sha256: payload.setSha256 }] }
    expect(await checkEvidence(erased)).toMatchObject({ result: 'whole', erased: 1 })
    const foreign = { ...copy(), tokens: [{ header, signature, set_sha256: digest }] }
    expect(await checkEvidence(foreign)).toMatchObject({ part: 'token', at: 1, code: 'not_in_chain' })
  })

  type Break = (broken: EvidenceBundle) => unknown
  const breaks: [string, Break, object][] = [
    ['a fact reworded', (b) => (at(b.chain, 1).kind = 'delivery.failed'), { part: 'chain', at: 2, code: 'link_hash' }],
    ['an instant moved', (b) => (at(b.chain, 2).at = at(b.chain, 0).at), { part: 'chain', at: 3, code: 'link_hash' }],
    ['a fact taken out', (b) => b.chain.splice(1, 1), { part: 'chain', at: 2, code: 'link_missing' }],
    ['a fact exchanged', (b) => (at(b.chain, 2).previous = digest), { part: 'chain', at: 3, code: 'link_previous' }],
    ['the end cut off', (b) => b.chain.pop(), { part: 'seal', at: 2, code: 'head_missing' }],
    [
      'a step of a path',
      (b) => (at(at(b.seals, 1).path, 0).hash = digest),
      { part: 'seal', at: 2, code: 'path_elsewhere' },
    ],
    ['a root', (b) => (at(b.seals, 0).root = digest), { part: 'seal', at: 1, code: 'path_elsewhere' }],
    [
      'the instant of a root',
      (b) => (at(b.seals, 0).at = at(b.seals, 1).at),
      { part: 'root', at: 1, code: 'instant_differs' },
    ],
    [
      'a signed root of another',
      (b) => (at(b.seals, 1).signed = at(b.seals, 0).signed),
      { part: 'root', at: 2, code: 'root_differs' },
    ],
    [
      'a token in place of a root',
      (b) => (at(b.seals, 0).signed = (at(b.tokens, 0) as { raw: string }).raw),
      { part: 'root', at: 1, code: 'audience_wrong' },
    ],
    [
      'a signature',
      (b) => (at(b.seals, 0).signed = flipped(at(b.seals, 0).signed ?? '')),
      { part: 'root', at: 1, code: 'signature_invalid' },
    ],
    [
      'a key retired before',
      (b) => (at(b.keys, 0).not_after = at(b.keys, 0).not_before),
      { part: 'key', at: 1, code: 'key_not_then' },
    ],
    [
      'a key revoked before',
      (b) => (at(b.keys, 0).revoked_at = at(b.keys, 0).not_before),
      { part: 'key', at: 1, code: 'key_not_then' },
    ],
    [
      'a key taken out',
      (b) => (b.keys = [{ ...at(b.keys, 0), x: 'no' }]),
      { part: 'key', at: 1, code: 'key_unusable' },
    ],
    [
      'a token',
      (b) => (b.tokens = [{ raw: flipped((at(b.tokens, 0) as { raw: string }).raw) }]),
      { part: 'token', at: 1, code: 'signature_invalid' },
    ],
    ['another notice', (b) => (b.notice = 'ntc_another'), { part: 'chain', at: 1, code: 'link_hash' }],
    ['another form', (b) => (b.noticeline_evidence = 2 as 1), { part: 'form', at: null, code: 'form_wrong' }],
  ]
  test.each(breaks)('with %s changed names that place', async (_, change, expected) => {
    const broken = copy()
    change(broken)
    expect(await checkEvidence(broken)).toMatchObject({ result: 'broken', ...expected })
  })

  test('rewritten whole, with keys of the forger, is found out by the keys of the portal alone', async () => {
    const forged = await wholeBundle()
    expect(await checkEvidence(forged.bundle)).toMatchObject({ result: 'whole', keys: 'as_given' })
    expect(await checkEvidence(forged.bundle, bundle.keys)).toMatchObject({ part: 'key', at: 1, code: 'key_foreign' })
  })

  test('whose key was revoked since is refused by the dates the portal gives now', async () => {
    const now = [{ ...at(bundle.keys, 0), revoked_at: at(bundle.keys, 0).not_before }]
    expect(await checkEvidence(bundle, now)).toMatchObject({ part: 'key', code: 'key_not_then' })
  })

  test('with a root signed by a key that is not in it is refused', async () => {
    const broken = copy()
    const { root, at: sealedAt } = at(broken.seals, 0)
    at(broken.seals, 0).signed = await signedRoot({ root, at: sealedAt, leaves: 7 }, await generateKey('sig'))
    expect(await checkEvidence(broken)).toMatchObject({ part: 'root', at: 1, code: 'key_unknown' })
    expect(key.kid).not.toBe('')
  })

  test.each([null, 7, [], {}, { ...bundle, chain: [] }])('that is none is refused without a crash', async (given) => {
    expect(await checkEvidence(given)).toMatchObject({ result: 'broken', part: 'form', code: 'form_wrong' })
  })
})

function flipped(raw: string): string {
  const [header = '', payload = '', signature = ''] = raw.split('.')
  return `${header}.${payload}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`
}
