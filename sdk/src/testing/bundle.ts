import { randomUUID } from 'node:crypto'
import { generateKey } from '../protocol/keys.ts'
import {
  audienceOf,
  type EvidenceBundle,
  eventTypes,
  genesis,
  hashOfLink,
  inclusionPath,
  issueToken,
  merkleRoot,
  rootSealedType,
  setDigest,
  signToken,
} from '../protocol.ts'
import { noticeOf } from './statements.ts'

const issuer = 'https://portal.example'
const start = Date.parse('2026-11-20T09:00:00.000Z')
const instantAfter = (minutes: number) => new Date(start + minutes * 60_000).toISOString()

/** A bundle that is whole, made as a portal makes one: a token sent, three facts, one root signed and one not. */
export async function wholeBundle(url = 'https://cust42.tern.example/a.jpg') {
  const key = await generateKey('sig')
  const notice = noticeOf({ items: [{ url }] }, `${issuer}/v1/reports`)
  const { raw } = await issueToken(
    {
      ...{ iss: issuer, aud: audienceOf('org_tern'), type: eventTypes.issued, body: notice },
      ...{ now: new Date(start), notice: notice.notice },
    },
    key,
  )
  const facts = [
    ['notice.issued', { noticeId: notice.notice, itemIds: notice.items.map(({ id }) => id) }],
    ['delivery.queued', { noticeId: notice.notice, setSha256: setDigest(raw) }],
    ['delivery.received', { noticeId: notice.notice, how: 'push' }],
  ] as const
  const chain: EvidenceBundle['chain'] = []
  const heads: Buffer[] = []
  for (const [index, [kind, payload]] of facts.entries()) {
    const link = {
      seq: index + 1,
      id: `fct_${index + 1}`,
      kind,
      at: instantAfter(index),
      payload: JSON.stringify(payload),
    }
    const previous = heads.at(-1) ?? genesis
    const hash = hashOfLink({ ...link, chain: notice.notice, at: new Date(link.at), previous })
    heads.push(hash)
    chain.push({ ...link, previous: previous.toString('base64url'), hash: hash.toString('base64url') })
  }
  const others = Array.from({ length: 6 }, (_, index) => ({ chain: `ntc_other${index}`, seq: 1, hash: genesis }))
  const seals: EvidenceBundle['seals'] = []
  for (const seq of [2, 3]) {
    const all = [...others, { chain: notice.notice, seq, hash: heads[seq - 1] ?? genesis }]
    const root = merkleRoot(all).toString('base64url')
    const at = instantAfter(seq)
    const path = (inclusionPath(all, notice.notice) ?? []).map(({ side, hash }) => ({
      side,
      hash: hash.toString('base64url'),
    }))
    seals.push({ seq, path, root, at, signed: seq === 2 ? await signedRoot({ root, at, leaves: all.length }) : null })
  }
  const { kid: _, ...jwk } = key.publicJwk
  const keys = [{ ...jwk, kid: key.kid, not_before: instantAfter(-60), not_after: null, revoked_at: null }]
  const bundle: EvidenceBundle = {
    ...{ noticeline_evidence: 1, issuer, notice: notice.notice, made_at: instantAfter(10) },
    ...{ keys, chain, seals, tokens: [{ raw }] },
  }

  function signedRoot(root: { root: string; at: string; leaves: number }, with_ = key): Promise<string> {
    const iat = Math.floor(Date.parse(root.at) / 1000)
    const events = { [rootSealedType]: { v: 1, ...root } }
    return signToken({ iss: issuer, aud: issuer, iat, jti: `evt_${randomUUID()}`, events }, with_)
  }
  return { bundle, key, signedRoot }
}
