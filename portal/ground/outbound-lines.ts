import type { Line } from './outbound-exchange.ts'

interface IdleLine extends Line {
  origin: string
  timer: NodeJS.Timeout
}

/** Keeps lines open for a while after use, a few an origin and a bounded number in all. */
export function createLines(limits: { idleMs: number; perOrigin: number; inAll: number }) {
  // Both in the order in which they fell idle: `all` knows the oldest, `byOrigin` the newest of each origin.
  const all = new Set<IdleLine>()
  const byOrigin = new Map<string, IdleLine[]>()

  function forget(line: IdleLine): void {
    clearTimeout(line.timer)
    all.delete(line)
    const left = (byOrigin.get(line.origin) ?? []).filter((other) => other !== line)
    if (left.length > 0) byOrigin.set(line.origin, left)
    else byOrigin.delete(line.origin)
  }

  function drop(line: IdleLine): void {
    forget(line)
    void line.client.destroy().catch(() => {})
  }

  return {
    /** A line left open to this origin, or null. */
    take(origin: string): Line | null {
      const line = byOrigin.get(origin)?.at(-1)
      if (!line) return null
      forget(line)
      return { client: line.client, seen: line.seen }
    },
    keep(origin: string, line: Line): void {
      const timer = setTimeout(() => drop(kept), limits.idleMs)
      timer.unref()
      const kept: IdleLine = { ...line, origin, timer }
      const ofOrigin = [...(byOrigin.get(origin) ?? []), kept]
      all.add(kept)
      byOrigin.set(origin, ofOrigin)
      const [oldest] = all
      const surplus = ofOrigin.length > limits.perOrigin ? ofOrigin[0] : all.size > limits.inAll ? oldest : undefined
      if (surplus) drop(surplus)
    },
    count: () => all.size,
    async close(): Promise<void> {
      await Promise.all(
        [...all].map((line) => {
          forget(line)
          return line.client.destroy()
        }),
      )
    },
  }
}
