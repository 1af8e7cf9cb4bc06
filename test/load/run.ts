/** `pnpm load [--minutes N]`: fifty notifiers and two hundred people at once on one portal process. */
import { execFile } from 'node:child_process'
import { setMaxListeners } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Agent } from 'undici'
import { root } from '../architecture/tree.ts'
import { startChild } from '../bench/child.ts'
import { type GaugedPortal, startGauged } from '../bench/gauged-portal.ts'
import { type Dripping, drip } from './drip.ts'
import type { Participants } from './participants.ts'
import { createRecorder, type Recorder } from './record.ts'
import { type Sample, tell } from './report.ts'
import { notifier, person, type World } from './users.ts'

const given = process.argv.indexOf('--minutes')
const minutes = given === -1 ? 10 : Number(process.argv[given + 1])
if (!(minutes >= 0.5 && minutes <= 120)) {
  console.error('--minutes takes a number from 0.5 to 120.')
  process.exit(1)
}
const lengthMs = minutes * 60_000
const recorder = createRecorder()

const portal = await startGauged({
  // Looks at open items once an hour, as production does; the demo would look at each every two seconds.
  NOTICELINE_MODE: 'development',
})
const places = await startChild('../load/places-process.ts')
try {
  const { participants, world, end } = await prepare()
  process.stderr.write(`${minutes} minutes …\n`)
  const users = [
    ...participants.notifiers.map((one) => notifier(world, one)),
    ...participants.people.map((one) => person(world, one, lengthMs)),
  ]
  const samples: Sample[] = []
  const sampling = sample(portal, samples)
  const ended = await passThePhases(recorder, await slowCallers(participants))
  end.abort()
  await Promise.all(users)
  clearInterval(sampling)
  await world.http.close()
  const page = tell({ recorder, samples, minutes, ended })
  process.stdout.write(`${page}\n`)
  if (minutes >= 10) writeFileSync(join(root, 'test/load/RESULTS.md'), `${page}\n`)
  else process.stdout.write('\nNot kept: only ten minutes or more write RESULTS.md.\n')
} finally {
  await places.stop()
  await portal.stop()
}
process.exit(recorder.errors().length === 0 ? 0 : 1)

async function prepare() {
  const networks = Array.from({ length: 20 }, (_, number) => `127.0.${100 + number}.1`)
  const port = await places.ask<number>('listen', ['127.0.0.1', ...networks])
  const participants = await seed(portal, `http://127.0.0.1:${port}`)
  const end = new AbortController()
  setMaxListeners(0, end.signal) // everybody who pauses listens for the end
  const world: World = {
    http: new Agent({ connections: 250 }),
    origin: portal.origin,
    recorder,
    places: networks.map((network) => `${network}:${port}`),
    ending: end.signal,
    random: randomFrom(20_261_122),
  }
  return { participants, world, end }
}

async function seed(on: GaugedPortal, hooks: string): Promise<Participants> {
  process.stderr.write('Seeding …\n')
  const program = fileURLToPath(new URL('./seed.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, program, on.origin, hooks], {
    env: { ...process.env, ...on.env },
    maxBuffer: 1 << 24,
  })
  return JSON.parse(stdout.slice(stdout.indexOf('{"')))
}

/** Starts the slow callers, who are nobody of the others. */
async function slowCallers({ slow }: Participants): Promise<() => Dripping> {
  const answer = await fetch(slow.link, { method: 'POST', redirect: 'manual', headers: { origin: portal.origin } })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
  if (cookie === undefined) throw new Error(`Signing in answered ${answer.status}`)
  return () => drip(portal.origin, slow.token, cookie)
}

/** A tenth to warm up, then six parts: without slow callers and with them, in turns. */
async function passThePhases(on: Recorder, begin: () => Dripping): Promise<number> {
  let ended = 0
  await wait(lengthMs / 10)
  for (let part = 0; part < 6; part += 1) {
    on.phase = part % 2 === 0 ? 'calm' : 'drip'
    const dripping = on.phase === 'drip' ? begin() : null
    await wait((lengthMs * 0.9) / 6)
    ended += dripping?.ended() ?? 0
    dripping?.stop()
  }
  return ended
}

function sample(on: GaugedPortal, samples: Sample[]): NodeJS.Timeout {
  const began = performance.now()
  let wholes = 0
  return setInterval(async () => {
    const at = performance.now() - began
    const whole = at > (lengthMs / 20) * wholes
    if (whole) wholes += 1
    const reading = await on.read({ whole }).catch(() => null)
    if (reading) samples.push({ at, ...reading })
  }, 2000)
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Mulberry32: the same pauses in every run. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
