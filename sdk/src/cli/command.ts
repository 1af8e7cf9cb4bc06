import type { ExitCode } from './exit-codes.ts'
import type { Shell } from './shell.ts'

/** An option, described once: parsing, help, completion and `COMMANDS.md` all read it here. */
export type Option = {
  /** One sentence for the help. */
  readonly summary: string
  readonly short?: string
} & (
  | { readonly type: 'flag' }
  | {
      readonly type: 'text'
      /** How the value is called in the help, as in `PATH` or `URL`. */
      readonly value: string
      readonly default?: string
      readonly choices?: readonly string[]
      /** Where the value is taken from when the option is not given. */
      readonly env?: string
      /** Completed as the name of a file or folder. */
      readonly file?: boolean
    }
  | { readonly type: 'list'; readonly value: string; readonly choices?: readonly string[]; readonly file?: boolean }
  | {
      readonly type: 'number'
      readonly value: string
      readonly default?: number
      readonly least?: number
      readonly most?: number
    }
)
export type OptionTable = { readonly [name: string]: Option }

export interface Argument {
  readonly name: string
  readonly summary: string
  readonly optional?: boolean
  readonly many?: boolean
  readonly choices?: readonly string[]
  readonly file?: boolean
}

/** What was given for an option; `undefined` only where there is no default. */
type Value<O extends Option> = O extends { type: 'flag' }
  ? boolean
  : O extends { type: 'list' }
    ? readonly string[]
    : O extends { type: 'number' }
      ? O extends { default: number }
        ? number
        : number | undefined
      : O extends { default: string }
        ? string
        : string | undefined

export interface Given<Options extends OptionTable = OptionTable> {
  readonly options: { readonly [name in keyof Options]: Value<Options[name]> }
  /** What stands on the line without dashes, in its order. */
  readonly arguments: readonly string[]
}

export interface Command {
  /** As it is typed; a second word makes a command of its own, as in `inbox list`. */
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  /** Paragraphs under the summary in the help. */
  readonly details?: readonly string[]
  readonly arguments: readonly Argument[]
  readonly options: OptionTable
  /** Lines to type, each with what it does. */
  readonly examples?: readonly (readonly [line: string, what: string])[]
  /** Loads what it needs only when it runs. Answers nothing for 0; throws a `Complaint` or a `Refusal` otherwise. */
  // biome-ignore lint/suspicious/noExplicitAny: each command knows the types of its own options; the table does not.
  run(given: Given<any>, shell: Shell): Promise<ExitCode | undefined>
}

/** Binds what `run` is given to the options described beside it. */
export function command<const Options extends OptionTable>(
  described: Omit<Command, 'options' | 'run' | 'arguments'> & {
    readonly arguments?: readonly Argument[]
    readonly options: Options
    run(given: Given<Options>, shell: Shell): Promise<ExitCode | undefined>
  },
): Command {
  return { arguments: [], ...described }
}

/** Taken by every command. */
export const everywhere = {
  json: { type: 'flag', summary: 'Print JSON: one object, or one a line where a command goes on.' },
  reveal: { type: 'flag', summary: 'Print addresses of items, which are hidden otherwise.' },
  help: { type: 'flag', short: 'h', summary: 'Show this help.' },
} as const satisfies OptionTable
