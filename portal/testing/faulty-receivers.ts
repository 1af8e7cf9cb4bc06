/** What can be wrong with a receiver, and what the card of its rehearsal has to say then. */
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { generateKey } from '@noticeline/sdk/protocol'
import { createTestAuthority } from './certificates.ts'
import { createLoopbackServers } from './loopback-servers.ts'
import type { Faults } from './rehearsed-receiver.ts'

export const servers = createLoopbackServers()
export const authority = createTestAuthority()

export interface Case {
  /** What is wrong, in a few words. */
  fault: string
  faults?: Faults
  /** The address of a server of its own instead of the receiver. */
  at?: () => Promise<string>
  /** Which step of the card tells, and as what: `receipt failed`. */
  step: string
  /** How its sentence begins. */
  says: RegExp
  /** False: no such key is registered. */
  sealed?: false
  signs?: false
}

/** What a server answers to everything, whatever it is sent. */
const answers: [fault: string, status: number, says: RegExp, body?: string, headers?: Record<string, string>][] = [
  ['answers 200', 200, /^You answered 200, we need 202/],
  ['answers 204', 204, /^You answered 204, we need 202/],
  ['login page', 200, /^You answered 200 with a web page/, '<!doctype html><form>', { 'content-type': 'text/html' }],
  ['202 with a body', 202, /^You answered 202 with a body/, '{"ok":true}'],
  ['202 with a huge body', 202, /^You answered with more than 16 KiB/, 'x'.repeat(100_000)],
  [
    'redirect',
    301,
    /^You answered 301, a redirect, and we follow none/,
    '',
    { location: 'https://elsewhere.example/' },
  ],
  ['401', 401, /^You answered 401\. We send no credentials/],
  ['firewall: 403', 403, /^You answered 403 to both body forms/],
  ['wrong path: 404', 404, /^You answered 404: nothing listens at this path/],
  ['405', 405, /^You answered 405: this path takes no POST/],
  ['410', 410, /^You answered 410, which says that this endpoint is retired/],
  ['413', 413, /^You answered 413\. Allow bodies of up to 256 KiB/],
  ['415 to both forms', 415, /^You answered 415: your firewall refuses our media type, in both/],
  ['406 to both forms', 406, /^You answered 406: your firewall refuses our media type, in both/],
  ['418', 418, /^You answered 418\. A receipt is 202/],
  ['429 with Retry-After', 429, /^You answered 429 and asked us to wait 120 s/, '', { 'retry-after': '120' }],
  ['429 without Retry-After', 429, /^You answered 429 without Retry-After/],
  ['500', 500, /^You answered 500: your receiver broke/],
  ['400 without err', 400, /^You answered 400 without an err/, 'no'],
  ['wants a bearer token', 400, /^You answered 400 authentication_failed/, '{"err":"authentication_failed"}'],
  ['expects another issuer', 400, /^You answered 400 invalid_issuer/, '{"err":"invalid_issuer"}'],
  ['expects another audience', 400, /^You answered 400 invalid_audience/, '{"err":"invalid_audience"}'],
  ['cannot unseal', 400, /^You answered 400 invalid_key: .*could not unseal/, '{"err":"invalid_key"}'],
]

/** What no receiver is behind at all. */
const elsewhere: [fault: string, at: () => Promise<string>, says: RegExp][] = [
  ['certificate for another name', tls(['elsewhere.example']), /^Your certificate is for another name/],
  [
    'expired certificate',
    tls(['receiver.example'], { until: new Date('2021-01-01') }),
    /^Your certificate is out of date/,
  ],
  ['self-signed certificate', tls(['receiver.example'], { bySelf: true }), /^Your certificate is signed by itself/],
  [
    'certificate without its chain',
    tls(['receiver.example'], {}, 'unknown'),
    /^Your certificate comes from an authority/,
  ],
  ['no TLS on this port', noTls, /^The TLS connection failed/],
  ['name that does not exist', async () => 'https://nowhere.example/', /^The name could not be resolved/],
  ['name that leads inside', async () => 'https://inside.example/', /^The name leads to a private, local or reserved/],
  ['nothing listens', async () => `http://127.0.0.1:${await servers.deadPort()}/`, /^The connection was refused/],
  ['never answers', () => servers.answering(() => {}), /^No whole answer came within 10 s/],
  ['answers a byte at a time', () => servers.answering(drip), /^No whole answer came within 10 s/],
  ['hangs up', () => servers.answering((socket) => void socket.destroy()), /^You closed the connection/],
  ['is no web server', () => servers.answering('SSH-2.0-OpenSSH_9.2\r\n'), /^What you answered is not HTTP/],
]

/** A receiver that works, but for one thing. */
const receivers: [fault: string, faults: Faults, step: string, says: RegExp, more?: Partial<Case>][] = [
  [
    'body parser broke the body',
    { parse: (body) => JSON.stringify({ [body]: '' }) },
    'verification failed',
    /body parser/,
  ],
  ['firewall refuses one media type', onlyJson(), 'verification advice', /^Your firewall refuses our media type/],
  ['accepts a forged token', { verifies: false }, 'forged failed', /^You accepted a forged notice/],
  [
    'refuses a forged token, and handles it',
    handlesForged(),
    'forged failed',
    /^You sent a receipt for a forged notice/,
  ],
  [
    'accepts what is for others',
    { checksAudience: false },
    'stranger failed',
    /^You accepted a notice for somebody else/,
  ],
  ['accepts what is not sealed', { takesPlain: true }, 'plain failed', /^You accepted an unsealed token/],
  ['no sealing key', {}, 'plain advice', /^No sealing key is registered/, { sealed: false }],
  ['breaks over a forged token', refusing(500), 'forged advice', /^You answered 500: it was not accepted, but/],
  ['refuses a forged token with 401', refusing(401), 'forged advice', /^You answered 401\. It was not accepted/],
  ['refuses without err', refusing(400), 'forged advice', /^You refused with 400, but without an err/],
  ['takes in only the verification event', afterwards(500), 'notice failed', /^You answered 500: your receiver broke/],
  ['breaks when a token comes twice', afterwards(409, 2), 'again failed', /^You answered 409\. A receipt is 202/],
  ['receipt missing', { receipt: false }, 'receipt failed', /no signed receipt came within 15 s/],
  ['receipt with another digest', digest('A'.repeat(43)), 'receipt failed', /^Your receipt names another digest/],
  [
    'receipt by an unknown key',
    await unknownKey(),
    'receipt failed',
    /^A receipt came that is signed by a key we do not/,
  ],
  ['no signing key', {}, 'receipt failed', /^A receipt came that is signed by a key we do not/, { signs: false }],
  [
    'no signing key, and silent',
    { receipt: false },
    'receipt advice',
    /^No signing key is registered/,
    { signs: false },
  ],
  [
    'receipt for others',
    { statesTo: 'https://elsewhere.example' },
    'receipt failed',
    /^A receipt came whose aud is not/,
  ],
  ['receipt not as documented', { receipt: half }, 'receipt failed', /^A receipt came that is not as documented/],
  [
    'handles a repeated token twice',
    { forgets: true },
    'receipt failed',
    /^The same token came twice, and you sent two/,
  ],
  ['clock 94 s behind', { clock: -94 }, 'clock failed', /^Your clock is 94 s behind/],
  ['clock 300 s ahead', { clock: 300 }, 'clock failed', /^Your clock is 300 s ahead/],
  ['clock 30 s ahead, in the receipt alone', { clock: 30, date: false }, 'clock advice', /^Your clock is 30 s ahead/],
  ['clock that nobody sees', { date: false, receipt: false }, 'clock advice', /^Your clock could not be seen/],
  ['report missing', { report: false }, 'report failed', /^No report came within 30 s/],
  ['report about another item', { report: another }, 'report failed', /^A report came that does not fit the notice/],
  ['report without results', { report: empty }, 'report failed', /^A report came that does not fit the notice/],
  ['report by an unknown key', await unknownKey(), 'report failed', /^A report came that is signed by a key we do not/],
  ['breaks over the withdrawal', afterwards(500, 3), 'withdrawal failed', /^You answered 500: your receiver broke/],
]

export const cases: readonly Case[] = [
  ...answers.map(([fault, status, says, body = '', headers = {}]): Case => {
    const first: Faults['first'] = (_request, answer) => Boolean(answer.writeHead(status, headers).end(body))
    return { fault, faults: { first }, step: 'verification failed', says }
  }),
  ...elsewhere.map(([fault, at, says]): Case => ({ fault, at, step: 'verification failed', says })),
  ...receivers.map(([fault, faults, step, says, more]): Case => ({ fault, faults, step, says, ...more })),
]

function tls(names: string[], options: Parameters<typeof authority.issue>[1] = {}, by?: 'unknown') {
  return async () => {
    const { cert, key } = (by ? createTestAuthority('Somebody else') : authority).issue(names, options)
    const server = createTlsServer({ cert, key }, (_request, answer) => void answer.writeHead(202).end())
    server.on('tlsClientError', () => {})
    return `https://receiver.example:${await servers.listen(server)}/hook`
  }
}

async function noTls() {
  const server = createTcpServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  return `https://receiver.example:${await servers.listen(server)}/`
}

function drip(socket: { write(bytes: string): unknown; destroyed: boolean }) {
  const bytes = 'HTTP/1.1 202 Accepted\r\nServer: slow and steady\r\n\r\n'
  let at = 0
  const timer = setInterval(() => {
    if (socket.destroyed || at >= bytes.length) clearInterval(timer)
    else socket.write(bytes[at++] ?? '')
  }, 50)
}

function onlyJson(): Faults {
  return {
    first: (request, answer) =>
      request.headers['content-type'] !== 'application/json' && Boolean(answer.writeHead(415).end()),
  }
}

/** So much of what is stored is answered as it should be, the rest with this status. */
function afterwards(status: number, well = 1): Faults {
  let asked = 0
  return {
    stored: (answer) => {
      asked += 1
      answer.writeHead(asked <= well ? 202 : status).end()
    },
  }
}

function refusing(status: number): Faults {
  return { refused: (answer) => void answer.writeHead(status).end() }
}

/** It answers 400 as it should, and hands the token on all the same. */
function handlesForged(): Faults {
  let stored = 0
  return {
    verifies: false,
    stored: (answer) => {
      stored += 1
      if (stored === 2) answer.writeHead(400).end('{"err":"invalid_key"}')
      else answer.writeHead(202).end()
    },
  }
}

function digest(set_sha256: string): Faults {
  return { receipt: (body) => ({ ...body, set_sha256 }) }
}

async function unknownKey(): Promise<Faults> {
  return { signsWith: await generateKey('sig') }
}

function half({ ref, notice, v }: Record<string, unknown>) {
  return { ref, notice, v }
}

function another(body: Record<string, unknown>) {
  const [first] = body['results'] as object[]
  return { ...body, results: [{ ...first, item: 'itm_00000000000000000000000000' }] }
}

function empty({ results: _, ...body }: Record<string, unknown>) {
  return body
}
