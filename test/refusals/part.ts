import type { Asked, Part, Result } from '../soak/parts.ts'
import { playMutations } from './play.ts'

/** Random changes to accepted tokens and envelopes, each pushed to a receiver. A test plays fewer than a tenth. */
export const mutationsPart: Part<string> = {
  name: 'mutations',
  rounds: 1_000_000,
  databases: ['none'],
  play: refuseMutations,
}

async function refuseMutations({ database, rounds, seed, tell }: Asked<string>): Promise<Result> {
  const began = performance.now()
  const { accepted, problems, refused, rewrapped, worst, cpuMsEach } = await playMutations(rounds, seed, tell)
  tell(`${JSON.stringify(refused)}, ${rewrapped} the same token in other JSON, ${cpuMsEach.toFixed(3)} ms of CPU each`)
  tell(`worst ${worst.ms.toFixed(1)} ms (${worst.cpuMs.toFixed(1)} of CPU): ${worst.kind}, ${worst.bytes} bytes`)
  const nothing = { notices: 0, doubles: [], chains: 0, seconds: (performance.now() - began) / 1000 }
  // What was accepted as something nobody signed stands under losses.
  return { part: 'mutations', database, strokes: rounds, losses: accepted, problems, ...nothing }
}
