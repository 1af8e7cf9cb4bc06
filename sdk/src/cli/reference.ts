import { type Command, everywhere } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { optionRows, usageOf } from './help.ts'

/** `COMMANDS.md`: the same table as the help, for reading. */
export function commandReference(commands: readonly Command[]): string {
  return [
    '# The commands of noticeline',
    '',
    'Written by `pnpm generated` from the table that the program itself goes by.',
    '',
    'Every command takes these:',
    '',
    ...table(['option', 'meaning'], optionRows(everywhere)),
    '',
    'It ends with:',
    '',
    ...table(
      ['exit code', 'meaning'],
      Object.values(exitCodes).map(([code, meaning]) => [String(code), meaning] as const),
    ),
    '',
    'An error goes to standard error as `noticeline: <code>: what happened. What to do next.`; with `--json` as',
    '`{"error":{"code","message","next"}}`. Codes are only ever added.',
    ...commands.flatMap(pageOf),
    '',
  ].join('\n')
}

function pageOf(command: Command): string[] {
  const rows = optionRows(command.options)
  return [
    '',
    `## ${command.name}`,
    '',
    `${command.summary}.`,
    '',
    `    ${usageOf(command).slice('Usage: '.length)}`,
    ...(command.details ?? []).flatMap((paragraph) => ['', paragraph]),
    ...(command.arguments.length === 0
      ? []
      : [
          '',
          ...table(
            ['argument', 'meaning'],
            command.arguments.map(({ name, summary }) => [name, summary] as const),
          ),
        ]),
    ...(rows.length === 0 ? [] : ['', ...table(['option', 'meaning'], rows)]),
    ...(command.examples ?? []).flatMap(([line, what]) => ['', `\`${line}\`: ${what}`]),
  ]
}

function table(head: readonly [string, string], rows: readonly (readonly [string, string])[]): string[] {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  return [
    `| ${head[0]} | ${head[1]} |`,
    '| --- | --- |',
    ...rows.map(([left, right]) => `| \`${cell(left)}\` | ${cell(right)} |`),
  ]
}
