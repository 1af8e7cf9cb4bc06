import { signToken, thumbprint, verifyToken } from '@noticeline/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import type { PortalKeys } from './ground.ts'
import { createKeys } from './keys.server.ts'

const start = '2026-11-21T09:00:00.000Z'
const minute = 60_000
const day = 24 * 60 * minute

function keysOf(ground: TestGround, changes: string[] = []): PortalKeys {
  return createKeys({
    ...ground,
    changed: async (_tx, change, kid) => {
      changes.push(`${change} ${kid}`)
    },
  })
}

async function kidsOf(keys: PortalKeys): Promise<(string | undefined)[]> {
  return (await keys.jwks()).keys.map((key) => (key as { kid?: string }).kid)
}

async function current(keys: PortalKeys): Promise<string> {
  return (await keys.current()).kid
}

describe('the first start', () => {
  test('makes one key that signs at once, and is published', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const changes: string[] = []
      const keys = keysOf(ground, changes)
      await keys.keepFresh()
      const { kid, privateJwk } = await keys.current()
      expect(kid).toBe(await thumbprint(privateJwk))
      expect(await keys.jwks()).toEqual({
        keys: [{ kty: 'EC', crv: 'P-256', x: privateJwk.x, y: privateJwk.y, kid, use: 'sig', alg: 'ES256' }],
      })
      expect(changes).toEqual([`key.published ${kid}`, `key.activated ${kid}`])
    }))

  test('needs nobody to ask for it beforehand', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      expect(await current(keysOf(ground))).toMatch(/^[\w-]{43}$/)
    }))

  test('makes one key however many processes start at once', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const processes = Array.from({ length: 8 }, () => keysOf(ground))
      const kids = await Promise.all(
        processes.map(async (keys, index) => {
          if (index % 2 === 0) await keys.keepFresh()
          return current(keys)
        }),
      )
      expect(new Set(kids).size).toBe(1)
      expect(await ground.db.read.selectFrom('signingKeys').selectAll().execute()).toHaveLength(1)
    }))

  test('serves a process whose clock runs behind', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const kid = await current(keysOf(ground))
      ground.clock.advance(-2000)
      const behind = keysOf(ground)
      await behind.keepFresh()
      expect(await current(behind)).toBe(kid)
      expect(await kidsOf(behind)).toEqual([kid])
    }))

  test('is found again by the next, and signs what the published key verifies', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const kid = await current(keysOf(ground))
      const restarted = keysOf(ground)
      expect(await current(restarted)).toBe(kid)
      const { keys } = await restarted.jwks()
      const now = ground.clock.now()
      const raw = await signToken(
        {
          iss: 'https://noticeline.example',
          aud: 'urn:noticeline:org:org_1',
          iat: Math.floor(+now / 1000),
          jti: 'evt_1',
          events: { 'https://schemas.openid.net/secevent/ssf/event-type/verification': {} },
        },
        await restarted.current(),
      )
      const verified = await verifyToken(raw, {
        key: async (id) => (id === kid ? (keys[0] ?? null) : null),
        issuer: 'https://noticeline.example',
        audience: 'urn:noticeline:org:org_1',
        now,
      })
      expect(verified.accepted).toBe(true)
    }))

  test('leaves no private part readable in the database', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const { privateJwk } = await keysOf(ground).current()
      const rows = JSON.stringify(await ground.db.read.selectFrom('signingKeys').selectAll().execute())
      const sealed = await ground.db.read.selectFrom('signingKeys').select('sealedPrivate').executeTakeFirstOrThrow()
      expect(rows).not.toContain(privateJwk.d)
      expect(sealed.sealedPrivate.toString('latin1')).not.toContain(privateJwk.d)
    }))
})

describe('rotation', () => {
  test('publishes the next key 24 hours before it signs', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const changes: string[] = []
      const keys = keysOf(ground, changes)
      const first = await current(keys)
      await keys.rotate()
      const [shown, next] = await kidsOf(keys)
      expect(shown).toBe(first)
      expect(next).toMatch(/^[\w-]{43}$/)

      ground.clock.advance(day - 1)
      await keys.keepFresh()
      expect(await current(keys)).toBe(first)
      ground.clock.advance(1)
      expect(await current(keys)).toBe(next)
      await keys.keepFresh()
      expect(changes.slice(2)).toEqual([`key.published ${next}`, `key.activated ${next}`])
      expect(await kidsOf(keys)).toEqual([next, first])
    }))

  test('asked for twice, or by several at once, publishes one', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const processes = [keysOf(ground), keysOf(ground), keysOf(ground)]
      await processes[0]?.keepFresh()
      await Promise.all(processes.map((keys) => keys.rotate()))
      await processes[1]?.rotate()
      expect(await kidsOf(keysOf(ground))).toHaveLength(2)
    }))

  test('comes by itself after 90 days, with the day of notice inside', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const keys = keysOf(ground)
      const first = await current(keys)
      ground.clock.advance(89 * day - 1)
      await keys.keepFresh()
      expect(await kidsOf(keys)).toEqual([first])
      ground.clock.advance(1)
      await keys.keepFresh()
      expect(await kidsOf(keys)).toHaveLength(2)
      ground.clock.advance(day - 1)
      expect(await current(keys)).toBe(first)
      ground.clock.advance(1)
      expect(await current(keys)).not.toBe(first)
    }))

  test('gives a day of notice also where nobody looked in time', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const keys = keysOf(ground)
      const first = await current(keys)
      ground.clock.advance(200 * day)
      await keys.keepFresh()
      ground.clock.advance(day - 1)
      expect(await current(keys)).toBe(first)
      ground.clock.advance(1)
      expect(await current(keys)).not.toBe(first)
    }))

  test('shows a retired key for 60 days more, and archives it for ever', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const keys = keysOf(ground)
      const first = await current(keys)
      await keys.rotate()
      ground.clock.advance(day)
      await keys.keepFresh()
      ground.clock.advance(60 * day - 1)
      expect(await kidsOf(keys)).toContain(first)
      ground.clock.advance(1)
      expect(await kidsOf(keys)).not.toContain(first)
      const { keys: archived } = await keys.archive()
      expect(archived).toHaveLength(2)
      expect(archived[0]).toMatchObject({
        kid: first,
        not_before: start,
        not_after: '2026-11-22T09:00:00.000Z',
        revoked_at: null,
      })
      expect(archived[1]).toMatchObject({ not_before: '2026-11-22T09:00:00.000Z', not_after: null, revoked_at: null })
      expect(JSON.stringify(archived)).not.toContain('"d"')
    }))

  test('destroys the private part of a retired key an hour later', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const keys = keysOf(ground)
      const first = await current(keys)
      await keys.rotate()
      ground.clock.advance(day + 60 * minute - 1)
      await keys.keepFresh()
      expect((await privatePart(ground, first)).length).toBeGreaterThan(0)
      ground.clock.advance(1)
      await keys.keepFresh()
      expect(await privatePart(ground, first)).toHaveLength(0)
    }))

  test('done by one process is seen by another within ten seconds', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const [one, other] = [keysOf(ground), keysOf(ground)]
      await one.keepFresh()
      await other.current()
      await one.rotate()
      expect(await kidsOf(other)).toHaveLength(1)
      ground.clock.advance(10_000)
      expect(await kidsOf(other)).toHaveLength(2)
    }))
})

describe('a compromise', () => {
  test('revokes the key and the one that waited, at once, and another signs', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const changes: string[] = []
      const keys = keysOf(ground, changes)
      const first = await current(keys)
      await keys.rotate()
      const next = (await kidsOf(keys))[1]
      ground.clock.advance(minute)
      await keys.rotate({ compromised: true })
      const now = await current(keys)
      expect([first, next]).not.toContain(now)
      expect(await kidsOf(keys)).toEqual([now])
      expect(changes.slice(3)).toEqual([
        `key.revoked ${first}`,
        `key.revoked ${next}`,
        `key.published ${now}`,
        `key.activated ${now}`,
      ])
      const { keys: archived } = await keys.archive()
      expect(archived.map((key) => (key as { revoked_at?: unknown }).revoked_at)).toEqual([
        '2026-11-21T09:01:00.000Z',
        null,
        '2026-11-21T09:01:00.000Z',
      ])
      expect(await privatePart(ground, first)).toHaveLength(0)
    }))

  test('reaches the other processes within ten seconds', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const [one, other] = [keysOf(ground), keysOf(ground)]
      const first = await current(other)
      await one.rotate({ compromised: true })
      ground.clock.advance(10_000)
      expect(await current(other)).not.toBe(first)
      expect(await kidsOf(other)).not.toContain(first)
    }))
})

async function privatePart(ground: TestGround, kid: string): Promise<Buffer> {
  const { sealedPrivate } = await ground.db.read
    .selectFrom('signingKeys')
    .select('sealedPrivate')
    .where('kid', '=', kid)
    .executeTakeFirstOrThrow()
  return sealedPrivate
}

describe('a clock that was ahead for long enough to change keys, and is set back', () => {
  test('leaves a key that signs and is published, and what was signed before can still be checked', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const keys = keysOf(ground)
      await keys.keepFresh()
      const before = await current(keys)
      ground.clock.advance(365 * day)
      await keys.keepFresh()
      ground.clock.advance(2 * day)
      // The next one signs now, and the first one's private part is destroyed.
      await keys.keepFresh()
      expect(await current(keys)).not.toBe(before)
      ground.clock.set(start)
      await keys.keepFresh()
      const { kid, privateJwk } = await keys.current()
      expect(await thumbprint(privateJwk)).toBe(kid)
      expect(await kidsOf(keys)).toEqual(expect.arrayContaining([kid, before]))
      // And it is changed again when its time has come, not a year later.
      ground.clock.advance(90 * day)
      await keys.keepFresh()
      ground.clock.advance(2 * day)
      await keys.keepFresh()
      expect(await current(keys)).not.toBe(kid)
    }))

  test('a next key that was planned for a year ahead is the next one tomorrow', () =>
    withGround(start, { keys: 'none' }, async (ground) => {
      const keys = keysOf(ground)
      await keys.keepFresh()
      const first = await current(keys)
      ground.clock.advance(365 * day)
      await keys.keepFresh()
      ground.clock.set(start)
      await keys.keepFresh()
      expect(await current(keys)).toBe(first)
      ground.clock.advance(day)
      await keys.keepFresh()
      expect(await current(keys)).not.toBe(first)
    }))
})
