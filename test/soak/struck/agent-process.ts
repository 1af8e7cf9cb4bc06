/** `noticeline agent` as it is, on a clock that can be ahead, to be killed at any moment. */
import { agentCommand } from '../../../sdk/src/cli/agent.ts'
import { run } from '../../../sdk/src/cli/run.ts'
import './strike.ts'

const ahead = Number(process.env['AHEAD_MS'] ?? 0)

// Whoever started it is gone, and so is it.
process.once('disconnect', () => process.exit(0))
process.exitCode = await run([agentCommand], {
  line: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  now: () => new Date(Date.now() + ahead),
  version: '0',
  interactive: false,
  stopping: new AbortController().signal,
  out(text) {
    console.log(text)
    if (text.startsWith('started')) process.send?.('ready')
  },
  tell: (line) => console.error(line),
  input: async () => '',
  ask: async () => '',
})
