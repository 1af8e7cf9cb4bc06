/** Random changes to accepted bodies, each pushed to the receiver: what was accepted, what it answered, how long it took. */
import { setDigest } from '@noticeline/sdk/protocol'
import { chanceOf } from '../running/random.ts'
import { openDoor } from './door.ts'
import { mutated } from './mutate.ts'

export interface Played {
  readonly mutations: number
  /** Bodies that were accepted as something nobody signed. */
  readonly accepted: string[]
  /** Answers that are no refusal, and what was thrown. */
  readonly problems: string[]
  /** By their `err`. */
  readonly refused: Record<string, number>
  /** The same token in another JSON wrapping. */
  readonly rewrapped: number
  /** The one that took longest, and most processor time. What else the machine did and what was collected is in both. */
  readonly worst: { readonly ms: number; readonly cpuMs: number; readonly kind: string; readonly bytes: number }
  readonly cpuMsEach: number
}

export async function playMutations(count: number, seed: number, tell: (line: string) => void): Promise<Played> {
  const door = await openDoor()
  const chance = chanceOf(seed)
  const accepted: string[] = []
  const problems: string[] = []
  const refused: Record<string, number> = {}
  const known = new Set(door.samples.map(({ raw }) => setDigest(raw)))
  let rewrapped = 0
  let worst = { ms: 0, cpuMs: 0, kind: '', bytes: 0 }
  let cpu = 0
  try {
    for (const sample of door.samples) {
      const { code } = await door.push(sample, sample)
      if (code !== 202) problems.push(`not accepted as it was: ${sample.name}, ${code}`)
    }
    for (let played = 0; played < count; ) {
      const sample = chance.pick(door.samples)
      const next = mutated(sample, chance, door.samples)
      if (next === null) continue
      played += 1
      const before = process.cpuUsage()
      const began = performance.now()
      const answer = await door.push(sample, next).catch((error: unknown) => `thrown: ${error}`)
      const ms = performance.now() - began
      const spent = process.cpuUsage(before)
      const cpuMs = (spent.user + spent.system) / 1000
      cpu += cpuMs
      if (ms > worst.ms) worst = { ...worst, ms, kind: next.kind, bytes: next.body.length }
      if (cpuMs > worst.cpuMs) worst = { ...worst, cpuMs }
      const what = `${sample.name} (${next.kind}), number ${played} of seed ${seed}`
      if (typeof answer === 'string') problems.push(`${answer}: ${what}`)
      else if (answer.code === 400 || answer.code === 415) {
        refused[answer.err ?? 'nothing'] = (refused[answer.err ?? 'nothing'] ?? 0) + 1
        if (answer.stored.length > 0) accepted.push(`stored, though refused: ${what}`)
      } else if (answer.code !== 202) problems.push(`answered ${answer.code}: ${what}`)
      else if (next.mediaType.startsWith('application/json') && answer.stored.every((digest) => known.has(digest))) {
        rewrapped += 1
      } else accepted.push(what)
      if (played % Math.ceil(count / 20) === 0) tell(`${played} mutations, worst ${worst.ms.toFixed(1)} ms`)
    }
  } finally {
    await door.close()
  }
  return { mutations: count, accepted, problems, refused, rewrapped, worst, cpuMsEach: cpu / count }
}
