import { orgIdOf, verifyToken } from '@noticeline/sdk/protocol'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RecordedFact } from '../ground/ground.ts'
import { withGround } from '../testing/with-ground.ts'
import { checkHistory, factKinds, findFact, historyOf } from './history.ts'
import { record, recordAll } from './record.ts'
import { newestRoot, sealRoot, signRoot } from './seal-root.ts'

const at = '2026-11-22T09:00:00.000Z'
const admitted = { orgId: 'org_1' }

test('facts are read back in their order, as they were recorded, in a whole chain', () =>
  withGround(at, async (ground) => {
    await ground.db.transaction((tx) => record(tx, 'org_1', 'organisation.admitted', admitted))
    ground.clock.set('2026-11-22T09:00:01.000Z')
    const endpoint = { orgId: 'org_1', endpointId: 'end_1' }
    await ground.db.transaction((tx) =>
      recordAll(tx, 'org_1', [
        { kind: 'endpoint.added', payload: endpoint },
        { kind: 'endpoint.resumed', payload: endpoint },
      ]),
    )
    const history = await historyOf(ground, 'org_1')
    expect(history.map(({ seq, kind, payload }) => [seq, kind, payload])).toEqual([
      [1, 'organisation.admitted', admitted],
      [2, 'endpoint.added', endpoint],
      [3, 'endpoint.resumed', endpoint],
    ])
    expect(history[1]?.at).toEqual(new Date('2026-11-22T09:00:01.000Z'))
    expect(await findFact(ground, history[1]?.id ?? '')).toEqual(history[1])
    expect(await findFact(ground, 'fct_none')).toBeNull()
    expect(await checkHistory(ground, 'org_1')).toMatchObject({ result: 'whole', length: 3 })
    expect(await factKinds(ground, 'org_1')).toEqual(['organisation.admitted', 'endpoint.added', 'endpoint.resumed'])
  }))

test('one job is queued for each reaction, and the projection sees the fact in the same transaction', () => {
  const projected: RecordedFact[] = []
  const first = async () => {}
  const second = async () => {}
  const options = {
    reactions: { 'organisation.admitted': [first, second] },
    project: async (_: unknown, facts: readonly RecordedFact[]) => void projected.push(...facts),
  }
  return withGround(at, options, async (ground) => {
    const fact = await ground.db.transaction((tx) => record(tx, 'org_1', 'organisation.admitted', admitted))
    const jobs = (await ground.jobs()).map(({ job, data }) => [job, data])
    expect(jobs).toEqual([
      ['reaction.first', { factId: fact.id }],
      ['reaction.second', { factId: fact.id }],
    ])
    expect(projected).toEqual([fact])
  })
})

test('a transaction that fails leaves neither fact nor job', () =>
  withGround(at, { reactions: { 'organisation.admitted': [async function react() {}] } }, async (ground) => {
    const failing = ground.db.transaction(async (tx) => {
      await record(tx, 'org_1', 'organisation.admitted', admitted)
      throw new Error('after all')
    })
    await expect(failing).rejects.toThrow('after all')
    expect(await historyOf(ground, 'org_1')).toEqual([])
    expect(await ground.jobs()).toEqual([])
  }))

test('many writers of one chain make one whole chain', () =>
  withGround(at, async (ground) => {
    const writers = Array.from({ length: 12 }, () =>
      ground.db.transaction((tx) => record(tx, 'org_1', 'organisation.admitted', admitted)),
    )
    await Promise.all(writers)
    expect(await checkHistory(ground, 'org_1')).toMatchObject({ result: 'whole', length: 12 })
  }))

test('a fact cannot be changed, and one changed behind the guard’s back is named', () =>
  withGround(at, async (ground) => {
    for (let count = 0; count < 3; count += 1) {
      await ground.db.transaction((tx) => record(tx, 'org_1', 'organisation.admitted', admitted))
    }
    const change = () => sql`update facts set payload = '{}' where seq = 2`.execute(ground.db.read)
    await expect(change()).rejects.toThrow('facts are never changed')
    await expect(sql`delete from facts`.execute(ground.db.read)).rejects.toThrow('facts are never changed')
    await sql`alter table facts disable trigger facts_append_only`.execute(ground.db.read)
    await change()
    expect(await checkHistory(ground, 'org_1')).toEqual({ result: 'broken', seq: 2, reason: 'hash' })
  }))

test('a root is sealed when something happened since the last one, and only then', () =>
  withGround(at, async (ground) => {
    expect(await sealRoot(ground)).toEqual({ result: 'unchanged' })
    expect(await newestRoot(ground.db.read)).toBeNull()
    await ground.db.transaction((tx) => record(tx, 'org_1', 'organisation.admitted', admitted))
    const first = await sealRoot(ground)
    expect(first).toMatchObject({ result: 'sealed', leaves: 1 })
    ground.clock.set('2026-11-22T09:01:00.000Z')
    expect(await sealRoot(ground)).toEqual({ result: 'unchanged' })
    await ground.db.transaction((tx) => record(tx, 'org_2', 'organisation.admitted', { orgId: 'org_2' }))
    const second = await sealRoot(ground)
    expect(second).toMatchObject({ result: 'sealed', leaves: 2 })
    const newest = await newestRoot(ground.db.read)
    expect(newest).toMatchObject({ at: new Date('2026-11-22T09:01:00.000Z'), signed: null })
    expect(newest?.root).toBe(second.result === 'sealed' ? second.root : '')
  }))

test('the newest root is signed once a day, by the portal’s key', () =>
  withGround(at, async (ground) => {
    expect(await signRoot(ground)).toEqual({ result: 'not-yet' })
    await ground.db.transaction((tx) => record(tx, 'org_1', 'organisation.admitted', admitted))
    await sealRoot(ground)
    expect((await signRoot(ground)).result).toBe('signed')
    expect(await signRoot(ground)).toEqual({ result: 'not-yet' })
    const root = await newestRoot(ground.db.read)
    const { keys } = await ground.keys.jwks()
    const verified = await verifyToken(root?.signed ?? '', {
      key: async (kid) => keys.find((key) => 'kid' in key && key.kid === kid) ?? null,
      issuer: ground.config.origin,
      audience: ground.config.origin,
      now: new Date(at),
    })
    if (!verified.accepted) throw new Error(verified.refusal.description)
    expect(verified.token.event.body).toEqual({ v: 1, root: root?.root, leaves: 1, at })
    expect(orgIdOf(verified.token.claims.aud)).toBeNull()
    await ground.db.transaction((tx) => record(tx, 'org_1', 'organisation.admitted', admitted))
    ground.clock.set('2026-11-23T08:59:00.000Z')
    await sealRoot(ground)
    expect(await signRoot(ground)).toEqual({ result: 'not-yet' })
    ground.clock.set('2026-11-23T09:01:00.000Z')
    expect((await signRoot(ground)).result).toBe('signed')
  }))
