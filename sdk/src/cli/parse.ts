import { parseArgs } from 'node:util'
import { type Command, everywhere, type Given, type Option, type OptionTable } from './command.ts'
import { misused } from './complaint.ts'

export interface Line {
  readonly command: Command | null
  readonly rest: readonly string[]
}

/** The command that a line names: two words before one. Null where it names none. */
export function commandOf(commands: readonly Command[], line: readonly string[]): Line {
  for (const words of [2, 1]) {
    const name = line.slice(0, words).join(' ')
    const command = line.length >= words ? commands.find((one) => one.name === name) : undefined
    if (command !== undefined) return { command, rest: line.slice(words) }
  }
  return { command: null, rest: line }
}

export function allOptions(command: Pick<Command, 'options'>): OptionTable {
  return { ...command.options, ...everywhere }
}

/** Reads a line by the options of its command. What cannot be read is a `Complaint` that names the option. */
export function parseLine(
  command: Command,
  rest: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Given {
  const options = allOptions(command)
  const help = `noticeline ${command.name} --help lists the options.`
  const { values, positionals } = read(options, rest, help)
  const given: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(options)) given[name] = valueGiven(name, option, values[name], env)
  if (given['help'] !== true) checkArguments(command, positionals, help)
  return { options: given as Given['options'], arguments: positionals }
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

function read(options: OptionTable, rest: readonly string[], help: string): { values: Values; positionals: string[] } {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      {
        type: type === 'flag' ? ('boolean' as const) : ('string' as const),
        multiple: type === 'list',
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
  try {
    return parseArgs({ args: [...rest], options: config, allowPositionals: true, strict: true })
  } catch (error) {
    // Node's sentence quotes what was typed; only the option's own name is repeated here.
    const code = (error as { code?: string }).code
    const name = /'(?:-\w, )?(--?[a-z][a-z-]*)/.exec((error as Error).message)?.[1] ?? 'An option'
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw misused('option_unknown', `${name} is not known here.`, help)
    throw misused('option_malformed', `${name} is not used as described.`, help)
  }
}

function valueGiven(
  name: string,
  option: Option,
  given: Values[string],
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  switch (option.type) {
    case 'flag':
      return given === true
    case 'list':
      return ((given ?? []) as string[]).map((text) => chosen(name, option.choices, text))
    case 'text': {
      const text =
        (given as string | undefined) ?? (option.env === undefined ? undefined : env[option.env] || undefined)
      return text === undefined ? option.default : chosen(name, option.choices, text)
    }
    case 'number':
      return given === undefined ? option.default : numberOf(name, option, given as string)
  }
}

function chosen(name: string, choices: readonly string[] | undefined, text: string): string {
  if (choices === undefined || choices.includes(text)) return text
  throw misused('value_unknown', `--${name} does not take that value.`, `Give one of: ${choices.join(', ')}.`)
}

function numberOf(
  name: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number },
  text: string,
): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  const until = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`
  throw misused('number_wrong', `--${name} is a whole number.`, `Give ${until}.`)
}

function checkArguments(command: Command, given: readonly string[], help: string): void {
  for (const [index, argument] of command.arguments.entries()) {
    const value = given[index]
    if (value === undefined && !argument.optional) {
      throw misused('argument_missing', `${argument.name} is missing: ${argument.summary}`, help)
    }
    if (value !== undefined && argument.choices !== undefined && !argument.choices.includes(value)) {
      throw misused(
        'value_unknown',
        `${argument.name} is not one of what is known.`,
        `Give one of: ${argument.choices.join(', ')}.`,
      )
    }
  }
  const last = command.arguments.at(-1)
  if (!last?.many && given.length > command.arguments.length) {
    throw misused('argument_unexpected', 'There are more words on the line than this command takes.', help)
  }
}
