/** What was asked, how long it took, and what went wrong. */
export type Phase = 'warm' | 'calm' | 'drip'

export interface Summary {
  readonly kind: string
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export interface Recorder {
  /** Since when: what is asked from now on belongs to it. */
  phase: Phase
  /** Times one request. What throws is an error, and counts as nothing else. */
  time<T>(kind: string, ask: () => Promise<T>): Promise<T | null>
  errors(): readonly { readonly kind: string; readonly message: string }[]
  kinds(): string[]
  summary(kind: string | null, phase?: Phase): Summary
}

export function createRecorder(): Recorder {
  const taken: { kind: string; phase: Phase; ms: number }[] = []
  const errors: { kind: string; message: string }[] = []
  const recorder: Recorder = {
    phase: 'warm',
    async time(kind, ask) {
      const { phase } = recorder
      const began = performance.now()
      try {
        const answer = await ask()
        taken.push({ kind, phase, ms: performance.now() - began })
        return answer
      } catch (error) {
        errors.push({ kind, message: String(error instanceof Error ? error.message : error) })
        return null
      }
    },
    errors: () => errors,
    kinds: () => [...new Set(taken.map(({ kind }) => kind))],
    summary(kind, phase) {
      const fits = (one: (typeof taken)[number]) =>
        (kind === null || one.kind === kind) && (phase === undefined || one.phase === phase)
      const sorted = taken.flatMap((one) => (fits(one) ? [one.ms] : [])).sort((one, other) => one - other)
      return {
        kind: kind ?? 'all',
        count: sorted.length,
        p50: percentile(sorted, 0.5),
        p95: percentile(sorted, 0.95),
        p99: percentile(sorted, 0.99),
        max: sorted.at(-1) ?? 0,
      }
    },
  }
  return recorder
}

/** The smallest value that this share of all does not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

/** By how much `y` grows for one of `x`, by least squares. */
export function slopeOf(points: readonly { x: number; y: number }[]): number {
  const mean = (pick: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)]
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread
}
