import { commands } from '../cli/commands.ts'
import { run, type Surroundings } from '../cli/run.ts'

export interface Typed {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A line as it is typed, run in this process: what it printed, what it told, and its exit code. */
export async function typed(
  line: readonly string[],
  around: Partial<Omit<Surroundings, 'line' | 'out' | 'tell'>> & { readonly told?: (line: string) => void } = {},
): Promise<Typed> {
  const { told, ...given } = around
  const said = { code: 0, out: '', err: '' }
  said.code = await run(commands, {
    env: {},
    cwd: '/',
    version: '0.0.0',
    now: () => new Date(),
    input: async () => '',
    interactive: false,
    ask: async () => '',
    stopping: new AbortController().signal,
    ...given,
    line,
    out: (text) => {
      said.out += `${text}\n`
      told?.(text)
    },
    tell: (text) => {
      said.err += `${text}\n`
      told?.(text)
    },
  })
  return said
}
