import { expect, test } from 'vitest'
import { memoryStore } from '../inbox/memory.ts'
import { checkReceiverEvidence, generateKey, type ReceiverEvidence } from '../protocol.ts'
import { type Scene, withReceiver } from '../testing/with-receiver.ts'
import { exportEvidence } from './evidence.ts'

const item = { url: 'https://cust42.tern.example/1' }

/** A notice that was withdrawn in part and then closed, or not. */
function exported(close: boolean, work: (evidence: ReceiverEvidence, scene: Scene) => Promise<void>): Promise<void> {
  const inbox = memoryStore()
  return withReceiver({ inbox }, async (scene) => {
    const { portal, receiver, keys } = scene
    const { notice } = await portal.issue({ items: [item, item] })
    await portal.withdraw(notice, { items: [String(notice.items[0]?.id)] })
    await portal.issue({ items: [item] })
    await receiver.drain()
    if (close) await portal.close(notice)
    await receiver.drain()
    const audience = String(portal.endpoints[0]?.audience)
    const evidence = await exportEvidence(inbox, { issuer: portal.issuer, notice: notice.notice, keys, audience })
    await work(JSON.parse(JSON.stringify(evidence)) as ReceiverEvidence, scene)
  })
}

test('what a receiver shows of a notice is checked offline: what came, what was answered, when, and by which keys', () =>
  exported(false, async (evidence, { portal }) => {
    await portal.stop()
    expect(await checkReceiverEvidence(evidence)).toEqual({ result: 'whole', received: 2, erased: 0, sent: 4 })
    expect(evidence.received.map(({ type, seq }) => [type, seq])).toEqual([
      ['notice.issued', 1],
      ['notice.withdrawn', 2],
    ])
    expect(evidence.sent.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
      'outcomes sent',
      'outcomes sent',
      'receipt sent',
      'receipt sent',
    ])
    expect(JSON.stringify(evidence)).not.toContain('"d":')
  }))

test('once a notice is closed its addresses are gone, and what is left still proves what came and what was done', () =>
  exported(true, async (evidence, { alarms }) => {
    expect(alarms).toEqual([])
    expect(await checkReceiverEvidence(evidence)).toEqual({ result: 'whole', received: 3, erased: 3, sent: 5 })
    const tokens = evidence.received.map((one) => ('token' in one ? one.token : `${one.header}..${one.signature}`))
    for (const token of tokens) expect(token).toMatch(/^[\w-]+\.\.[\w-]{86}$/)
    const said = evidence.sent.map(({ token }) => Buffer.from(String(token.split('.')[1]), 'base64url').toString())
    expect(JSON.stringify([evidence, said])).not.toContain('cust42')
  }))

test('whoever changes anything in it is found out', () =>
  exported(false, async (evidence, { portal }) => {
    const [issued, withdrawn] = evidence.received as { token: string; jti: string }[]
    const [receipt] = evidence.sent.filter(({ kind }) => kind === 'receipt')
    const others = evidence.received.slice(1)
    const wrong = { ...issued, set_sha256: 'A'.repeat(43) }
    const { token: _, ...bare } = wrong as Record<string, unknown>
    const changes: [Partial<ReceiverEvidence> | object, object][] = [
      [{ received: [wrong, ...others] }, { part: 'received', at: 1, code: 'digest_differs' }],
      [{ received: [{ ...issued, jti: withdrawn?.jti }, ...others] }, { at: 1, code: 'jti_mismatch' }],
      [{ received: [{ ...bare, header: 'e30', signature: 'x' }] }, { at: 1, code: 'key_unknown' }],
      [{ received: [{ ...bare, header: issued?.token.split('.')[0], signature: 'x' }] }, { code: 'not_receipted' }],
      [{ received: [{ ...issued, received_at: '2026-01-01T00:00:00.000Z' }] }, { code: 'issued_in_future' }],
      [{ sent: [{ ...receipt, token: issued?.token }] }, { part: 'sent', at: 1, code: 'key_unknown' }],
      [{ audience: 'urn:noticeline:org:org_another' }, { part: 'sent', at: 1, code: 'issuer_wrong' }],
      [{ notice: 'ntc_another' }, { part: 'sent', at: 1, code: 'notice_mismatch' }],
      [
        { notice: 'ntc_another', sent: [] },
        { part: 'received', at: 1, code: 'notice_mismatch' },
      ],
      [{ portal_keys: [(await generateKey('sig')).publicJwk] }, { part: 'received', code: 'key_unknown' }],
      [{ noticeline_receiver_evidence: 2 }, { part: 'form', at: null, code: 'form_wrong' }],
    ]
    for (const [change, found] of changes) {
      expect(await checkReceiverEvidence({ ...evidence, ...change })).toMatchObject({ result: 'broken', ...found })
    }
    const archive = await (await fetch(`${portal.issuer}/.well-known/jwks.json`)).json()
    const dated = archive.keys.map((key: object) => ({
      ...key,
      ...{ not_before: '2026-01-01T00:00:00.000Z', not_after: null, revoked_at: null },
    }))
    expect(await checkReceiverEvidence(evidence, dated)).toMatchObject({ result: 'whole' })
    const revoked = dated.map((key: object) => ({ ...key, revoked_at: '2026-11-22T00:00:00.000Z' }))
    expect(await checkReceiverEvidence(evidence, revoked)).toMatchObject({ code: 'key_unknown' })
  }))

test('there is nothing to show of a notice that never came, or for nobody', () =>
  withReceiver({}, async ({ portal, keys }) => {
    const inbox = memoryStore()
    const about = { issuer: portal.issuer, notice: 'ntc_1', keys }
    await expect(exportEvidence(inbox, about)).rejects.toMatchObject({ code: 'not_connected' })
    await expect(exportEvidence(inbox, { ...about, audience: 'x' })).rejects.toMatchObject({ code: 'unknown_notice' })
  }))
