/** What a command has of the world. It reads and prints nothing but through this; the entry file makes the real one. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  now(): Date
  /** Standard input, whole. */
  input(): Promise<string>
  /** Whether a person sits at both ends. */
  readonly interactive: boolean
  /** Asks the person; only where `interactive`. */
  ask(question: string): Promise<string>
  /** A result, on standard output: the words, or with `--json` the object. */
  print(result: Result): void
  /** What is told beside results, on standard error. */
  tell(line: string): void
  readonly json: boolean
  readonly reveal: boolean
  /** An address of an item, or that it is hidden. Every address goes through here. */
  address(address: string): string
  /** Aborts at SIGINT and SIGTERM. */
  readonly stopping: AbortSignal
}

export interface Result {
  readonly text: string
  readonly json: unknown
}

export const hidden = '[hidden: --reveal shows it]'
