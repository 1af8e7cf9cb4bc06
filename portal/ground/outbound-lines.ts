import type { Line } from './outbound-exchange.ts'

interface IdleLine extends Line {
  origin: string
  timer: NodeJS.Timeout
}

/** Keeps lines open for a while after use, a few an origin and a bounded number in all. */
export function createLines(limits: { idleMs: number; perOrigin: number; inAll: number }) {
  const idle: IdleLine[] = []

  function drop(line: IdleLine): void {
    clearTimeout(line.timer)
    const at = idle.indexOf(line)
    if (at >= 0) idle.splice(at, 1)
    void line.client.destroy().catch(() => {})
  }

  return {
    /** A line left open to this origin, or null. */
    take(origin: string): Line | null {
      const line = idle.findLast((candidate) => candidate.origin === origin)
      if (!line) return null
      clearTimeout(line.timer)
      idle.splice(idle.indexOf(line), 1)
      return { client: line.client, seen: line.seen }
    },
    keep(origin: string, line: Line): void {
      const timer = setTimeout(() => drop(kept), limits.idleMs)
      timer.unref()
      const kept: IdleLine = { ...line, origin, timer }
      idle.push(kept)
      const ofOrigin = idle.filter((candidate) => candidate.origin === origin)
      const surplus =
        ofOrigin.length > limits.perOrigin ? ofOrigin[0] : idle.length > limits.inAll ? idle[0] : undefined
      if (surplus) drop(surplus)
    },
    count: () => idle.length,
    async close(): Promise<void> {
      await Promise.all(
        idle.splice(0).map((line) => {
          clearTimeout(line.timer)
          return line.client.destroy()
        }),
      )
    },
  }
}
