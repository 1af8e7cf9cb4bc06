/** Those who use the portal: programs of notifiers, and people of providers with a browser. */
import { randomUUID } from 'node:crypto'
import type { Dispatcher } from 'undici'
import type { Participants } from './participants.ts'
import type { Recorder } from './record.ts'

export interface World {
  readonly http: Dispatcher
  readonly origin: string
  readonly recorder: Recorder
  /** Host and port of what providers serve. */
  readonly places: readonly string[]
  /** Aborts when the time is over. */
  readonly ending: AbortSignal
  /** Between 0 and 1, from a seed. */
  random(): number
}

/** Mean pauses between two requests of one user. */
export const pauses = { program: 4_000, person: 8_000 } as const
/** How often somebody who looks at an item also reports. */
export const reportShare = 0.1

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

async function ask(
  world: World,
  path: string,
  init: { token?: string; cookie?: string; form?: object; json?: object } = {},
) {
  const { token, cookie, form, json } = init
  const body = form ? new URLSearchParams(form as Record<string, string>).toString() : json && JSON.stringify(json)
  const answer = await world.http.request({
    origin: world.origin,
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(cookie === undefined ? {} : { cookie, origin: world.origin, 'sec-fetch-site': 'same-origin' }),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...(json ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
    },
    body: body ?? null,
    headersTimeout: 60_000,
    bodyTimeout: 60_000,
  })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() } satisfies Answer
}

function must(answer: Answer, ...wanted: number[]): Answer {
  if (!wanted.includes(answer.status)) throw new Error(`answered ${answer.status}`)
  return answer
}

/** From half the mean to half as much again, or until the end. */
function pause(world: World, mean: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      world.ending.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, mean * (0.5 + world.random()))
    world.ending.addEventListener('abort', done, { once: true })
  })
}

/** Submits a notice of one to three items, reads its list, reads one notice; and again. */
export async function notifier(world: World, { token }: Participants['notifiers'][number]): Promise<void> {
  const { recorder } = world
  await pause(world, pauses.program)
  while (!world.ending.aborted) {
    const submitted = await recorder.time('submit a notice', async () =>
      must(await ask(world, '/v1/notices', { token, json: newNotice(world) }), 201, 202),
    )
    await pause(world, pauses.program)
    if (world.ending.aborted) return
    await recorder.time('list notices', async () => must(await ask(world, '/v1/notices?limit=50', { token }), 200))
    await pause(world, pauses.program)
    if (world.ending.aborted) return
    const id = submitted ? JSON.parse(submitted.text).id : null
    if (id)
      await recorder.time('read a notice', async () => must(await ask(world, `/v1/notices/${id}`, { token }), 200))
    await pause(world, pauses.program)
  }
}

function newNotice(world: World): object {
  const host = world.places[Math.floor(world.random() * world.places.length)]
  const items = Array.from({ length: 1 + Math.floor(world.random() * 3) }, () => ({
    url: `http://${host}/g/${randomUUID()}.jpg`,
    scope: 'file',
  }))
  const grounds = { reasons: 'An invented case.', good_faith: true }
  return { regime: 'ntd_code', category: 'csam', legal_class: 'baseline', grounds, items }
}

/** Signs in, reads the inbox, opens an item, now and then says what was done; signs in anew now and then. */
export async function person(world: World, { links }: Participants['people'][number], lengthMs: number): Promise<void> {
  for (const [index, link] of links.entries()) {
    await pause(world, pauses.person)
    if (world.ending.aborted) return
    const { pathname } = new URL(link)
    const opened = await world.recorder.time('sign in', async () =>
      must(await ask(world, pathname, { cookie: '', form: {} }), 302, 303),
    )
    const cookie = String(opened?.headers['set-cookie'] ?? '').split(';')[0] ?? ''
    const until = performance.now() + lengthMs / links.length
    const last = index === links.length - 1
    while (!world.ending.aborted && opened && (last || performance.now() < until)) await visit(world, cookie)
  }
}

async function visit(world: World, cookie: string): Promise<void> {
  const { recorder } = world
  await pause(world, pauses.person)
  if (world.ending.aborted) return
  const inbox = await recorder.time('read the inbox', async () => must(await ask(world, '/provider', { cookie }), 200))
  const items = [...new Set(inbox?.text.match(/\/provider\/items\/itm_[0-9a-z]{26}/g))]
  const item = items[Math.floor(world.random() * items.length)]
  await pause(world, pauses.person)
  if (world.ending.aborted || item === undefined) return
  const page = await recorder.time('read an item', async () => must(await ask(world, item, { cookie }), 200))
  const number = page?.text.match(/ntc_[0-9a-z]{26}/)?.[0]
  if (number === undefined || world.random() >= reportShare) return
  await pause(world, pauses.person)
  if (world.ending.aborted) return
  const form = { intent: 'report', outcome: 'content_removed', scope_applied: 'file', number }
  await recorder.time('report an outcome', async () => must(await ask(world, item, { cookie, form }), 302, 303))
}
