import { ownCpu } from './child.ts'

/** What a number of equal operations cost. */
export interface Cost {
  readonly count: number
  readonly wallMs: number
  readonly cpuMs: number
}

export interface Contender {
  readonly name: string
  run(): Promise<Cost>
}

/** Something of ours, and what it is held against. */
export interface Bench {
  readonly ours: readonly Contender[]
  readonly peers: readonly (Contender & {
    /** What the peer leaves undone. */
    readonly less: string
  })[]
  close(): Promise<void>
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Comparison {
  readonly ours: string
  readonly peer: string
  readonly less: string
  /** Microseconds an operation, the median of the runs. */
  readonly wall: { readonly ours: number; readonly peer: number; readonly ratio: Spread }
  readonly cpu: { readonly ours: number; readonly peer: number; readonly ratio: Spread }
}

/**
 * One round nobody counts, then the rounds: in each, everybody runs once, and who begins changes from round to round.
 * Ratios are taken inside a round, since what the machine does beside us differs more between rounds than within one.
 */
export async function compare(bench: Bench, rounds: number): Promise<Comparison[]> {
  const all: readonly Contender[] = [...bench.ours, ...bench.peers]
  const costs = new Map<Contender, Cost[]>(all.map((one) => [one, []]))
  for (let round = -1; round < rounds; round += 1) {
    for (let turn = 0; turn < all.length; turn += 1) {
      const contender = all[(turn + round + 1) % all.length]
      if (!contender) continue
      const cost = await contender.run()
      if (round >= 0) costs.get(contender)?.push(cost)
    }
  }
  return bench.ours.flatMap((ours) =>
    bench.peers.map((peer) => {
      const one = costs.get(ours) ?? []
      const other = costs.get(peer) ?? []
      return { ours: ours.name, peer: peer.name, less: peer.less, ...both(one, other) }
    }),
  )
}

function both(ours: readonly Cost[], peer: readonly Cost[]): Pick<Comparison, 'wall' | 'cpu'> {
  const of = (member: 'wallMs' | 'cpuMs') => {
    const each = (costs: readonly Cost[]) => costs.map((cost) => (cost[member] * 1000) / cost.count)
    const [mine, theirs] = [each(ours), each(peer)]
    return {
      ours: spreadOf(mine).median,
      peer: spreadOf(theirs).median,
      ratio: spreadOf(mine.map((cost, round) => cost / (theirs[round] ?? Number.NaN))),
    }
  }
  return { wall: of('wallMs'), cpu: of('cpuMs') }
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  const above = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN
  return { median: (middle + above) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN }
}

/** Measures `work`, with the processor time of this process unless another's is asked for. */
export async function measure(
  count: number,
  work: () => Promise<void>,
  cpu: () => number | Promise<number> = ownCpu,
): Promise<Cost> {
  const before = await cpu()
  const began = performance.now()
  await work()
  const wallMs = performance.now() - began
  return { count, wallMs, cpuMs: (await cpu()) - before }
}

/** Does something `count` times, so many side by side. */
export async function inLanes(count: number, lanes: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < count) {
      const index = next
      next += 1
      await work(index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane))
}
