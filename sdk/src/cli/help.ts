import { type Argument, type Command, everywhere, type Option, type OptionTable } from './command.ts'
import { exitCodes } from './exit-codes.ts'

/** The first page: what there is. */
export function overview(commands: readonly Command[], version: string): string {
  return [
    `noticeline ${version}: receive takedown notices, hand them to your programs, report what they did.`,
    '',
    'Usage: noticeline <command> [options]',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'noticeline <command> --help tells more about one. Exit codes:',
    ...columns(Object.values(exitCodes).map(([code, meaning]) => [String(code), meaning])),
  ].join('\n')
}

/** The page of one command. */
export function helpOf(command: Command): string {
  return [
    usageOf(command),
    '',
    `${command.summary}.`,
    ...(command.details ?? []).flatMap((paragraph) => ['', ...wrapped(paragraph, 100)]),
    ...section(
      'Arguments',
      command.arguments.map((one) => [one.name, one.summary]),
    ),
    ...section('Options', optionRows({ ...command.options, ...everywhere })),
    ...section('Examples', command.examples ?? []),
  ].join('\n')
}

export function usageOf(command: Command): string {
  const words = command.arguments.map(argumentOf)
  return ['Usage: noticeline', command.name, ...words, '[options]'].join(' ')
}

function argumentOf({ name, optional, many }: Argument): string {
  const word = many ? `<${name}>…` : `<${name}>`
  return optional ? `[${word}]` : word
}

export function optionRows(options: OptionTable): (readonly [string, string])[] {
  return Object.entries(options).map(([name, option]) => [spelled(name, option), meaningOf(option)])
}

function spelled(name: string, option: Option): string {
  const long = option.type === 'flag' ? `--${name}` : `--${name} ${option.value}`
  return option.short === undefined ? long : `-${option.short}, ${long}`
}

function meaningOf(option: Option): string {
  const more = [
    'choices' in option && option.choices !== undefined ? `One of: ${option.choices.join(', ')}.` : '',
    'default' in option && option.default !== undefined ? `Default: ${option.default}.` : '',
    'env' in option && option.env !== undefined ? `Or by the environment: ${option.env}.` : '',
    option.type === 'list' ? 'May be given several times.' : '',
  ]
  return [option.summary, ...more.filter((text) => text !== '')].join(' ')
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length === 0 ? [] : ['', `${title}:`, ...columns(rows)]
}

/** Two columns; a long left one pushes its right one to the next line. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(26, Math.max(...rows.map(([left]) => left.length)))
  return rows.flatMap(([left, right]) => {
    const lines = wrapped(right, 96 - width)
    const indent = ' '.repeat(width + 4)
    if (left.length > width) return [`  ${left}`, ...lines.map((line) => indent + line)]
    return lines.map((line, index) => (index === 0 ? `  ${left.padEnd(width)}  ${line}` : indent + line))
  })
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
