/** Clocks of machines that are turned while programs run on them: real processes, the database's server among them. */
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Why no clock can be turned here, or null. */
export function whyNoTurnedClock(): string | null {
  if (process.platform !== 'linux') return 'needs Linux'
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return null
  } catch {
    return "needs Debian's gcc and libc6-dev"
  }
}

/** One machine's clock: whoever runs with its environment goes by it. */
export class TurnedClock {
  readonly env: Readonly<Record<string, string>>
  readonly #file: string

  constructor(folder: string, name: string) {
    const library = join(folder, 'turned-clock.so')
    const source = join(import.meta.dirname, 'turned-clock.c')
    execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, source], { stdio: 'ignore' })
    chmodSync(library, 0o755)
    this.#file = join(folder, `clock-${name}`)
    writeFileSync(this.#file, Buffer.alloc(8), { mode: 0o644 })
    this.env = { LD_PRELOAD: library, TURNED_CLOCK: this.#file }
  }

  /** By how many seconds it is ahead of this machine's own from now on. */
  turn(seconds: number): void {
    const written = Buffer.alloc(8)
    written.writeBigInt64LE(BigInt(Math.round(seconds)))
    writeFileSync(this.#file, written, { flag: 'r+' })
  }
}
