/**
 * Proofs of a name against PowerDNS, two of it that know nothing of each other, with the look-ups of a real portal: proven,
 * gone from one, gone from both, and lapsed with the clock turned. Skipped where PowerDNS is not installed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLookups } from '../ground/lookups.server.ts'
import { reactions } from '../reactions.ts'
import { claimed } from '../testing/build/claim.ts'
import { provider } from '../testing/build/provider.ts'
import { withGround } from '../testing/with-ground.ts'
import { checkProofs } from './check-proofs.ts'
import { findClaim } from './find-networks.ts'
import { checkProof } from './prove-claim.ts'

const program = '/usr/sbin/pdns_server'
const isThere = existsSync(program) && existsSync('/etc/powerdns') && hasBind()
const why = isThere ? '' : ' (skipped: pdns-server and pdns-backend-bind are not installed)'

interface NameServer {
  address: string
  /** Makes the zone anew; empty: without the record. */
  publish(record: string | null): Promise<void>
  process: ChildProcess
}

function hasBind(): boolean {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a field of dpkg's
  const listed = spawnSync('dpkg-query', ['-W', '-f', '${Status}', 'pdns-backend-bind'], { encoding: 'utf8' })
  return listed.stdout?.includes('install ok installed') ?? false
}

let folder: string
let servers: NameServer[] = []

beforeAll(async () => {
  if (why) return
  folder = mkdtempSync(join(tmpdir(), 'noticeline-dns-'))
  servers = [await startPowerDns('one'), await startPowerDns('two')]
}, 60_000)

afterAll(async () => {
  await Promise.all(servers.map(({ process }) => stopped(process)))
  if (!why) rmSync(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

async function startPowerDns(name: string): Promise<NameServer> {
  const zone = join(folder, `${name}.zone`)
  const named = join(folder, `${name}.conf`)
  const port = await freePort()
  let serial = 1
  const write = (record: string | null) => {
    serial += 1
    writeFileSync(
      zone,
      [
        '$ORIGIN tern.example.',
        '$TTL 1',
        `@ IN SOA ns.tern.example. desk.tern.example. ${serial} 60 60 60 1`,
        '@ IN NS ns.tern.example.',
        'ns IN A 192.0.2.53',
        '@ IN TXT "v=spf1 -all"',
        ...(record === null ? [] : [`_noticeline IN TXT "${record}"`]),
        '',
      ].join('\n'),
    )
  }
  write(null)
  writeFileSync(named, `zone "tern.example" { type master; file "${zone}"; };\n`)
  const started = spawn(
    program,
    [
      '--no-config',
      '--daemon=no',
      '--guardian=no',
      '--launch=bind',
      `--bind-config=${named}`,
      `--local-address=127.0.0.1`,
      `--local-port=${port}`,
      `--socket-dir=${folder}`,
      `--config-name=${name}`,
      '--cache-ttl=0',
      '--query-cache-ttl=0',
      '--negquery-cache-ttl=0',
      '--zone-cache-refresh-interval=0',
      '--bind-check-interval=1',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let printed = ''
  started.stderr?.on('data', (chunk) => (printed += chunk))
  const address = `127.0.0.1:${port}`
  const asked = createLookups({ allowedRanges: [], servers: [address, address] })
  const seen = async (record: string | null) => {
    const [first] = await asked.texts('_noticeline.tern.example', 1000)
    return record === null ? first?.result === 'none' : first?.result === 'found' && first.texts.includes(record)
  }
  await until(() => {
    if (started.exitCode !== null) throw new Error(`PowerDNS ended:\n${printed}`)
    return seen(null)
  }, 20_000)
  return {
    address,
    process: started,
    publish: async (record) => {
      write(record)
      spawnSync('pdns_control', [`--socket-dir=${folder}`, `--config-name=${name}`, 'bind-reload-now', 'tern.example'])
      await until(() => seen(record), 20_000)
    },
  }
}

function stopped(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  return gone
}

async function until(ask: () => Promise<boolean | undefined>, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`Not so within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const at = '2026-11-22T09:00:00.000Z'
const day = 86_400_000

test.skipIf(!isThere)(
  `a name is proven by two real name servers, missed when its record is gone, and lapses after 14 days${why}`,
  () =>
    withGround(at, { config: { networkWaitMs: 0 }, reactions }, async (frozen) => {
      const [one, two] = servers
      if (!one || !two) throw new Error('No name servers')
      const { texts } = createLookups({ allowedRanges: [], servers: servers.map(({ address }) => address) })
      const ground = { ...frozen, lookups: { ...frozen.lookups, texts } }
      const tern = await provider(frozen, { cidr: null })
      const { claimId, line } = await claimed(frozen, tern, { domain: 'tern.example' }, 'dns_txt')
      const look = async (days: number) => {
        frozen.clock.set(new Date(new Date(at).getTime() + days * day))
        const { check, state } = (await checkProof(ground, tern.actor, claimId)) as { check: string; state: string }
        return `${check} ${state}`
      }
      const stateOn = async (days: number) => {
        frozen.clock.set(new Date(new Date(at).getTime() + days * day))
        await checkProofs(ground)
        const found = await findClaim(ground, tern.actor, claimId)
        return found.result === 'found' ? (found.claim.endedCode ?? found.claim.state) : found.result
      }
      expect(await look(0)).toBe('missing proving')
      await one.publish(line)
      expect(await look(0.01)).toBe('disagree proving')
      await two.publish(line)
      expect(await look(0.02)).toBe('found in_force')
      expect(await stateOn(7.1)).toBe('in_force')
      await one.publish(null)
      // One that lost it is no loss yet: the other still has it.
      expect(await stateOn(14.2)).toBe('in_force')
      await two.publish(null)
      expect(await stateOn(15.3)).toBe('lapsing')
      expect(await stateOn(29.2)).toBe('lapsing')
      expect(await stateOn(30.3)).toBe('lapsed')
      const found = await findClaim(ground, tern.actor, claimId)
      const history = found.result === 'found' ? found.claim.checks.map(({ result }) => result).reverse() : []
      expect(history.slice(0, 5)).toEqual(['missing', 'disagree', 'found', 'found', 'disagree'])
      expect(history.slice(5).every((result) => result === 'missing')).toBe(true)
    }),
  60_000,
)
