import { expect, test } from 'vitest'
import { record } from '../facts/record.ts'
import type { Ground, RecordedFact } from '../ground/ground.ts'
import { withGround } from './with-ground.ts'

const at = '2026-03-29T01:30:00+01:00'

test('the clock stands still until it is moved', () =>
  withGround(at, async (ground) => {
    expect(ground.clock.now()).toEqual(new Date(at))
    ground.clock.advance(61_000)
    expect(ground.clock.now()).toEqual(new Date('2026-03-29T01:31:01+01:00'))
  }))

test('reactions to facts run once, and so do those to the facts they record', () => {
  const seen: string[] = []
  async function publishNext(ground: Ground, fact: RecordedFact) {
    seen.push(`publishNext ${(fact.payload as { kid: string }).kid}`)
    await ground.db.transaction((tx) => record(tx, 'portal', 'key.activated', { kid: 'second' }))
  }
  async function tell(_ground: Ground, fact: RecordedFact) {
    seen.push(`tell ${fact.kind}`)
  }
  const reactions = { 'key.published': [publishNext, tell], 'key.activated': [tell] }
  return withGround(at, { reactions }, async (ground) => {
    await ground.db.transaction((tx) => record(tx, 'portal', 'key.published', { kid: 'first' }))
    expect(seen).toEqual([])
    expect(await ground.runReactions()).toBe(3)
    expect(seen).toEqual(['publishNext first', 'tell key.published', 'tell key.activated'])
    expect(await ground.facts.kinds()).toEqual(['key.published', 'key.activated'])
    expect(await ground.runReactions()).toBe(0)
    expect(await ground.db.read.selectFrom('reactions').selectAll().execute()).toHaveLength(3)
  })
})

test('projections are kept in the transaction of the fact', () => {
  const projected: string[] = []
  const project = async (_tx: unknown, facts: readonly RecordedFact[]) =>
    void projected.push(...facts.map(({ kind }) => kind))
  return withGround(at, { project }, async (ground) => {
    await ground.db.transaction((tx) => record(tx, 'portal', 'key.published', { kid: 'first' }))
    expect(projected).toEqual(['key.published'])
  })
})

test('what the outside world answers is what the test said, and nothing else is reached', () =>
  withGround(at, async (ground) => {
    ground.outbound.answer('https://tern.example/inbox', 202)
    ground.outbound.answer(/mudlark/, () => ({ status: 503, body: 'later' }))
    const message = { contentType: 'text/plain', accept: '*/*', body: 'x', timeoutMs: 1000 }
    expect(await ground.outbound.post('https://tern.example/inbox', message)).toMatchObject({ status: 202 })
    expect(await ground.outbound.post('https://mudlark.example/', message)).toMatchObject({
      status: 503,
      body: 'later',
    })
    expect(await ground.outbound.head('https://gullwing.example/', { timeoutMs: 1 })).toMatchObject({
      code: 'unreachable',
    })
    expect(ground.outbound.calls.map(({ method }) => method)).toEqual(['post', 'post', 'head'])
  }))

test('the same mail is caught once', () =>
  withGround(at, async (ground) => {
    const about = { purpose: 'sign_in', of: 'sgn_1' } as const
    const mail = { id: 'mal_1', to: 'desk@teal.example', subject: 's', text: 't', about }
    await ground.mail.send(mail)
    await ground.mail.send(mail)
    expect(ground.caught.mail).toEqual([mail])
  }))

test('what one test wrote is gone for the next, and those that run at once do not meet', async () => {
  const people = async (email: string, wait: number) =>
    withGround(at, async (ground) => {
      await ground.db.transaction(async (tx) => {
        await tx.db.insertInto('people').values({ id: email, email, name: '', createdAt: tx.now }).execute()
        await tx.enqueue('greet', {})
        await record(tx, 'portal', 'key.published', { kid: 'first' })
      })
      await new Promise((resolve) => setTimeout(resolve, wait))
      const { length } = await ground.jobs()
      return [await ground.db.read.selectFrom('people').select('email').execute(), await ground.facts.kinds(), length]
    })
  const alone = (email: string) => [[{ email }], ['key.published'], 1]
  expect(await Promise.all([people('a', 200), people('b', 0)])).toEqual([alone('a'), alone('b')])
  expect(await people('c', 0)).toEqual(alone('c'))
})
