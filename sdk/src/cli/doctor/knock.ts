import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'

/** How the own address is reached: as DNS says, or straight at a machine before DNS knows it. */
export interface Way {
  readonly url: URL
  readonly at?: { readonly host: string; readonly port: number } | undefined
  /** A certificate authority of one's own, PEM. */
  readonly ca?: string | undefined
}

export interface Knocked {
  readonly code: number
  readonly text: string
}

const patience = 15_000
const mostRead = 65_536

/** One POST to the own address, with no redirect followed and whatever certificate taken: that is another check. */
export function knock({ url, at, ca }: Way, mediaType: string, body: string): Promise<Knocked> {
  const options: RequestOptions & { rejectUnauthorized?: boolean; servername?: string; ca?: string } = {
    method: 'POST',
    host: at?.host ?? url.hostname.replace(/^\[|\]$/g, ''),
    port: at?.port ?? portOf(url),
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      accept: 'application/json',
      'content-type': mediaType,
      'content-length': Buffer.byteLength(body),
    },
    agent: false,
    signal: AbortSignal.timeout(patience),
    ...(url.protocol === 'https:'
      ? { rejectUnauthorized: false, servername: nameFor(url), ...(ca ? { ca } : {}) }
      : {}),
  }
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? tlsRequest : plainRequest)(options, (response) => {
      readSome(response).then((text) => resolve({ code: response.statusCode ?? 0, text }), reject)
    })
    request.once('error', reject)
    request.end(body)
  })
}

async function readSome(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) {
    text += String(chunk)
    if (text.length > mostRead) break
  }
  response.destroy()
  return text
}

export interface Handshake {
  /** Null where the certificate is taken by this machine's authorities, or the one given. */
  readonly error: string | null
  readonly protocol: string | null
  readonly until: Date | null
}

/** How a stranger's TLS client finds the own address. */
export function shakeHands({ url, at, ca }: Way): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      host: at?.host ?? url.hostname,
      port: at?.port ?? portOf(url),
      servername: nameFor(url),
      rejectUnauthorized: false,
      timeout: patience,
      ...(ca === undefined ? {} : { ca }),
    })
    socket.once('secureConnect', () => {
      const { valid_to: until } = socket.getPeerCertificate() as Partial<PeerCertificate>
      const error = socket.authorized
        ? null
        : String((socket.authorizationError as { code?: string })?.code ?? socket.authorizationError)
      resolve({ error, protocol: socket.getProtocol(), until: until === undefined ? null : new Date(until) })
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
    socket.once('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
  })
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
}

/** An address is no server name (RFC 6066, 3). */
function nameFor(url: URL): string {
  return /^[\d.]+$|^\[/.test(url.hostname) ? '' : url.hostname
}
