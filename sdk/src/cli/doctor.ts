import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { Contents } from '../inbox/contents.ts'
import { thumbprint } from '../protocol.ts'
import { checkIssuer } from '../receiver/portal.ts'
import { command, type Given } from './command.ts'
import { misused } from './complaint.ts'
import { checkDisk, checkOwnKeys, checkStore } from './doctor/files.ts'
import { type Finding, findings } from './doctor/finding.ts'
import type { Way } from './doctor/knock.ts'
import { checkDns, checkPushes, checkTls } from './doctor/own-address.ts'
import { checkPortal, checkToken } from './doctor/portal.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { defaultKeys, keysOption, passphraseOf } from './own-keys.ts'
import { issuerOption } from './published-keys.ts'
import { objectIn } from './push-answer.ts'
import type { Shell } from './shell.ts'
import { defaultStore, folderOption } from './spool.ts'

const options = {
  issuer: issuerOption,
  url: {
    type: 'text',
    value: 'URL',
    env: 'NOTICELINE_URL',
    summary: 'The address the portal pushes to. Left out: as registered; a receiver that polls has none.',
  },
  connect: { type: 'text', value: 'HOST:PORT', summary: 'Reach --url there instead of where the DNS says.' },
  ca: { type: 'text', value: 'PATH', file: true, summary: 'A certificate authority to take besides none, PEM.' },
  store: { ...folderOption, default: defaultStore },
  keys: { ...keysOption, default: defaultKeys },
  token: {
    type: 'text',
    value: 'TOKEN',
    env: 'NOTICELINE_TOKEN',
    summary: 'The bearer token; better by the environment than on the line.',
  },
} as const

/** `doctor`: everything a receiver stands on, one line each. */
export const doctorCommand = command({
  name: 'doctor',
  summary: 'Check everything a receiver stands on',
  details: [
    'DNS, TLS, both media types through the firewall, body parsers, the clock, the portal and its keys, the token and what is registered, the disk, the store and your own keys. One line a check: ok, warn, fail or skip, and what to do next. Nothing is changed; a small file is written in the folder of the store and removed.',
    'Ends with 1 where a check fails.',
  ],
  options,
  examples: [
    ['noticeline doctor --issuer https://portal.example --url https://hooks.tern.example/noticeline', 'all of it'],
  ],
  run: doctor,
})

async function doctor({ options: given }: Given<typeof options>, shell: Shell): Promise<ExitCode | undefined> {
  const issuer = given.issuer === undefined ? undefined : checkIssuer(given.issuer)
  const folder = resolve(shell.cwd, given.store)
  const { finding: store, contents } = await checkStore(folder)
  const { finding: keysFound, keys } = await checkOwnKeys(resolve(shell.cwd, given.keys), passphraseOf(shell))
  const remembered = issuer === undefined ? null : endpointKept(contents, issuer)
  const url = given.url ?? remembered?.url ?? null
  const checks: Finding[] = []
  checks.push(checkNode(process.versions.node), keysFound, store, await checkDisk(folder))
  if (issuer === undefined) checks.push(findings('portal').skip('Which portal was not said.', 'Give --issuer.'))
  else {
    checks.push(...(await checkPortal(issuer, await kidsKept(contents, issuer), shell)))
    const own = { keys, pollUrl: remembered?.pollUrl ?? null, url }
    if (given.token !== undefined) checks.push(...(await checkToken(issuer, given.token, own, shell)))
    else checks.push(findings('token').skip('There is no token.', 'Set NOTICELINE_TOKEN.'))
  }
  if (url === null) checks.push(findings('dns').skip('There is no address of your own.', 'Give --url, or poll.'))
  else {
    const way = await wayTo(url, given, shell)
    checks.push(await checkDns(way), await checkTls(way, shell.now()), ...(await checkPushes(way, shell)))
  }
  const count = (level: Finding['level']) => checks.filter((one) => one.level === level).length
  const widest = Math.max(...checks.map(({ check }) => check.length))
  shell.print({
    text: [
      ...checks.map(({ check, level, says, next }) =>
        [`${level.padEnd(4)}  ${check.padEnd(widest)}  ${says}`, ...(next === undefined ? [] : [`→ ${next}`])].join(
          ' ',
        ),
      ),
      `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail, ${count('skip')} skipped`,
    ].join('\n'),
    json: { checks },
  })
  return count('fail') > 0 ? exitCodes.refused[0] : undefined
}

export function checkNode(version: string): Finding {
  const say = findings('node')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return say.ok(version)
  return say.fail(`${version} is too old.`, 'Take Node 20.19 or newer.')
}

async function wayTo(
  text: string,
  { connect, ca }: { readonly connect: string | undefined; readonly ca: string | undefined },
  shell: Shell,
): Promise<Way> {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw misused('address_wrong', '--url is no https address.', 'As in https://hooks.tern.example/noticeline.')
  }
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(connect ?? '') ?? []
  if (connect !== undefined && (host === undefined || isIP(host.replace(/^\[|\]$/g, '')) === 0)) {
    throw misused('address_wrong', '--connect is no address and port.', 'As in 192.0.2.7:443.')
  }
  return {
    url,
    at: host === undefined ? undefined : { host: host.replace(/^\[|\]$/g, ''), port: Number(port) },
    ca: ca === undefined ? undefined : await readFile(resolve(shell.cwd, ca), 'utf8'),
  }
}

/** What `connect` remembered in the store. */
function endpointKept(
  contents: Contents | null,
  issuer: string,
): { url: string | null; pollUrl: string | null } | null {
  const { for: made, connected } = objectIn(contents?.setting(`endpoint at ${issuer}`) ?? '')
  if (typeof made !== 'string') return null
  const [url] = Object.values(objectIn(made))
  const { pollUrl } = (connected ?? {}) as { pollUrl?: unknown }
  return { url: typeof url === 'string' ? url : null, pollUrl: typeof pollUrl === 'string' ? pollUrl : null }
}

/** The keys of the portal, as the receiver keeps them for the day they cannot be fetched. */
async function kidsKept(contents: Contents | null, issuer: string): Promise<string[] | null> {
  const { keys } = objectIn(contents?.setting(`keys of ${issuer}`) ?? '')
  return Array.isArray(keys) ? Promise.all(keys.map((jwk: JsonWebKey) => thumbprint(jwk).catch(() => ''))) : null
}
