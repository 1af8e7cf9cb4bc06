/**
 * `pnpm bench:sender --api URL --body TEXT [--header 'name: value']… [--rate N] [--seconds N] [--sinks N] [--listen PORT]
 * [--ready SECONDS]`: the load of this bench against any sender of web hooks, so that others can compare theirs.
 *
 * It listens on so many ports of loopback from PORT on and prints them; they are registered with the sender by hand, for
 * which it waits so many seconds. Then it sends so many requests a second to the sender's API. In TEXT and in the URL
 * `{id}` becomes an id of the message, to be handed through to the receivers in the body, and `{n}` the number of a sink,
 * in turn. Printed: what the API answered, arrivals, repeats, and milliseconds from the API's answer to the arrival.
 */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Agent, request } from 'undici'
import { machine } from '../machine.ts'

const { values: given } = parseArgs({
  options: {
    api: { type: 'string' },
    body: { type: 'string' },
    header: { type: 'string', multiple: true, default: [] },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '30' },
    sinks: { type: 'string', default: '1' },
    listen: { type: 'string', default: '9700' },
    ready: { type: 'string', default: '0' },
  },
})
const { api, body } = given
if (api === undefined || body === undefined || !body.includes('{id}')) {
  console.error('Name the API with --api URL, and with --body what it is sent; `{id}` must stand in it.')
  process.exit(1)
}
const number = (name: 'rate' | 'seconds' | 'sinks' | 'listen' | 'ready') => {
  const value = Number(given[name])
  if (Number.isInteger(value) && value >= 0) return value
  console.error(`--${name} needs a whole number, not ${given[name]}.`)
  process.exit(1)
}
const [rate, seconds, sinks, listen, ready] = [
  number('rate'),
  number('seconds'),
  number('sinks'),
  number('listen'),
  number('ready'),
]
const headers = Object.fromEntries(
  given.header.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
)

const arrived = new Map<string, number>()
let repeats = 0
let unknown = 0
const accepted = new Map<string, number>()
const statuses = new Map<string, number>()

for (let port = listen; port < listen + sinks; port += 1) {
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = []
    asked.on('data', (chunk: Buffer) => chunks.push(chunk))
    asked.on('end', () => {
      note(Buffer.concat(chunks).toString('latin1'))
      answer.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  process.stdout.write(`sink ${port - listen}: http://127.0.0.1:${port}/\n`)
}

/** A signed token hides the id in base 64. */
function note(text: string): void {
  const parts = [text, ...text.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))]
  const id = /msg-[0-9a-f]{32}/.exec(parts.join(' '))?.[0]
  if (id === undefined) unknown += 1
  else if (arrived.has(id)) repeats += 1
  else arrived.set(id, performance.now())
}

await wait(ready * 1000)
const agent = new Agent({ connections: 16 })
const everyMs = 100
const each = Math.max(1, Math.round((rate * everyMs) / 1000))
const sent: Promise<void>[] = []
const began = performance.now()
for (let turn = 0; turn < (seconds * 1000) / everyMs; turn += 1) {
  await wait(Math.max(0, began + turn * everyMs - performance.now()))
  for (let one = 0; one < each; one += 1) sent.push(send(sent.length % Math.max(1, sinks)))
}
await Promise.all(sent)
const until = performance.now() + 10_000
while (arrived.size < accepted.size && performance.now() < until) await wait(50)

async function send(sink: number): Promise<void> {
  const id = `msg-${randomUUID().replaceAll('-', '')}`
  const filled = (text: string) => text.replaceAll('{id}', id).replaceAll('{n}', String(sink))
  try {
    const answer = await request(filled(api ?? ''), {
      method: 'POST',
      headers,
      body: filled(body ?? ''),
      dispatcher: agent,
    })
    await answer.body.dump()
    const status = String(answer.statusCode)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (answer.statusCode < 300) accepted.set(id, performance.now())
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? 'error')
    statuses.set(code, (statuses.get(code) ?? 0) + 1)
  }
}

const took = [...accepted].flatMap(([id, at]) => {
  const there = arrived.get(id)
  return there === undefined ? [] : [Math.max(0, there - at)]
})
took.sort((one, other) => one - other)
const at = (part: number) => (took[Math.min(took.length - 1, Math.floor(part * took.length))] ?? Number.NaN).toFixed(1)
process.stdout.write(`${machine(null)}
API: ${[...statuses].map(([status, count]) => `${count} times ${status}`).join(', ')}
arrived: ${took.length} of ${accepted.size} accepted, ${repeats} repeated, ${unknown} without an id
from the answer of the API to the arrival: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms
`)
process.exit(took.length === accepted.size ? 0 : 1)
