/** Every call of the API, times programs of every kind of organisation, with every scope, without any, and in the sandbox. */
import { expect, test } from 'vitest'
import { allScopes, type Scope } from '../people/may.ts'
import { projectFacts, reactions } from '../reactions.ts'
import { type Call, calls } from '../testing/matrix/calls.ts'
import { buildWorld, type OrgName, organisations, type World } from '../testing/matrix/world.ts'
import { type Reactions, type TestGround, withGround } from '../testing/with-ground.ts'
import { createApi } from './api.ts'

const at = '2026-11-22T09:00:00.000Z'
const options = { reactions: reactions as Reactions, project: projectFacts }

interface Caller {
  name: string
  org: OrgName | null
  scopes: readonly Scope[]
  live: boolean
  headers: Readonly<Record<string, string>>
}

function apiOf(ground: TestGround) {
  const readiness = async () => ({ database: true, keys: true, queueLagMs: 0, deadLetters: 0, clockApartMs: 0 })
  const api = createApi(ground, { readiness, longPollMs: 50 })
  const named = api.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)
  return { api, named: [...new Set(named)] }
}

async function callersOf(world: World, call: Call): Promise<Caller[]> {
  const nobody = { org: null, scopes: [], live: true }
  const owner = world.people.find(({ name }) => name === 'desk owner')
  const callers: Caller[] = [
    { ...nobody, name: 'nobody', headers: {} },
    { ...nobody, name: 'an invented token', headers: bearer(`nl_live_${'A'.repeat(43)}`) },
    // A cookie is a person's way in, and opens nothing here.
    { ...nobody, name: 'the cookie of an owner of the desk', headers: { cookie: owner?.cookie ?? '' } },
  ]
  if ('open' in call) return callers
  const others = allScopes.filter((scope) => !call.scopes.includes(scope))
  for (const org of Object.keys(organisations) as OrgName[]) {
    for (const [what, scopes, live] of [
      ['every scope', allScopes, true],
      ['every other scope', others, true],
      ['every scope in the sandbox', allScopes, false],
      ...call.scopes.map((scope) => [scope, [scope], true] as const),
    ] as const) {
      const headers = bearer(await world.token(org, scopes, live))
      callers.push({ name: `${org} with ${what}`, org, scopes, live, headers })
    }
  }
  return callers
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

function mayCall(call: Call, caller: Caller): 'yes' | 'no' | 'not-there' {
  if ('open' in call) return 'yes'
  if (caller.org === null || !call.orgs.includes(caller.org)) return 'no'
  if (!caller.scopes.some((scope) => call.scopes.includes(scope))) return 'no'
  if (!caller.live && !call.sandbox) return 'no'
  if (call.absent) return 'not-there'
  return call.of === undefined || caller.org === call.of || caller.org === 'desk' ? 'yes' : 'not-there'
}

test(
  'every call lets in exactly the programs it should, and tells nobody else anything',
  () =>
    withGround(at, options, async (ground) => {
      const world = await buildWorld(ground)
      const { api, named } = apiOf(ground)
      expect(named.filter((name) => !calls[name])).toEqual([])
      expect(Object.keys(calls).filter((name) => !named.includes(name))).toEqual([])
      const wrong: string[] = []
      let asked = 0
      for (const name of named) {
        const call = calls[name] as Call
        const [method = '', pattern = ''] = name.split(' ')
        const params = 'params' in call ? (call.params?.(world) ?? {}) : { event: 'notice.issued.json' }
        const path = pattern.replaceAll(/:(\w+)/g, (_, one: string) => (params as Record<string, string>)[one] ?? one)
        // Whoever may comes last: a contact can be deleted once.
        const callers = await callersOf(world, call)
        const order = { no: 0, 'not-there': 1, yes: 2 }
        for (const caller of callers.sort((a, b) => order[mayCall(call, a)] - order[mayCall(call, b)])) {
          const expected = mayCall(call, caller)
          const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }
          const headers = { 'content-type': 'application/json', 'idempotency-key': `k${asked}`, ...caller.headers }
          const answer = await api.request(path, { method, headers, ...body })
          const text = await answer.text()
          asked += 1
          const { status } = answer
          const who = `${name} by ${caller.name}: ${status} ${text.slice(0, 120)}`
          if (status >= 500) wrong.push(`broke: ${who}`)
          if (expected === 'no' && status !== (caller.org === null ? 401 : 403)) wrong.push(`let in: ${who}`)
          // Before what is named is looked up, a body may be refused: neither tells whether it is there.
          if (expected === 'not-there' && ![404, 400, 415, 422].includes(status)) wrong.push(`was there: ${who}`)
          if (expected === 'yes' && [401, 403].includes(status)) wrong.push(`kept out: ${who}`)
          if (expected === 'yes' && status === 404 && method !== 'DELETE') wrong.push(`not there: ${who}`)
          for (const { text: secret, knownTo } of world.canaries) {
            const knows = expected === 'yes' && caller.org !== null && knownTo.includes(caller.org)
            if (!knows && text.includes(secret)) wrong.push(`told ${secret}: ${who}`)
          }
        }
      }
      expect(wrong).toEqual([])
      expect(asked).toBeGreaterThan(700)
      console.info(`calls asked: ${asked}, calls of the API: ${named.length}, leaks: 0`)
    }),
  300_000,
)
