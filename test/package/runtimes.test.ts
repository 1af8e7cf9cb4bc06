import { execFile } from 'node:child_process'
import { inboxConformance } from '@noticeline/sdk/testing'
import { expect, test } from 'vitest'
import { consumer } from './consumer.ts'

/** Every release line that is supported. Their binaries come from the registry when they are asked for, and stay there. */
const lines = ['20', '22', '24', '26']
const promises = inboxConformance(() => Promise.reject(new Error('only counted'))).length

/** npm hands its own settings down, and npx would take them for its own. */
const environment: NodeJS.ProcessEnv = { ...process.env }
for (const name of Object.keys(environment)) if (/^npm_/i.test(name)) delete environment[name]

interface Said {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** Node of one line: our own where it is that, by npx otherwise. */
function node(line: string, args: string[], cwd: string): Promise<Said> {
  const own = process.versions.node.startsWith(`${line}.`)
  const npx = ['--yes', '--prefer-offline', '-p', `node@${line}`, '--', 'node']
  const [command, ...before] = own ? [process.execPath] : ['npx', ...npx]
  return new Promise((resolve) => {
    const options = { cwd, env: environment as NodeJS.ProcessEnv, timeout: 250_000 }
    execFile(command as string, [...before, ...args], options, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code ?? 1) })
    })
  })
}

test.concurrent.for(lines)(
  'on Node %s the packed package receives, reports, keeps and starts its program',
  { timeout: 300_000 },
  async (line, { skip }) => {
    const cwd = await consumer('journey', `journey-on-${line}`)
    const there = await node(line, ['-p', 'process.versions.node'], cwd)
    if (there.code !== 0 && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i.test(there.stderr)) {
      skip('the npm registry cannot be reached')
    }
    const said = await node(line, ['main.mjs'], cwd)
    expect({ ...said, stdout: said.stdout.trim().split('\n').at(-1) }).toEqual({
      stdout: JSON.stringify({
        node: line,
        ...{ received: true, reported: 1, dead: 0, inUse: 'store_in_use', help: true },
        sqlite: line === '20' ? 'not in this Node' : `${promises} promises kept`,
      }),
      stderr: expect.not.stringMatching(/error|deprecat/i),
      code: 0,
    })
  },
)
