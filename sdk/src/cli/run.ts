import type { Command } from './command.ts'
import { misused, saidOf } from './complaint.ts'
import { exitCodes } from './exit-codes.ts'
import { helpOf, overview } from './help.ts'
import { commandOf, parseLine } from './parse.ts'
import { hidden, type Shell } from './shell.ts'

/** What the entry file gives: the same as a command gets, without what the line decides. */
export interface Surroundings extends Omit<Shell, 'print' | 'json' | 'reveal' | 'address'> {
  readonly line: readonly string[]
  readonly version: string
  /** Standard output, as it is. */
  out(text: string): void
}

/** Reads the line, runs its command, and answers with the exit code. Never throws. */
export async function run(commands: readonly Command[], around: Surroundings): Promise<number> {
  const end = around.line.indexOf('--')
  // Before the line is understood it is known already how to speak about it. What stands after -- is for another program.
  const own = end < 0 ? around.line : around.line.slice(0, end)
  const json = own.includes('--json')
  const reveal = own.includes('--reveal')
  try {
    return await understood(commands, around, json, reveal)
  } catch (error) {
    const { code, message, next, exit } = saidOf(error, reveal)
    around.tell(json ? JSON.stringify({ error: { code, message, next } }) : `noticeline: ${code}: ${message} ${next}`)
    return exitCodes[exit][0]
  }
}

async function understood(
  commands: readonly Command[],
  around: Surroundings,
  json: boolean,
  reveal: boolean,
): Promise<number> {
  const { line, version } = around
  const { out, ...shellParts } = around
  const shell: Shell = {
    ...shellParts,
    json,
    reveal,
    address: (address) => (reveal ? address : hidden),
    print: (result) => out(json ? JSON.stringify(result.json) : result.text),
  }
  const { command, rest } = commandOf(commands, line)
  if (command !== null) {
    const given = parseLine(command, rest, around.env)
    if (given.options['help'] !== true) return (await command.run(given, shell)) ?? exitCodes.ok[0]
    shell.print({ text: helpOf(command), json: described(command) })
    return exitCodes.ok[0]
  }
  const [first] = line.filter((word) => word !== '--json' && word !== '--reveal')
  if (first === '--version') shell.print({ text: version, json: { version } })
  else if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    shell.print({ text: overview(commands, version), json: { version, commands: commands.map(described) } })
    // Without a command nothing was done: a script that forgot it must see that.
    return first === undefined ? exitCodes.usage[0] : exitCodes.ok[0]
  } else throw unknown(commands, first)
  return exitCodes.ok[0]
}

function unknown(commands: readonly Command[], first: string) {
  const longer = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name)
  if (longer.length > 0)
    return misused('command_incomplete', 'A second word is missing.', `Type one of: ${longer.join(', ')}.`)
  return misused('command_unknown', 'There is no such command.', 'noticeline --help lists them.')
}

function described({ name, summary, arguments: words, options }: Command): object {
  return { name, summary, arguments: words, options }
}
