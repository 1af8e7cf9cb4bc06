import { eventTypes, generateKey, setDigest, signToken } from '@noticeline/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { at, type CallAnswer, type Member, type Stage, submission, withApi } from './with-api.ts'

/** A notice on its way to Tern Hosting. */
async function issued({ call, baken, ground }: Stage, more?: object) {
  const { json } = await call('POST', '/v1/notices', { token: baken.token, body: submission(more) })
  await ground.runReactions()
  return json as { id: string; items: { id: string }[] }
}

function report(notice: { id: string; items: { id: string }[] }, more: object = {}) {
  const item = notice.items[0]?.id
  return { notice: notice.id, seq: 1, results: [{ item, outcome: 'content_removed', at, by: 'auto', ...more }] }
}

function send({ call }: Stage, raw: string, headers: Record<string, string> = {}): Promise<CallAnswer> {
  return call('POST', '/v1/reports', { body: raw, headers: { 'content-type': 'application/secevent+jwt', ...headers } })
}

function sendJson({ call }: Stage, { token }: Member, body: unknown, key = 'r1'): Promise<CallAnswer> {
  return call('POST', '/v1/reports', { token, body, headers: { 'idempotency-key': key } })
}

async function shown({ call, baken }: Stage, noticeId: string) {
  return (await call('GET', `/v1/notices/${noticeId}`, baken)).json.items[0]
}

describe('a signed report', () => {
  test('is taken with 202 and nothing else, and again when it is repeated', () =>
    withApi(async (stage) => {
      const notice = await issued(stage)
      const tern = await stage.signerOf(stage.tern)
      const raw = await tern.sign(eventTypes.reported, { v: 1, ...report(notice) })
      for (const _ of [1, 2]) {
        const answer = await send(stage, raw)
        expect([answer.status, answer.text]).toEqual([202, ''])
      }
      const item = await shown(stage, notice.id)
      expect(item.outcomes).toMatchObject([{ outcome: 'content_removed', grade: 'signed', provider: stage.tern.orgId }])
      expect(item.headline).toBe('removed_claimed')
    }))

  test('may be a receipt, which starts the clock', () =>
    withApi(async (stage) => {
      const { ground, tern } = stage
      const notice = await issued(stage)
      const polled = await stage.call('POST', `/v1/streams/${tern.orgId}`, {
        token: tern.token,
        body: { returnImmediately: true },
        revealing: true,
      })
      const [ref, token] = Object.entries(polled.json.sets)[0] as [string, string]
      const signer = await stage.signerOf(tern)
      const receipt = { v: 1, notice: notice.id, seq: 1, ref, set_sha256: setDigest(token), received_at: at }
      const answer = await send(stage, await signer.sign(eventTypes.received, receipt))
      expect([answer.status, answer.text]).toEqual([202, ''])
      expect(await shown(stage, notice.id)).toMatchObject({ delivery: 'acknowledged', clock: { state: 'running' } })

      const other = { ...receipt, set_sha256: setDigest('another') }
      const contested = await send(stage, await signer.sign(eventTypes.received, other))
      expect([contested.status, contested.json.err]).toEqual([400, 'invalid_request'])
      const unknown = await send(stage, await signer.sign(eventTypes.received, { ...receipt, ref: 'evt_none' }))
      expect([unknown.status, unknown.json.err]).toEqual([400, 'access_denied'])
      expect(await ground.facts.kinds(notice.id)).toContain('receipt.contested')
    }))

  test('is not refused for its time before the portal has asked what time it is', () =>
    withApi(async (stage) => {
      const { ground } = stage
      const notice = await issued(stage)
      const tern = await stage.signerOf(stage.tern)
      const raw = await tern.sign(eventTypes.reported, { v: 1, ...report(notice) })
      const right = ground.clock.now()
      for (const wrong of [-3_600_000, 90 * 86_400_000]) {
        ground.clock.advance(wrong)
        const refused = await send(stage, raw)
        expect([refused.status, refused.json.err]).toEqual([400, 'invalid_request'])
        expect(refused.headers.get('date')).toBe(ground.clock.now().toUTCString())
        Object.assign(ground.clock, { measure: async () => ground.clock.set(right) })
        expect((await send(stage, raw)).status).toBe(202)
        Object.assign(ground.clock, { measure: undefined })
      }
    }))

  test('that is forged, meant for another portal, in another name or by nobody is refused and changes nothing', () =>
    withApi(async (stage) => {
      const { ground, tern, mudlark } = stage
      const notice = await issued(stage)
      const own = await stage.signerOf(tern)
      const foreign = await stage.signerOf(mudlark)
      const body = { v: 1, ...report(notice) }
      const raw = await own.sign(eventTypes.reported, body)
      const [head, payload, signature] = raw.split('.') as [string, string, string]
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
      const forged = Buffer.from(JSON.stringify({ ...claims, txn: 'ntc_other' })).toString('base64url')
      const stranger = await generateKey('sig')
      const none = Buffer.from(JSON.stringify({ alg: 'none', kid: own.kid, typ: 'secevent+jwt' })).toString('base64url')
      const urn = `urn:noticeline:org:${tern.orgId}`
      const wrong: [what: string, raw: string, err: string][] = [
        ['forged', [head, forged, signature].join('.'), 'invalid_key'],
        ['unsigned', `${none}.${payload}.`, 'invalid_request'],
        ['by an unknown key', await signToken(claims, stranger), 'invalid_key'],
        ['in the name of another', await foreign.sign(eventTypes.reported, body, { iss: urn }), 'invalid_issuer'],
        [
          'for another portal',
          await own.sign(eventTypes.reported, body, { aud: 'https://x.example' }),
          'invalid_audience',
        ],
        ['about what is not theirs', await foreign.sign(eventTypes.reported, body), 'access_denied'],
        ['about nothing', await own.sign(eventTypes.reported, { ...body, notice: 'ntc_none' }), 'access_denied'],
        ['of another kind', await own.sign(eventTypes.verification, {}), 'invalid_request'],
        ['of a version to come', await own.sign(eventTypes.reported, { ...body, v: 2 }), 'invalid_request'],
        ['no token', 'hello', 'invalid_request'],
        ['empty', '', 'invalid_request'],
        ['too large', 'x'.repeat(300_000), 'invalid_request'],
      ]
      const before = await ground.facts.kinds()
      for (const [what, token, err] of wrong) {
        const answer = await send(stage, token)
        expect([what, answer.status, answer.json?.err]).toEqual([what, 400, err])
        expect(Object.keys(answer.json)).toEqual(['err', 'description'])
        expect(answer.headers.get('content-type')).toBe('application/json')
      }
      expect(await ground.facts.kinds()).toEqual(before)
    }))

  test('about an item that was not sent to them holds in no part', () =>
    withApi(async (stage) => {
      const notice = await issued(stage)
      const signer = await stage.signerOf(stage.tern)
      const [result] = report(notice).results
      const results = [result, { ...result, item: 'itm_none' }]
      const answer = await send(stage, await signer.sign(eventTypes.reported, { v: 1, ...report(notice), results }))
      expect([answer.status, answer.json.err]).toEqual([400, 'invalid_request'])
      expect(answer.json.description).toContain('/results/1/item')
      expect((await shown(stage, notice.id)).handling).toBe('open')
    }))

  test('needs no token, and a token does not help a forged one', () =>
    withApi(async (stage) => {
      const notice = await issued(stage)
      const stranger = await generateKey('sig')
      const claims = {
        iss: `urn:noticeline:org:${stage.tern.orgId}`,
        aud: stage.ground.config.origin,
        iat: Math.floor(Date.parse(at) / 1000),
        jti: 'x1',
        events: { [eventTypes.reported]: { v: 1, ...report(notice) } },
      }
      const answer = await send(stage, await signToken(claims, stranger), {
        authorization: `Bearer ${stage.tern.token}`,
      })
      expect([answer.status, answer.json.err]).toEqual([400, 'invalid_key'])
    }))

  test('that is refused too often from one address has to wait', () =>
    withApi(
      async (stage) => {
        for (const _ of [1, 2, 3]) expect((await send(stage, 'nonsense')).status).toBe(400)
        const limited = await send(stage, 'nonsense')
        expect([limited.status, limited.headers.has('retry-after')]).toEqual([429, true])
      },
      { limits: { perAddress: 1000, refusalsPerAddress: 2, perToken: 1000 } },
    ))
})

describe('a report with a bearer token', () => {
  test('is recorded as authenticated, once for a key', () =>
    withApi(async (stage) => {
      const notice = await issued(stage)
      const first = await sendJson(stage, stage.tern, report(notice))
      expect(first.status).toBe(200)
      const again = await sendJson(stage, stage.tern, report(notice))
      expect([again.status, again.json]).toEqual([200, first.json])
      const other = await sendJson(stage, stage.tern, report(notice, { outcome: 'refused', reason: 'no_reason_given' }))
      expect([other.status, other.json.code]).toEqual([422, 'idempotency_mismatch'])
      expect((await shown(stage, notice.id)).outcomes).toMatchObject([
        { id: expect.any(String), grade: 'authenticated' },
      ])
    }))

  test('is recorded once, though the portal was killed between that and its answer', () =>
    withApi(async (stage) => {
      const notice = await issued(stage)
      const first = await sendJson(stage, stage.tern, report(notice))
      // As the row stands when the report is committed and nothing was answered yet.
      await stage.ground.db.read
        .updateTable('idempotency')
        .set({ status: null, answer: first.json.report })
        .where('route', '=', 'POST /v1/reports')
        .execute()
      expect((await sendJson(stage, stage.tern, report(notice))).json).toEqual(first.json)
      expect((await shown(stage, notice.id)).outcomes).toHaveLength(1)
      expect(await stage.ground.facts.kinds(notice.id)).toContain('outcome.reported')
    }))

  test('is remembered for 60 days', () =>
    withApi(async (stage) => {
      const notice = await issued(stage)
      const first = await sendJson(stage, stage.tern, report(notice))
      stage.ground.clock.set('2027-01-20T09:00:00.000Z')
      expect((await sendJson(stage, stage.tern, report(notice))).json).toEqual(first.json)
    }))

  test('needs an Idempotency-Key', () =>
    withApi(async (stage) => {
      const { token } = stage.tern
      const answer = await stage.call('POST', '/v1/reports', { token, body: report(await issued(stage)) })
      expect([answer.status, answer.json.code]).toEqual([400, 'idempotency_key_required'])
    }))

  test('needs a token, and a media type that is served', () =>
    withApi(async (stage) => {
      const { call, tern } = stage
      expect((await call('POST', '/v1/reports', { body: {} })).json.code).toBe('unauthenticated')
      const headers = { 'content-type': 'text/plain' }
      const { status, json } = await call('POST', '/v1/reports', { token: tern.token, body: 'x', headers })
      expect([status, json.code]).toEqual([415, 'unsupported_media_type'])
    }))

  test('that does not fit is refused with pointers, and changes nothing', () =>
    withApi(async (stage) => {
      const { ground, tern, mudlark } = stage
      const notice = await issued(stage)
      const wrong: [what: string, member: Member, body: object, code: string, pointer: string][] = [
        ['an unknown item', tern, report(notice, { item: 'itm_none' }), 'invalid', '/results/0/item'],
        [
          'an item of another notice',
          tern,
          { ...report(notice), notice: 'ntc_none' },
          'not_addressed_to_you',
          '/notice',
        ],
        ["somebody else's notice", mudlark, report(notice), 'not_addressed_to_you', '/notice'],
        ['an unknown outcome', tern, report(notice, { outcome: 'shrugged' }), 'invalid', '/results/0/outcome'],
        ['no territory', tern, report(notice, { outcome: 'access_disabled' }), 'invalid', '/results/0/territory'],
        ['no reason', tern, report(notice, { outcome: 'refused' }), 'invalid', '/results/0/reason'],
        ['no results', tern, { ...report(notice), results: [] }, 'invalid', '/results'],
        ['a revision to come', tern, { ...report(notice), seq: 7 }, 'invalid', '/seq'],
        ['another version', tern, { ...report(notice), v: 2 }, 'invalid', '/v'],
      ]
      const before = await ground.facts.kinds()
      for (const [what, member, body, code, pointer] of wrong) {
        const { status, json } = await sendJson(stage, member, body, what.replaceAll(' ', '-'))
        expect([what, status, json.code]).toEqual([what, 422, code])
        expect([what, ...json.errors.map((error: { pointer: string }) => error.pointer)]).toContain(pointer)
      }
      expect(await ground.facts.kinds()).toEqual(before)
    }))

  test('of a notifier is not allowed', () =>
    withApi(async (stage) => {
      const token = await stage.tokenOf(stage.baken, ['reports:write'])
      const { status } = await sendJson(stage, { ...stage.baken, token }, report(await issued(stage)))
      expect(status).toBe(403)
    }))
})
