/** The demo: seeds the cast, serves its files, runs Tern Hosting beside the portal, and shows the loop once. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import type { Ground } from '../ground/ground.ts'
import { layOutFiles, serveFiles } from './files.ts'
import { seedGullwing } from './gullwing.ts'
import { type Seeded, seedCast, signInLinks, tokenOf } from './seed.ts'
import { tellLoop } from './tell-loop.ts'
import { startTern, type Tern } from './tern.ts'

export interface RunningDemo {
  stop(): Promise<void>
}

export interface Demo {
  base_url: string
  mail_url: string
  people: { name: string; email: string; organisation: string; role: string; sign_in_url: string }[]
  tokens: { notifier: string; operator: string }
  example_provider: { organisation: string; token: string; url: string; files: string[] }
  open_provider: { organisation: string; token: string; url: string; files: string[] }
}

/** Where the cast's files are served; everything is on this machine. */
const hosts = { tern: '127.0.10.1', mudlark: '127.0.20.1', gullwing: '127.0.30.1', teal: '127.0.60.1' }

export async function runDemo(ground: Ground, print: (line: string) => void): Promise<RunningDemo> {
  const { origin, port, dataDir } = ground.config
  const files = join(dataDir, 'files')
  await mkdir(files, { recursive: true })
  const previous = await takeAway(dataDir)
  const seeded = await seedCast(ground)
  const tokens = {
    notifier: await tokenOf(ground, seeded.baken, 'demo', previous?.tokens.notifier),
    operator: await tokenOf(ground, seeded.desk, 'demo', previous?.tokens.operator),
    tern: await tokenOf(ground, seeded.tern, 'demo', previous?.example_provider.token),
    mudlark: await tokenOf(ground, seeded.mudlark, 'demo', previous?.open_provider.token),
  }

  const ternFiles = await layOutFiles(join(files, 'tern'), ['cust42', 'cust77'], 8)
  const tern = await startTern({
    portal: origin,
    token: tokens.tern,
    host: hosts.tern,
    port: port + 1,
    served: join(files, 'tern'),
    kept: join(dataDir, 'tern'),
  })
  const servers = await Promise.all(
    (['mudlark', 'gullwing', 'teal'] as const).map(async (name) => {
      const folder = join(files, name)
      const names = await layOutFiles(folder, name === 'teal' ? ['blog'] : ['shop', 'forum'], 6)
      const server = await serveFiles(folder, hosts[name], port + 2)
      return { name, server, urls: names.map((file) => `http://${hosts[name]}:${port + 2}/${file}`) }
    }),
  )
  const urlsOf = (name: 'mudlark' | 'gullwing' | 'teal') => servers.find((one) => one.name === name)?.urls ?? []
  const ternUrls = ternFiles.map((file) => `http://${hosts.tern}:${port + 1}/${file}`)

  await seedGullwing(ground, seeded.gullwing, hosts.gullwing, port + 3)
  await firstLoop(ground, seeded, tokens.notifier, ternUrls, print)
  await seedOthers(ground, seeded, tokens.notifier, urlsOf('gullwing'), urlsOf('teal'), port)

  const demo: Demo = {
    base_url: origin,
    mail_url: `${origin}/mailbox`,
    people: await signInLinks(ground),
    tokens: { notifier: tokens.notifier, operator: tokens.operator },
    example_provider: {
      organisation: 'Tern Hosting',
      token: tokens.tern,
      url: tern.url,
      files: await stillServed(ternUrls),
    },
    open_provider: {
      organisation: 'Mudlark Servers',
      token: tokens.mudlark,
      url: `http://${hosts.mudlark}:${port + 2}/`,
      files: urlsOf('mudlark'),
    },
  }
  await writeWhole(join(dataDir, 'demo.json'), demo)
  await rm(join(dataDir, 'demo.previous.json'), { force: true })
  sayWhere(ground, demo, print)
  return {
    stop: () =>
      stopAll(
        tern,
        servers.map(({ server }) => server),
      ),
  }
}

async function stopAll(tern: Tern, servers: Server[]): Promise<void> {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  await tern.stop()
}

/** The first notice of all, through the API like any other. On a later start its headline is all there is to say. */
async function firstLoop(ground: Ground, seeded: Seeded, token: string, urls: string[], print: (line: string) => void) {
  const known = seeded.noticeCalled('DEMO-1')
  if (known) return
  const url = urls[0]
  if (url === undefined) return
  print('')
  print('The loop, once, as it happens:')
  const noticeId = await submit(ground, token, { reference: 'DEMO-1', url })
  await tellLoop(ground, noticeId, print)
}

/** One notice each for those of the cast whom a push does not reach, and one for nobody we know. */
async function seedOthers(
  ground: Ground,
  seeded: Seeded,
  token: string,
  gullwing: string[],
  teal: string[],
  port: number,
): Promise<void> {
  const others = [
    { reference: 'DEMO-2', url: gullwing[0] },
    { reference: 'DEMO-3', url: teal[0] },
    { reference: 'DEMO-4', url: `http://127.0.99.1:${port + 2}/g/unknown.jpg` },
  ]
  for (const { reference, url } of others)
    if (url !== undefined && !seeded.noticeCalled(reference)) await submit(ground, token, { reference, url })
}

async function submit(ground: Ground, token: string, notice: { reference: string; url: string }): Promise<string> {
  const answer = await fetch(`${ground.config.origin}/v1/notices`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': `demo-${notice.reference}`,
    },
    body: JSON.stringify({
      regime: 'ntd_code',
      category: 'csam',
      legal_class: 'baseline',
      reference: notice.reference,
      assessed_at: ground.clock.now().toISOString(),
      grounds: { reasons: 'Assessed by two analysts.', legal_basis: ['Article 252 Sr'], good_faith: true },
      items: [{ url: notice.url, scope: 'file', seen_at: ground.clock.now().toISOString() }],
    }),
  })
  const text = await answer.text()
  if (answer.status !== 201 && answer.status !== 202)
    throw new Error(`The demo's notice was refused with ${answer.status}`)
  return JSON.parse(text).id
}

async function stillServed(urls: string[]): Promise<string[]> {
  const looked = await Promise.all(
    urls.map(async (url) => ((await fetch(url, { method: 'HEAD' })).status === 200 ? [url] : [])),
  )
  return looked.flat()
}

/** The file of an earlier start must not be read while this one is not ready; its tokens stay good. */
async function takeAway(dataDir: string): Promise<Demo | null> {
  const path = join(dataDir, 'demo.json')
  const kept = join(dataDir, 'demo.previous.json')
  await rename(path, kept).catch(() => undefined)
  const text = await readFile(kept, 'utf8').catch(() => null)
  try {
    return text === null ? null : (JSON.parse(text) as Demo)
  } catch {
    return null
  }
}

async function writeWhole(path: string, demo: Demo): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  const file = await open(draft, 'wx', 0o600)
  await file.writeFile(`${JSON.stringify(demo, null, 2)}\n`)
  await file.sync()
  await file.close()
  await rename(draft, path)
}

function sayWhere(ground: Ground, demo: Demo, print: (line: string) => void): void {
  print('')
  print(`Portal    ${demo.base_url}`)
  print(`API       ${demo.base_url}/docs`)
  print(`Mailbox   ${demo.mail_url}`)
  print(`All of it ${join(ground.config.dataDir, 'demo.json')}`)
  print('')
  print(
    'Sign in (each link works once, and stands for the second factor; more links come by mail from the sign-in page):',
  )
  for (const person of demo.people) {
    print(`  ${`${person.name}, ${person.organisation}`.padEnd(34)} ${person.sign_in_url}`)
  }
  print('')
}
