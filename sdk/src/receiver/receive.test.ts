import { describe, expect, test } from 'vitest'
import { memoryStore } from '../inbox/memory.ts'
import { eventTypes, maxBodyBytes } from '../protocol.ts'
import { codesOf, withReceiver } from '../testing/with-receiver.ts'

const item = { id: 'itm_1', url: 'https://cust42.tern.example/g/7f3a.jpg' }

describe('a pushed notice', () => {
  test('is answered 202 with nothing, handled after that, and reported', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      const issued = await portal.issue({ items: [item] })
      expect(issued.answers).toEqual([{ code: 202, body: '' }])
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1'])
      const [receipt, report] = portal.reports
      expect(receipt).toMatchObject({
        type: 'notice.received',
        message: { v: 1, notice: issued.notice.notice, seq: 1, ref: issued.jti, set_sha256: issued.setSha256 },
      })
      expect(report).toMatchObject({
        type: 'items.reported',
        message: { notice: issued.notice.notice, seq: 1, results: [{ item: 'itm_1', outcome: 'content_removed' }] },
      })
    }))

  test('is answered before its handler ends', () => {
    let finish = () => {}
    const slow = new Promise<undefined>((resolve) => {
      finish = () => resolve(undefined)
    })
    return withReceiver({ on: () => ({ 'notice.issued': () => slow }) }, async ({ portal, receiver }) => {
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([202])
      expect((await receiver.health()).running).toBe(1)
      finish()
      await receiver.drain()
      expect((await receiver.health()).messages.done).toBe(1)
    })
  })

  test('comes plain where no sealing key is registered', () =>
    withReceiver({ plain: true }, async ({ portal, receiver, ran }) => {
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([202])
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1'])
    }))

  test('comes as JSON where a firewall refuses the other media type', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      portal.misbehave({ mediaType: 'application/json' })
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([202])
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1'])
    }))

  test('is handled once however often it comes', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      portal.misbehave({ copies: 5 })
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([202, 202, 202, 202, 202])
      await receiver.drain()
      expect(ran).toEqual(['issued itm_1'])
      expect(portal.reports).toHaveLength(2)
    }))

  test('with a known token id and other bytes is refused and alarms', () =>
    withReceiver({}, async ({ portal, receiver, alarms, ran }) => {
      const first = await portal.issue({ items: [item], notice: 'ntc_one' })
      const again = { type: eventTypes.issued, jti: first.jti, notice: 'ntc_one' }
      const forged = await portal.send({ ...again, body: { ...first.notice, reference: 'other' } })
      expect(forged.answers).toMatchObject([{ code: 400, body: expect.stringContaining('invalid_request') }])
      expect(alarms).toEqual([{ code: 'token_contested', id: `${portal.issuer} ${first.jti}`, txn: 'ntc_one' }])
      await receiver.drain()
      expect(ran).toHaveLength(1)
    }))

  test('is answered 503 and alarms where the store does not take it', () => {
    const inbox = { ...memoryStore(), add: () => Promise.reject(new Error('full')) }
    return withReceiver({ inbox }, async ({ portal, alarms, ran }) => {
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([503])
      expect(alarms).toEqual([{ code: 'store_failed' }])
      expect(ran).toEqual([])
    })
  })
})

describe('what is refused, by its err', () => {
  const refusedWith = async (response: Response) => [response.status, ((await response.json()) as { err: string }).err]
  const post = (body: string, type = 'application/secevent+jwt') =>
    new Request('https://tern.example/', { method: 'POST', headers: { 'content-type': type }, body })

  test('no token, no envelope, another media type, another method', () =>
    withReceiver({ plain: true }, async ({ receiver }) => {
      expect(await refusedWith(await receiver.handle(post('hello')))).toEqual([400, 'invalid_request'])
      expect(await refusedWith(await receiver.handle(post('{}', 'application/json')))).toEqual([400, 'invalid_request'])
      expect(await refusedWith(await receiver.handle(post('a.b.c', 'text/plain')))).toEqual([415, 'invalid_request'])
      const got = await receiver.handle(new Request('https://tern.example/'))
      expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    }))

  test('a plain token where a sealing key is registered', () =>
    withReceiver({}, async ({ portal, ran }) => {
      portal.misbehave({ hold: true })
      const { raw } = await portal.issue({ items: [item] })
      expect(await portal.push(raw, { plain: true })).toMatchObject({ code: 400 })
      expect(ran).toEqual([])
    }))

  test('a token for another audience, an altered one, and one from the future', () =>
    withReceiver({ plain: true }, async ({ portal, receiver }) => {
      portal.misbehave({ hold: true })
      const { raw } = await portal.issue({ items: [item] })
      const [head, payload, signature] = raw.split('.')
      const altered = `${head}.${payload?.slice(0, -2)}${payload?.endsWith('AA') ? 'BB' : 'AA'}.${signature}`
      expect((await refusedWith(await receiver.handle(post(altered))))[0]).toBe(400)
      portal.misbehave({ clockSkew: 3600 })
      const early = await portal.issue({ items: [item] })
      expect(await refusedWith(await receiver.handle(post(early.raw)))).toEqual([400, 'invalid_request'])
      portal.attach({ signingKeys: [], sealingKey: null, to: receiver.handle })
      portal.misbehave({ hold: false, clockSkew: 0 })
      const foreign = await portal.issue({ items: [item] })
      expect(JSON.parse(foreign.answers[0]?.body ?? '').err).toBe('invalid_audience')
    }))

  test('a body over the limit, without being read to its end', () =>
    withReceiver({}, async ({ receiver }) => {
      let sent = 0
      let cancelled = false
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 65_536
          controller.enqueue(new Uint8Array(65_536).fill(65))
        },
        cancel() {
          cancelled = true
        },
      })
      const headers = { 'content-type': 'application/secevent+jwt' }
      const request = new Request('https://tern.example/', {
        method: 'POST',
        headers,
        body: endless,
        duplex: 'half',
      } as RequestInit)
      expect(await refusedWith(await receiver.handle(request))).toEqual([400, 'invalid_request'])
      expect(cancelled).toBe(true)
      expect(sent).toBeLessThan(maxBodyBytes + 4 * 65_536)
    }))

  test('a body that was read before, with the way to mend it', () =>
    withReceiver({}, async ({ receiver }) => {
      const request = post('hello')
      await request.text()
      await expect(receiver.handle(request)).rejects.toMatchObject({
        code: 'body_already_read',
        message: expect.stringContaining('take request.json() and the like away'),
      })
    }))
})

describe('the keys of the portal', () => {
  test('that are known stay good while they cannot be fetched; a new one is fetched when it is first seen', () =>
    withReceiver({}, async ({ portal, clock }) => {
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([202])
      portal.misbehave({ jwks: 'down' })
      clock.forward(30 * 24 * 3_600_000)
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([202])
      portal.misbehave({ jwks: 'up' })
      clock.forward(60_000)
      await portal.rotateKey()
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([202])
    }))

  test('that were never fetched are no reason to refuse: the portal is asked to come back', () =>
    withReceiver({ misbehave: { jwks: 'down' } }, async ({ portal, clock }) => {
      expect((await portal.issue({ items: [item] })).answers[0]?.code).toBe(503)
      portal.misbehave({ jwks: 'up' })
      clock.forward(31_000)
      expect(codesOf(await portal.issue({ items: [item] }))).toEqual([202])
    }))

  test('that the portal no longer names are no keys any more', () =>
    withReceiver({ plain: true }, async ({ portal, receiver, clock }) => {
      await portal.verification()
      portal.misbehave({ hold: true })
      const signedBefore = await portal.issue({ items: [item] })
      await portal.rotateKey({ forget: true })
      clock.forward(3_700_000)
      await portal.release()
      expect(signedBefore.answers).toMatchObject([{ code: 400, body: expect.stringContaining('invalid_key') }])
      expect((await receiver.health()).messages.waiting).toBe(0)
    }))
})

describe('other messages', () => {
  test('the check of the endpoint is answered by itself, with a signed receipt', () =>
    withReceiver({}, async ({ portal, receiver, ran }) => {
      const check = await portal.verification()
      expect(codesOf(check)).toEqual([202])
      await receiver.drain()
      expect(portal.reports).toHaveLength(1)
      const [receipt] = portal.reports
      expect(receipt?.message).toMatchObject({ v: 1, ref: check.jti, set_sha256: check.setSha256 })
      expect(receipt?.message).not.toHaveProperty('notice')
      expect(ran).toEqual([])
    }))

  test('an event of a later release is stored, answered 202 and handed to onUnknown', () => {
    const seen: unknown[] = []
    const on = () => ({ onUnknown: (unknown: unknown) => void seen.push(unknown) })
    return withReceiver({ on }, async ({ portal, receiver }) => {
      const type = 'urn:noticeline:event:notice.reminded'
      expect(codesOf(await portal.send({ type, body: { v: 1, more: true } }))).toEqual([202])
      await receiver.drain()
      expect(seen).toEqual([{ type, body: { v: 1, more: true } }])
    })
  })

  test('an event nobody handles alarms and is done', () =>
    withReceiver({}, async ({ portal, receiver, alarms }) => {
      const { jti } = await portal.send({ type: 'urn:noticeline:event:notice.reminded', body: { v: 1 } })
      await receiver.drain()
      expect(alarms).toEqual([{ code: 'message_unhandled', id: `${portal.issuer} ${jti}` }])
    }))

  test('a version that is not spoken is kept aside and answered 400', () =>
    withReceiver({}, async ({ portal, receiver, alarms, ran }) => {
      const body = { v: 2, notice: 'ntc_9', seq: 1 }
      const sent = await portal.send({ type: eventTypes.issued, body, notice: 'ntc_9' })
      expect(sent.answers).toMatchObject([{ code: 400, body: expect.stringContaining('invalid_request') }])
      expect(await portal.push(sent.raw)).toMatchObject({ code: 400 })
      expect(alarms).toMatchObject([{ code: 'message_quarantined' }])
      expect(await receiver.deadLetters()).toMatchObject([{ kind: 'quarantined', txn: 'ntc_9' }])
      await receiver.drain()
      expect([ran, portal.reports]).toEqual([[], []])
    }))
})
