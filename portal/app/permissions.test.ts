/**
 * Every loader and every action, times everybody: each role of each kind of organisation, strangers of the same kind, a
 * link without its second factor, and nobody. Each door is asked alone, since a frame's refusal does not stop what stands
 * below it. The table is placed by hand; a page without a place fails, and so does a thing that an action does: each action
 * says itself what it knows (`intentOf`), when it is asked for nothing that there is.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectFacts, reactions } from '../reactions.ts'
import type { Form, Place, Who } from '../testing/matrix/place.ts'
import { places } from '../testing/matrix/places.ts'
import { buildWorld, organisations, type Someone, type World } from '../testing/matrix/world.ts'
import { type Reactions, type TestGround, withGround } from '../testing/with-ground.ts'
import type { RouteArgs } from './ground.ts'

const at = '2026-11-22T09:00:00.000Z'
const folder = join(import.meta.dirname, 'routes')
const options = { reactions: reactions as Reactions, project: projectFacts, config: { mode: 'demo' as const } }

type Door = (args: RouteArgs & { params: Readonly<Record<string, string>> }) => unknown

/** Pages by the names of their files. */
const pages = readdirSync(folder, { withFileTypes: true }).map((entry) =>
  entry.isDirectory()
    ? { name: entry.name, file: join(folder, entry.name, 'route.tsx') }
    : { name: entry.name.replace(/\.tsx?$/, ''), file: join(folder, entry.name) },
)

interface Answer {
  status: number
  location: string | null
  text: string
}

async function ask(
  ground: TestGround,
  door: Door,
  who: Someone | null,
  params: Readonly<Record<string, string>>,
  fields?: Readonly<Record<string, string>>,
): Promise<Answer> {
  const request = new Request(`${ground.config.origin}/asked`, {
    headers: { ...(who ? { cookie: who.cookie } : {}), 'user-agent': 'Firefox/140.0' },
    ...(fields ? { method: 'POST', body: new URLSearchParams(fields) } : {}),
  })
  const context = { ground, cspNonce: 'n', client: { ip: '192.0.2.7' }, listDeadLetters: async () => [] }
  try {
    return await answerOf(await door({ request, context, params }))
  } catch (thrown) {
    if (thrown instanceof Response) return answerOf(thrown)
    throw thrown
  }
}

async function answerOf(given: unknown): Promise<Answer> {
  if (given instanceof Response) {
    return { status: given.status, location: given.headers.get('location'), text: await given.text() }
  }
  const wrapped = given as { type?: string; data?: unknown; init?: { status?: number } | null } | null
  const isWrapped = wrapped?.type === 'DataWithResponseInit'
  const status = isWrapped ? (wrapped.init?.status ?? 200) : 200
  return { status, location: null, text: JSON.stringify(isWrapped ? wrapped.data : given) ?? '' }
}

/** How a door says no. Saying in words that it may not, and doing nothing, is a no as well. */
function isRefused({ status, location, text }: Answer): boolean {
  if (location !== null) return /^\/(sign-in|second-factor|account\/second-factor)(\?|$)/.test(location)
  return (
    status === 401 ||
    status === 403 ||
    status === 404 ||
    /"result":"(forbidden|unknown-invitation|unknown-member|unknown-session)"|"said":"programs-unknown"/.test(text)
  )
}

function isLetIn(who: Who, someone: Someone | null, of?: Place['of']): boolean {
  if (who === 'everybody') return true
  if (someone === null) return false
  if (who === 'person') return true
  if (!someone.assured) return false
  const roles = (someone.org === 'oever' ? who.authority : undefined) ?? who[organisations[someone.org].kind] ?? ''
  if (!roles.split(' ').includes(someone.role)) return false
  return of === undefined || someone.org === of
}

/** What somebody was shown and should not know. */
function leaksIn(world: World, someone: Someone | null, text: string): string[] {
  const known = world.canaries.filter(({ knownTo }) => someone?.assured && knownTo.includes(someone.org))
  const own = someone ? `canary-${someone.org}-${someone.role}` : 'nobody'
  const rest = text.replaceAll(own, '')
  return world.canaries.filter((canary) => !known.includes(canary) && rest.includes(canary.text)).map((one) => one.text)
}

/** What is wrong with the answer of a loader. */
function lookAtPage(world: World, name: string, place: Place, who: Someone | null, answer: Answer): string[] {
  const wrong = leaksIn(world, who, answer.text).map((leak) => `${name} told ${nameOf(who)} ${leak}`)
  const expected = isLetIn(place.see ?? {}, who, place.of)
  // The sign-in pages send on whoever is signed in; what is open to everybody has nobody to turn away.
  const sendsOn = (place.see === 'everybody' || place.see === 'person') && expected
  if (answer.status >= 500) wrong.push(`${name} broke for ${nameOf(who)}`)
  if (place.absent && (answer.status === 404) === expected) return wrong
  if (!sendsOn && isRefused(answer) === expected) wrong.push(`${name} shown to ${nameOf(who)}: ${say(answer)}`)
  return wrong
}

/** Taken means: not turned away. That the form was empty, or what it is about is gone by now, is told in words. */
function isTaken(answer: Answer, form: Form): boolean {
  if (answer.status >= 500) return false
  if (form.leadsTo !== undefined && answer.location === form.leadsTo) return true
  return !isRefused(answer) || (form.absent === true && answer.status !== 403 && answer.location === null)
}

function nameOf(who: Someone | null): string {
  return who?.name ?? 'nobody'
}

async function factCount(ground: TestGround): Promise<number> {
  const { count } = await ground.db.read
    .selectFrom('facts')
    .select((of) => of.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** What an action says that it does: asked for nothing it knows, by somebody who may. */
async function intentsOf(ground: TestGround, door: Door, place: Place, world: World): Promise<string[]> {
  const forms = Object.values(place.forms ?? {})
  const who = [null, ...world.people].find((one) => forms.some((form) => isLetIn(form.who, one, form.of ?? place.of)))
  const { status, text } = await ask(ground, door, who ?? null, place.params?.(world) ?? {}, { intent: 'nothing' })
  const listed = /^intent is one of: (.+)$/.exec(text)?.[1]
  return status === 400 && listed ? listed.split(', ') : []
}

const fieldsOf = ({ fields }: Form, world: World) => (typeof fields === 'function' ? fields(world) : (fields ?? {}))

test('what an action does is asked for by name in one way, so that all of it can be listed', () => {
  const app = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  const others = app
    .filter((name) => /\.tsx?$/.test(name) && !/forms\.server|\.test\./.test(name))
    .filter((name) => readFileSync(join(import.meta.dirname, name), 'utf8').includes("'intent'"))
  expect(others).toEqual([])
})

test('every page has its place in the matrix, and no place is without a page', () => {
  const named = pages.map(({ name }) => name)
  expect(named.length).toBeGreaterThan(25)
  expect(['root', ...named].filter((name) => !places[name])).toEqual([])
  expect(Object.keys(places).filter((name) => name !== 'root' && !named.includes(name))).toEqual([])
})

test(
  'every loader and every action lets in exactly those it should, and tells nobody else anything',
  () =>
    withGround(at, options, async (ground) => {
      const world = await buildWorld(ground)
      const everybody = [null, ...world.people]
      const wrong: string[] = []
      let asked = 0
      let intents = 0
      for (const { name, file } of [...pages, { name: 'root', file: join(folder, '../root.tsx') }]) {
        const place = places[name]
        if (!place) continue
        const { loader, action } = (await import(file)) as { loader?: Door; action?: Door }
        if ((loader !== undefined) !== (place.see !== undefined)) wrong.push(`${name}: a loader without a place`)
        if ((action !== undefined) !== (place.forms !== undefined)) wrong.push(`${name}: an action without a place`)
        const params = place.params?.(world) ?? {}
        if (loader && place.see) {
          asked += everybody.length
          const seen = await Promise.all(everybody.map((who) => ask(ground, loader, who, params)))
          wrong.push(...everybody.flatMap((who, index) => lookAtPage(world, name, place, who, seen[index] as Answer)))
        }
        const known = action ? await intentsOf(ground, action, place, world) : []
        const placed = Object.values(place.forms ?? {}).map((form) => fieldsOf(form, world)['intent'])
        for (const intent of known) if (!placed.includes(intent)) wrong.push(`${name}: ${intent} without a place`)
        for (const intent of placed)
          if (intent !== undefined && !known.includes(intent)) wrong.push(`${name}: nothing does ${intent}`)
        intents += known.length
        for (const [title, form] of Object.entries(action ? (place.forms ?? {}) : {})) {
          const fields = fieldsOf(form, world)
          const of = form.of ?? place.of
          const send = (who: Someone | null) => ask(ground, action as Door, who, params, fields)
          const those = (may: boolean) => everybody.filter((who) => isLetIn(form.who, who, of) === may)
          const said = `${name}, ${title}, sent by`
          // Those who may not come first, so that there is still something for them to be refused.
          const before = await factCount(ground)
          const refused = await Promise.all(those(false).map(async (who) => [who, await send(who)] as const))
          for (const [who, answer] of refused) {
            if (!isRefused(answer)) wrong.push(`${said} ${nameOf(who)} was taken: ${say(answer)}`)
            for (const leak of leaksIn(world, who, answer.text)) wrong.push(`${said} ${nameOf(who)} was told ${leak}`)
          }
          if ((await factCount(ground)) !== before) wrong.push(`${name}, ${title}, changed something for who may not`)
          asked += refused.length
          const taken = form.refusedOnly ? [] : those(true)
          // What is open to everybody changes nothing of theirs: all at once.
          const together = form.who === 'everybody' ? taken.map(send) : null
          for (const [index, who] of taken.entries()) {
            const answer = (await together?.[index]) ?? (await send(who))
            if (!isTaken(answer, form)) wrong.push(`${said} ${nameOf(who)} was not taken: ${say(answer)}`)
            asked += 1
          }
        }
      }
      expect(wrong).toEqual([])
      expect(asked).toBeGreaterThan(1500)
      console.info(`doors asked: ${asked}, intents: ${intents}, people: ${world.people.length + 1}, leaks: 0`)
    }),
  300_000,
)

function say({ status, location, text }: Answer): string {
  return `${status}${location ? ` to ${location}` : ''} ${text.slice(0, 80)}`
}
