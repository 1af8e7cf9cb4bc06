/** The protocol's table: how long after a failure it is tried again. Pure. */
const second = 1000
const minute = 60 * second
const hour = 60 * minute

const waits = [
  5 * second,
  30 * second,
  2 * minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  6 * hour,
  8 * hour,
]
const everAfter = 12 * hour

/** After so many failures, the last one included. `jitter` between 0 and 1 spreads it over ±20 %. */
export function waitAgainMs(failures: number, jitter: number): number {
  return (waits[failures - 1] ?? everAfter) * (0.8 + 0.4 * jitter)
}
