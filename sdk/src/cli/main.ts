#!/usr/bin/env node
// The entry of `noticeline`: the only file of it that knows the process, its environment and the time.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { commands } from './commands.ts'
import { run } from './run.ts'
import { packageFile } from './shipped.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal))
// Whoever reads us may stop reading, as `head` does: what is left then is nobody's.
process.stdout.on('error', () => process.exit(0))

process.exitCode = await run(commands, {
  line: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  now: () => new Date(),
  version: (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version,
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  stopping: stop.signal,
  out: (text) => process.stdout.write(`${text}\n`),
  tell: (line) => process.stderr.write(`${line}\n`),
  async input() {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  },
  async ask(question) {
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return await lines.question(`${question} `, { signal: stop.signal })
    } finally {
      lines.close()
    }
  },
})

// A pool of connections that a store's module left open keeps nobody waiting; what was said is written first.
process.stdout.write('', () => process.stderr.write('', () => process.exit()))
