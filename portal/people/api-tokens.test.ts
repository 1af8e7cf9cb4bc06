import { expect, test } from 'vitest'
import { person } from '../testing/build/person.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { addApiToken, rotateApiToken } from './add-api-token.ts'
import { findApiTokens, withdrawApiToken } from './find-api-tokens.ts'
import { findProgram } from './find-program.ts'
import type { PersonActor } from './may.ts'

const at = '2026-11-22T09:00:00.000Z'
const good = { name: 'panel', scopes: ['reports:write', 'stream:poll'], live: true, days: 90 }

async function added(ground: TestGround, actor: PersonActor, more: object = {}) {
  const token = await addApiToken(ground, actor, { ...good, ...more })
  if (token.result !== 'added') throw new Error(JSON.stringify(token))
  return token
}

test('a program’s token is listed with who made it, what it may do, until when, and when it was last used', () =>
  withGround(at, async (ground) => {
    const actor = await person(ground, { role: 'developer' })
    const { id, token } = await added(ground, actor)
    expect(token).toMatch(/^nl_live_/)
    ground.clock.advance(3_600_000)
    await findProgram(ground, token)
    const found = await findApiTokens(ground, actor)
    expect(found).toMatchObject({
      tokens: [
        {
          id,
          name: 'panel',
          live: true,
          scopes: ['reports:write', 'stream:poll'],
          createdBy: expect.stringMatching(/^Person/),
          expiresAt: new Date('2027-02-20T09:00:00.000Z'),
          lastUsedAt: new Date('2026-11-22T10:00:00.000Z'),
          state: 'good',
        },
      ],
    })
    expect(JSON.stringify(found)).not.toContain(token)
    expect((await added(ground, actor, { live: false, days: null })).token).toMatch(/^nl_test_/)
  }))

test('a token is rotated with an overlap: the old one goes on for the hours that were chosen, and no longer', () =>
  withGround(at, async (ground) => {
    const actor = await person(ground)
    const old = await added(ground, actor)
    const rotated = await rotateApiToken(ground, actor, old.id, 24)
    if (rotated.result !== 'rotated') throw new Error(rotated.result)
    expect(rotated.oldUntil).toEqual(new Date('2026-11-23T09:00:00.000Z'))
    ground.clock.set('2026-11-23T08:59:00.000Z')
    expect(await findProgram(ground, old.token)).not.toBeNull()
    expect(await findProgram(ground, rotated.token)).toMatchObject({ scopes: ['reports:write', 'stream:poll'] })
    ground.clock.set('2026-11-23T09:00:00.000Z')
    expect(await findProgram(ground, old.token)).toBeNull()
    expect(await findApiTokens(ground, actor)).toMatchObject({
      tokens: [{ replaces: old.id, state: 'good' }, { state: 'expired' }],
    })
    expect(await rotateApiToken(ground, actor, old.id, 24)).toEqual({ result: 'unknown-token' })
    for (const hours of [-1, 0.5, 721, Number.NaN])
      expect(await rotateApiToken(ground, actor, rotated.id, hours)).toEqual({ result: 'invalid' })
    const now = await rotateApiToken(ground, actor, rotated.id, 0)
    expect(now.result).toBe('rotated')
    expect(await findProgram(ground, rotated.token)).toBeNull()
  }))

test('an overlap never makes a token live longer than it would have', () =>
  withGround(at, async (ground) => {
    const actor = await person(ground)
    const { id } = await added(ground, actor, { days: 1 })
    expect(await rotateApiToken(ground, actor, id, 720)).toMatchObject({
      oldUntil: new Date('2026-11-23T09:00:00.000Z'),
    })
  }))

test('a token is taken back at once, by its own organisation alone', () =>
  withGround(at, async (ground) => {
    const actor = await person(ground)
    const stranger = await person(ground)
    const reader = await person(ground, { orgId: actor.orgId, role: 'handler' })
    const { id, token } = await added(ground, actor)
    expect(await withdrawApiToken(ground, stranger, id)).toEqual({ result: 'unknown-token' })
    expect(await rotateApiToken(ground, stranger, id, 1)).toEqual({ result: 'unknown-token' })
    expect(await withdrawApiToken(ground, reader, id)).toEqual({ result: 'forbidden' })
    expect(await findApiTokens(ground, reader)).toEqual({ result: 'forbidden' })
    expect(await addApiToken(ground, reader, good)).toEqual({ result: 'forbidden' })
    expect(await withdrawApiToken(ground, actor, id)).toEqual({ result: 'revoked' })
    expect(await findProgram(ground, token)).toBeNull()
    expect(await withdrawApiToken(ground, actor, id)).toEqual({ result: 'unknown-token' })
    expect(await findApiTokens(ground, actor)).toMatchObject({ tokens: [{ state: 'revoked' }] })
  }))

test.each([
  [{ name: ' ' }, '/name too_short'],
  [{ name: 'x'.repeat(81) }, '/name too_long'],
  [{ scopes: [] }, '/scopes too_short'],
  [{ scopes: ['everything'] }, '/scopes/0 not_one_of'],
  [{ scopes: ['notices:write'] }, '/scopes not_one_of'],
  [{ days: 0 }, '/days too_short'],
  [{ days: 731 }, '/days too_long'],
  [{ owner: 'me' }, '/owner unknown_member'],
])('%j is refused with a pointer, and no token is made', (more, error) =>
  withGround(at, async (ground) => {
    const actor = await person(ground)
    const refused = await addApiToken(ground, actor, { ...good, ...more })
    if (refused.result !== 'invalid') throw new Error(refused.result)
    expect(refused.errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([error])
    expect(await findApiTokens(ground, actor)).toEqual({ result: 'found', tokens: [] })
  }),
)

test('fifty are enough', () =>
  withGround(at, async (ground) => {
    const actor = await person(ground, { orgKind: 'notifier' })
    const more = { scopes: ['notices:read'] }
    for (let index = 0; index < 50; index += 1) await added(ground, actor, more)
    expect(await addApiToken(ground, actor, { ...good, ...more })).toEqual({ result: 'too-many' })
  }))
