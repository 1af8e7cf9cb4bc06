import { generateKey } from '@noticeline/sdk/protocol'
import { afterAll, expect, test } from 'vitest'
import { endRehearsal } from '../delivery/end-rehearsals.ts'
import { findRehearsal } from '../delivery/find-rehearsals.ts'
import { sayStep } from '../delivery/rehearsal-words.ts'
import { rehearseEndpoint } from '../delivery/rehearse-endpoint.ts'
import type { Ground, Lookups } from '../ground/ground.ts'
import { createOutbound } from '../ground/outbound.server.ts'
import { addEndpoint } from '../providers/add-endpoint.ts'
import { provider } from '../testing/build/provider.ts'
import { authority, type Case, cases, servers } from '../testing/faulty-receivers.ts'
import { rehearsedReceiver } from '../testing/rehearsed-receiver.ts'
import { type TestGround, withGround } from '../testing/with-ground.ts'
import { createApi } from './api.ts'

afterAll(() => servers.close())

const resolve: Lookups['resolve'] = async (host) => {
  if (host === 'nowhere.example') return { result: 'none' }
  const known: Record<string, string> = { 'receiver.example': '127.0.0.1', 'inside.example': '10.0.0.1' }
  return { result: 'found', addresses: [known[host] ?? host] }
}

/** The outside world as it is, but for names and patience. */
function outsideOf(ground: TestGround): Ground {
  const limits = { headersMs: 400, connectMs: 1500 }
  const outbound = createOutbound({ allowedRanges: ['127.0.0.0/8'], resolve, ca: authority.ca, limits })
  servers.alsoClose(() => outbound.close())
  return { ...ground, outbound }
}

/** An endpoint with this fault, rehearsed until its card is closed. */
async function rehearsed(ground: TestGround, outside: Ground, one: Partial<Case>) {
  const { orgId, actor } = await provider(ground, { cidr: null })
  const readiness = async () => ({ database: true, keys: true, queueLagMs: 0, deadLetters: 0, clockApartMs: null })
  const api = createApi(outside, { readiness })
  const [signing, sealing] = [await generateKey('sig'), one.sealed === false ? null : await generateKey('enc')]
  const receiver = rehearsedReceiver(
    {
      now: () => ground.clock.now(),
      issuer: ground.config.origin,
      orgId,
      portalKey: async (kid) => {
        const { keys } = await ground.keys.jwks()
        return keys.find((key) => (key as { kid?: string }).kid === kid) ?? null
      },
      signing,
      sealing,
      state: async (body) => {
        const headers = { 'content-type': 'application/secevent+jwt' }
        return api.request('/v1/reports', { method: 'POST', body, headers })
      },
    },
    one.faults ?? {},
  )
  const added = await addEndpoint(outside, actor, {
    url: one.at ? await one.at() : `http://127.0.0.1:${await servers.listen(receiver.server)}/hook`,
    signing_keys: one.signs === false ? [] : [signing.publicJwk],
    sealing_key: sealing?.publicJwk ?? null,
  })
  if (added.result !== 'added') throw new Error(`${one.fault}: ${JSON.stringify(added)}`)
  const started = await rehearseEndpoint(outside, actor, added.endpoint.id)
  if (started.result !== 'started') throw new Error(started.result)
  await receiver.settled()
  if (!(await endRehearsal(outside, started.rehearsalId))) {
    ground.clock.advance(31_000)
    expect(await endRehearsal(outside, started.rehearsalId)).toBe(true)
  }
  await receiver.settled()
  const found = await findRehearsal(ground, actor, started.rehearsalId)
  if (found.result !== 'found') throw new Error(found.result)
  return found.rehearsal
}

const table: string[] = []

// Set NOTICELINE_PRINT_CARDS to see them: this is the table of portal/README.md.
test.each([0, 1, 2, 3])(
  'what is wrong is said in words, with what to do next: every fourth fault from %i on',
  (first) =>
    withGround(new Date(), async (ground) => {
      const outside = outsideOf(ground)
      for (const one of cases.filter((_, index) => index % 4 === first)) {
        const { card, state } = await rehearsed(ground, outside, one)
        const step = card.find(({ name }) => one.step.startsWith(`${name} `))
        const said = step ? sayStep(step, 'en') : null
        table.push(`| ${one.fault} | ${said} |`)
        expect.soft(`${step?.name} ${step?.result}`, one.fault).toBe(one.step)
        expect.soft(said, one.fault).toMatch(one.says)
        expect.soft(step ? sayStep(step, 'nl') : null, one.fault).not.toBe(said)
        if (one.step.endsWith('failed')) expect.soft(state, one.fault).toBe('failed')
      }
    }),
)

test('there is a sentence of its own for far more than fifteen kinds of them', () => {
  expect(new Set(cases.map(({ says }) => String(says))).size).toBeGreaterThan(50)
  if (process.env['NOTICELINE_PRINT_CARDS']) console.log(table.join('\n'))
})

test('who does everything right passes, step by step', () =>
  withGround(new Date(), async (ground) => {
    const { card, state } = await rehearsed(ground, outsideOf(ground), {})
    expect(card.map(({ name, result, code }) => `${name} ${result} ${code}`)).toEqual([
      'verification passed null',
      'plain passed null',
      'forged passed null',
      'stranger passed null',
      'notice passed null',
      'again passed null',
      'receipt passed null',
      'clock passed null',
      'report passed null',
      'withdrawal passed null',
    ])
    expect(state).toBe('passed')
  }))
