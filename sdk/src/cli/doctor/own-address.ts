import { lookup } from 'node:dns/promises'
import { BlockList, isIPv6 } from 'node:net'
import { codeOf } from '../../inbox/file-lock.ts'
import { tokenMediaType } from '../../protocol.ts'
import { wasRead } from '../../receiver/web-adapter.ts'
import { answeredBy, objectIn } from '../push-answer.ts'
import type { Shell } from '../shell.ts'
import { type Finding, findings } from './finding.ts'
import { type Knocked, knock, shakeHands, type Way } from './knock.ts'

// Two lists: of an address of IPv4 Node asks the rules for IPv6 as well.
const [notPublic4, notPublic6] = [new BlockList(), new BlockList()]
const inside4 = [
  ...[
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
  ],
  ...[
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
  ],
  ...[
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ],
] as const
for (const [net, bits] of inside4) notPublic4.addSubnet(String(net), Number(bits), 'ipv4')
for (const [net, bits] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001:db8::', 32],
] as const) {
  notPublic6.addSubnet(net, bits, 'ipv6')
}

/** Whether a portal would connect to it. */
export function isPublic(address: string): boolean {
  return isIPv6(address) ? !notPublic6.check(address, 'ipv6') : !notPublic4.check(address, 'ipv4')
}

/** The name leads to addresses a portal may connect to. */
export async function checkDns({ url, at }: Way): Promise<Finding> {
  const say = findings('dns')
  if (isLoopback(url)) return say.skip('The address is this machine itself.', 'Give the public address with --url.')
  try {
    const addresses = (await lookup(url.hostname, { all: true })).map(({ address }) => address)
    const inside = addresses.filter((address) => !isPublic(address))
    if (inside.length === 0) return say.ok(`${addresses.length} address${addresses.length === 1 ? '' : 'es'}, public`)
    return say.fail(
      `${inside.length} of ${addresses.length} addresses are not public: the portal does not connect to them.`,
      'Give the name its public addresses in the DNS, or poll.',
    )
  } catch (error) {
    if (at !== undefined) return say.warn('The name does not resolve yet.', 'Enter it in the DNS before you connect.')
    const later = codeOf(error) === 'EAI_AGAIN'
    return say.fail(
      later ? 'The name servers do not answer.' : 'The name does not resolve.',
      later ? 'Try again; look at /etc/resolv.conf.' : 'Enter an A or AAAA record for it, or mend --url.',
    )
  }
}

const certificateWords: Record<string, readonly [string, string]> = {
  CERT_HAS_EXPIRED: ['The certificate has expired.', 'Renew it, and reload the server that terminates TLS.'],
  CERT_NOT_YET_VALID: ['The certificate is not valid yet.', 'Check the clock of this machine, or use the one before.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['The certificate is self-signed.', 'Get one from a public authority (ACME).'],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'The certificate comes from an authority nobody knows.',
    'Get one from a public authority.',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ['The certificate is for another name.', 'Get one for the name in --url.'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'The chain of the certificate is incomplete.',
    'Serve the intermediate too (fullchain.pem).',
  ],
}

/** The portal will take its certificate, and for a while. */
export async function checkTls(way: Way, now: Date): Promise<Finding> {
  const say = findings('tls')
  if (way.url.protocol === 'http:') {
    if (isLoopback(way.url)) return say.skip('Plain http on this machine.', 'In front of it, terminate TLS.')
    return say.fail('The address is plain http: the portal does not push there.', 'Give an https address.')
  }
  try {
    const { error, protocol, until } = await shakeHands(way)
    if (error !== null) {
      const [says, next] = certificateWords[error] ?? [
        `The certificate is refused (${error}).`,
        'Look at it with openssl s_client.',
      ]
      return say.fail(says, next)
    }
    const days = until === null ? null : Math.floor((until.getTime() - now.getTime()) / 86_400_000)
    if (days !== null && days < 14)
      return say.warn(`The certificate ends in ${days} days.`, 'See that it is renewed by itself.')
    return say.ok(`${protocol}, the certificate ends in ${days ?? 'unknown'} days`)
  } catch (error) {
    return say.fail(
      `There is no TLS at that address (${codeOf(error) ?? 'no handshake'}).`,
      'Check port, firewall and server.',
    )
  }
}

/** Both forms of a push reach the receiver, past firewalls and body parsers: it refuses what is no token in its own words. */
export async function checkPushes(way: Way, shell: Shell): Promise<Finding[]> {
  const sayType = findings('media type')
  const sayBody = findings('body parser')
  const next = 'Start the receiver, then run this again.'
  let token: Knocked
  let json: Knocked
  try {
    token = await knock(way, tokenMediaType, 'noticeline-doctor')
    json = await knock(way, 'application/json', '{"sets":{"noticeline-doctor":"noticeline-doctor"}}')
  } catch (error) {
    const says = `Nothing answers there (${codeOf(error) ?? 'no answer'}).`
    return [sayType.fail(says, next), sayBody.skip('Nothing answers there.', next)]
  }
  return [mediaTypes(), bodyParser()]

  function mediaTypes(): Finding {
    if (isReceiver(token) && isReceiver(json))
      return sayType.ok('application/secevent+jwt and application/json get through')
    if ([token, json].every(({ code }) => code === 503)) {
      return sayType.warn(
        'The receiver answers 503: it does not know who it is yet.',
        'Run receiver.connect, or give it audience.',
      )
    }
    if (bodyWasRead(token) || bodyWasRead(json)) return sayType.ok('something of ours answers; see the body parser')
    const firewall = [403, 406, 415].includes(token.code)
    if (firewall && isReceiver(json)) {
      return sayType.warn(
        `A firewall refuses application/secevent+jwt (${token.code}); application/json gets through, and the portal will use that.`,
        'Allow the media type (OWASP core rule set: tx.allowed_request_content_type), or leave it.',
      )
    }
    if (firewall) {
      return sayType.fail(
        `A firewall refuses both media types (${token.code}, ${json.code}).`,
        'Allow POST with them on this path.',
      )
    }
    const { hint } = answeredBy({ status: token.code }, token.text, shell)
    if (token.code === 401)
      return sayType.fail('Something before the receiver asks for a password (401).', 'Leave this path out of it.')
    return sayType.fail(
      `${token.code} is not how a receiver answers what is no token.`,
      hint ?? 'See what answers at that path.',
    )
  }

  function bodyParser(): Finding {
    const parsed = [token, json].filter(bodyWasRead).length
    if (parsed > 0) {
      const which = parsed === 2 ? 'every body' : bodyWasRead(json) ? 'JSON bodies' : 'bodies'
      return sayBody.fail(
        `Other middleware reads ${which} before the receiver.`,
        'Mount the receiver before express.json() and the like.',
      )
    }
    if (isReceiver(token) && isReceiver(json)) return sayBody.ok('the receiver reads its own body')
    if (json.code >= 500 && json.code !== 503) {
      return sayBody.warn(
        `A JSON body is answered ${json.code}.`,
        'Look at the log of the receiver: does a parser come before it?',
      )
    }
    return sayBody.skip('Not the receiver answers.', 'See the media type.')
  }
}

/** Its own refusal, by the form of RFC 8935. */
function isReceiver({ code, text }: Knocked): boolean {
  const { err, description } = objectIn(text)
  return code === 400 && typeof err === 'string' && typeof description === 'string'
}

function bodyWasRead({ text }: Knocked): boolean {
  return text.includes(wasRead) || text.includes('body_already_read')
}

export function isLoopback(url: URL): boolean {
  return /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname)
}
