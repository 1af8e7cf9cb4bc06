import { type Argument, type Command, command, type Option } from './command.ts'
import { allOptions } from './parse.ts'

const shells = ['bash', 'zsh', 'fish'] as const

/** `completion`: a script for the shell, from the same table. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return command({
    name: 'completion',
    summary: 'Print completion for a shell',
    arguments: [{ name: 'shell', summary: 'bash, zsh or fish.', choices: shells }],
    options: {},
    examples: [
      ['source <(noticeline completion bash)', 'for this bash'],
      [`noticeline completion zsh > "\${fpath[1]}/_noticeline"`, 'for every zsh'],
      ['noticeline completion fish > ~/.config/fish/completions/noticeline.fish', 'for every fish'],
    ],
    async run(given, shell) {
      const name = given.arguments[0] as (typeof shells)[number]
      const script = completionScript(name, commands())
      shell.print({ text: script, json: { shell: name, script } })
      return undefined
    },
  })
}

export function completionScript(shell: (typeof shells)[number], commands: readonly Command[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](commands)
}

/** What may follow each first word: second words, choices of the first argument, options. */
function following(commands: readonly Command[], first: string): readonly string[] {
  const here = commands.filter(({ name }) => name === first || name.startsWith(`${first} `))
  const second = here.flatMap(({ name }) => name.split(' ')[1] ?? [])
  const choices = here.flatMap((one) => one.arguments[0]?.choices ?? [])
  const options = here.flatMap((one) => Object.keys(allOptions(one)).map((name) => `--${name}`))
  return [...new Set([...second, ...choices, ...options])]
}

function firstWords(commands: readonly Command[]): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))]
}

/** Options whose value is one of a few words, over all commands. */
function chosenOptions(commands: readonly Command[]): Map<string, readonly string[]> {
  const options = commands.flatMap((one) => Object.entries(one.options))
  return new Map(
    options.flatMap(([name, option]) =>
      'choices' in option && option.choices ? [[name, option.choices] as const] : [],
    ),
  )
}

function bashScript(commands: readonly Command[]): string {
  const chosen = [...chosenOptions(commands)].map(
    ([name, choices]) => `    --${name}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); return ;;`,
  )
  const cases = firstWords(commands).map((first) => `    ${first}) words='${following(commands, first).join(' ')}' ;;`)
  return [
    '# bash completion for noticeline',
    '_noticeline() {',
    `  local word=\${COMP_WORDS[COMP_CWORD]} words`,
    ...(chosen.length === 0 ? [] : [`  case \${COMP_WORDS[COMP_CWORD-1]} in`, ...chosen, '  esac']),
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W '${firstWords(commands).join(' ')} --help --version' -- "$word"))`,
    '    return',
    '  fi',
    `  case \${COMP_WORDS[1]} in`,
    ...cases,
    '    *) return ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _noticeline noticeline',
  ].join('\n')
}

function zshScript(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  const firsts = firstWords(commands).map((first) => {
    const own = commands.find(({ name }) => name === first) ?? commands.find(({ name }) => name.startsWith(`${first} `))
    return `    ${quoted(`${first}:${own?.summary ?? ''}`)}`
  })
  const cases = firstWords(commands).map(
    (first) => `    ${first}) compadd -- ${following(commands, first).join(' ')}; _files ;;`,
  )
  return [
    '#compdef noticeline',
    '_noticeline() {',
    '  local -a commands',
    '  commands=(',
    ...firsts,
    '  )',
    '  if (( CURRENT == 2 )); then _describe command commands; return; fi',
    `  case \${words[2]} in`,
    ...cases,
    '  esac',
    '}',
    `if [ "\${funcstack[1]}" = _noticeline ]; then _noticeline "$@"; else compdef _noticeline noticeline; fi`,
  ].join('\n')
}

function fishScript(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const line = (condition: string, rest: string) => `complete -c noticeline -n ${quoted(condition)} ${rest}`
  return [
    '# fish completion for noticeline',
    'complete -c noticeline -f',
    ...firstWords(commands).map((first) => {
      const own = commands.find(({ name }) => name === first)
      return line('__fish_use_subcommand', `-a ${first} -d ${quoted(own?.summary ?? first)}`)
    }),
    ...commands.flatMap((one) => {
      const [first = '', second] = one.name.split(' ')
      const here = `__fish_seen_subcommand_from ${first}`
      const words = second === undefined ? [] : [line(here, `-a ${second} -d ${quoted(one.summary)}`)]
      const choices = one.arguments
        .slice(0, 1)
        .flatMap((argument: Argument) =>
          argument.choices ? [line(here, `-a ${quoted(argument.choices.join(' '))}`)] : [],
        )
      const options = Object.entries(allOptions(one)).map(([name, option]) => line(here, fishOption(name, option)))
      return [...words, ...choices, ...options]
    }),
  ].join('\n')

  function fishOption(name: string, option: Option): string {
    const short = option.short === undefined ? '' : ` -s ${option.short}`
    const wants =
      option.type === 'flag'
        ? ''
        : 'choices' in option && option.choices
          ? ` -xa ${quoted(option.choices.join(' '))}`
          : ' -rF'
    return `-l ${name}${short}${wants} -d ${quoted(option.summary)}`
  }
}
