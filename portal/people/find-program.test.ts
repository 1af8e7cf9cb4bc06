import { expect, test } from 'vitest'
import { organisation } from '../testing/build/organisation.ts'
import { withGround } from '../testing/with-ground.ts'
import { findProgram } from './find-program.ts'
import { issueApiToken } from './issue-api-token.ts'
import { revokeApiToken } from './revoke-api-token.ts'

const at = '2026-11-22T09:00:00.000Z'

test('a token is shown once, kept as its digest, and found with its scopes', () =>
  withGround(at, async (ground) => {
    const orgId = await organisation(ground, { kind: 'notifier' })
    const issued = await issueApiToken(ground, { orgId, name: 'ci', scopes: ['notices:write'], live: true })
    expect(issued.token).toMatch(/^nl_live_[A-Za-z0-9_-]{43}$/)
    expect(await findProgram(ground, issued.token)).toEqual({
      kind: 'program',
      apiTokenId: issued.id,
      orgId,
      orgKind: 'notifier',
      scopes: ['notices:write'],
      live: true,
    })
    const [stored] = await ground.db.read.selectFrom('apiTokens').selectAll().execute()
    expect(JSON.stringify(stored)).not.toContain(issued.token)
    expect(stored?.hint).toBe(`nl_live_…${issued.token.slice(-4)}`)
    expect(stored?.lastUsedAt).toEqual(new Date(at))
    expect(await ground.facts.kinds(orgId)).toEqual(['organisation.admitted', 'api-token.issued'])
  }))

test('a token of the sandbox says so in its name', () =>
  withGround(at, async (ground) => {
    const orgId = await organisation(ground)
    const issued = await issueApiToken(ground, { orgId, name: 'ci', scopes: [], live: false })
    expect(issued.token).toMatch(/^nl_test_/)
    expect((await findProgram(ground, issued.token))?.live).toBe(false)
  }))

test('a token that was altered, revoked, has expired, or whose organisation is suspended is nobody’s', () =>
  withGround(at, async (ground) => {
    const orgId = await organisation(ground)
    const expiresAt = new Date('2026-11-22T10:00:00.000Z')
    const expiring = await issueApiToken(ground, { orgId, name: 'a', scopes: [], live: true, expiresAt })
    const revoked = await issueApiToken(ground, { orgId, name: 'b', scopes: [], live: true })
    const kept = await issueApiToken(ground, { orgId, name: 'c', scopes: [], live: true })
    expect(await revokeApiToken(ground, 'org_other', revoked.id)).toEqual({ result: 'unknown-token' })
    expect(await revokeApiToken(ground, orgId, revoked.id)).toEqual({ result: 'revoked' })
    expect(await revokeApiToken(ground, orgId, revoked.id)).toEqual({ result: 'unknown-token' })
    expect(await findProgram(ground, revoked.token)).toBeNull()
    expect(await findProgram(ground, `${kept.token}x`)).toBeNull()
    expect(await findProgram(ground, kept.token.replace('nl_live_', 'nl_test_'))).toBeNull()
    expect(await findProgram(ground, expiring.token)).not.toBeNull()
    ground.clock.set(expiresAt)
    expect(await findProgram(ground, expiring.token)).toBeNull()
    await ground.db.read.updateTable('organisations').set({ suspendedAt: expiresAt }).where('id', '=', orgId).execute()
    expect(await findProgram(ground, kept.token)).toBeNull()
  }))
