/** Writes `COMMANDS.md` from the table of commands. Run after a change to it; a test compares. */
import { writeFileSync } from 'node:fs'
import { commands } from '../src/cli/commands.ts'
import { commandReference } from '../src/cli/reference.ts'

writeFileSync(new URL('../COMMANDS.md', import.meta.url), commandReference(commands))
process.stdout.write(`${commands.length} commands written\n`)
