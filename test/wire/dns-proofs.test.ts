/**
 * Proofs of a name against PowerDNS, two of it that know nothing of each other, and the look-ups of a running portal:
 * proven, gone from one, gone from both, and lapsed with the clock turned. Skipped where `pdns-server` is not installed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLookups } from '../../portal/ground/lookups.server.ts'
import { ended, until } from '../running/portal.ts'

const program = '/usr/sbin/pdns_server'
const why = existsSync(program) ? '' : ' (skipped: pdns-server is not installed)'

interface NameServer {
  address: string
  /** Makes the zone anew; empty: without the record. */
  publish(record: string | null): Promise<void>
  process: ChildProcess
}

let folder: string
let servers: NameServer[] = []

beforeAll(async () => {
  if (why) return
  folder = mkdtempSync(join(tmpdir(), 'noticeline-dns-'))
  servers = [await startPowerDns('one'), await startPowerDns('two')]
}, 60_000)

afterAll(async () => {
  await Promise.all(servers.map(({ process }) => ended(process)))
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
