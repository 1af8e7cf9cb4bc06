import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { type AddressRange, addressMayBeCalled, isAllowed, readAddress } from './addresses.ts'
import type { AddressRefusal, Lookups } from './ground.ts'
import { failureOf, OutboundFailure } from './outbound-failure.ts'

export interface Guard {
  /** Ranges that may be called although they are not public, with plain http as well. */
  allowed: readonly AddressRange[]
  resolve: Lookups['resolve']
  /** Certificate authorities instead of the system's, in PEM; for tests. */
  ca?: string | undefined
  connectMs: number
}

export interface OpenedLine {
  socket: Socket
  /** What the socket is really connected to. */
  address: string
  peer: string | null
}

// The ports browsers refuse (WHATWG Fetch, "port blocking"), and databases: what listens there does not speak HTTP, and
// can be made to take a request for a command.
const otherServices = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 2375, 3306, 3389,
  3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9200, 10080, 11211,
  27017,
])

/** Reads a URL that somebody wants called. What a name resolves to is checked when the connection is made. */
export function readTarget(
  text: string,
  guard: Pick<Guard, 'allowed'>,
  plain: 'plain-too' | 'tls-only',
): URL | AddressRefusal {
  if (!URL.canParse(text)) return { code: 'not_a_url', detail: 'This is not a URL.' }
  // The parser turns 127.1, 0x7f000001, 2130706433 and their kind into the four parts they mean.
  const url = new URL(text)
  const host = hostOf(url)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { code: 'scheme', detail: 'Only https is called. Use an address that begins with https://.' }
  if (url.username || url.password)
    return { code: 'credentials', detail: 'The URL holds a user name or password. Take them out.' }
  if (otherServices.has(Number(url.port || (url.protocol === 'http:' ? 80 : 443))))
    return { code: 'port', detail: 'This port belongs to another service. Use 443, or one that serves HTTP.' }
  const literal = isIP(host) !== 0 ? host : isLocalhost(host) ? '127.0.0.1' : null
  if (literal !== null && !addressMayBeCalled(literal, guard.allowed))
    return { code: 'private_address', detail: 'This address is not public, so it is not called.' }
  if (literal === null && guard.allowed.length === 0 && !host.includes('.'))
    return { code: 'host', detail: 'This is not a full host name. Write it with its domain.' }
  if (url.protocol === 'http:' && plain === 'tls-only') {
    if (literal !== null ? !isAllowed(literal, guard.allowed) : guard.allowed.length === 0)
      return { code: 'scheme', detail: 'Only https is called. Use an address that begins with https://.' }
  }
  return url
}

/**
 * Opens a connection to an address that was looked at: every address the name resolves to may be called, the connection
 * goes to one of exactly these, and the socket is asked where it ended up. A name that resolves differently a moment later
 * changes nothing.
 */
export async function openLine(
  url: URL,
  guard: Guard,
  plain: 'plain-too' | 'tls-only',
  signal?: AbortSignal,
): Promise<OpenedLine> {
  const host = hostOf(url)
  const addresses = await addressesOf(host, guard)
  if (!addresses.every((address) => addressMayBeCalled(address, guard.allowed)))
    throw new OutboundFailure(
      'address_refused',
      'The name leads to an address that is not public, so it is not called.',
    )
  if (
    url.protocol === 'http:' &&
    plain === 'tls-only' &&
    !addresses.every((address) => isAllowed(address, guard.allowed))
  )
    throw new OutboundFailure('address_refused', 'Only https is called outside the ranges that configuration opens.')

  const limit = AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(guard.connectMs)])
  const port = Number(url.port || (url.protocol === 'http:' ? 80 : 443))
  let failure = new OutboundFailure('dns', 'The name has no address.')
  for (const [index, address] of addresses.slice(0, 4).entries()) {
    // One dead address of several must not use up the time of the others.
    const turn = AbortSignal.any([
      limit,
      AbortSignal.timeout(guard.connectMs / (addresses.slice(index, 4).length || 1)),
    ])
    try {
      const socket = await tcp(address, port, turn)
      if (!stillAt(socket, address, guard)) {
        socket.destroy()
        throw new OutboundFailure(
          'address_refused',
          'The connection ended up at another address than the one that was checked.',
        )
      }
      if (url.protocol === 'http:') return { socket, address, peer: null }
      const secured = await tls(socket, host, address, guard.ca, limit)
      return { socket: secured, address, peer: fingerprintOf(secured) }
    } catch (error) {
      failure = failureOf(error, 'tcp', address)
      if (failure.code !== 'refused' && failure.code !== 'unreachable' && failure.code !== 'timeout') break
    }
    if (limit.aborted) break
  }
  throw failure
}

async function addressesOf(host: string, guard: Guard): Promise<string[]> {
  const found = await guard.resolve(host, guard.connectMs)
  if (found.result === 'failed')
    throw new OutboundFailure('dns', 'The name servers gave no answer in time, or an error.')
  if (found.result === 'none') throw new OutboundFailure('dns', 'The name does not exist, or has no address.')
  const addresses = found.addresses.map((address) => readAddress(address))
  if (addresses.includes(null))
    throw new OutboundFailure('address_refused', 'The name leads to something that is not an address.')
  return addresses.filter((address) => address !== null)
}

function tcp(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: address, port, noDelay: true })
    const stop = () =>
      give(new OutboundFailure('timeout', 'The connection was not accepted in the time allowed.', address))
    const give = (error: unknown) => {
      signal.removeEventListener('abort', stop)
      if (error) socket.destroy()
      if (error) reject(failureOf(error, 'tcp', address))
      else resolve(socket)
    }
    // Stays on for the socket's whole life: an error that nobody listens to would end the process.
    socket.on('error', give)
    socket.once('connect', () => give(null))
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
}

function tls(
  socket: Socket,
  host: string,
  address: string,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca ? { ca } : {}),
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      // Said aloud, so that no variable of the environment switches it off.
      rejectUnauthorized: true,
    })
    const stop = () =>
      give(new OutboundFailure('timeout', 'The TLS handshake was not done in the time allowed.', address))
    const give = (error: unknown) => {
      signal.removeEventListener('abort', stop)
      if (error) secured.destroy()
      if (error) reject(failureOf(error, 'tls', address))
      else resolve(secured)
    }
    secured.on('error', give)
    secured.once('secureConnect', () => give(null))
    secured.once('close', () =>
      give(new OutboundFailure('tls', 'The connection was closed during the TLS handshake.', address)),
    )
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
}

function stillAt(socket: Socket, address: string, guard: Guard): boolean {
  const reached = socket.remoteAddress ? readAddress(socket.remoteAddress) : null
  return reached === address && addressMayBeCalled(reached, guard.allowed)
}

function fingerprintOf(socket: TLSSocket): string | null {
  const certificate = socket.getPeerCertificate()
  return certificate.fingerprint256 ? certificate.fingerprint256.replaceAll(':', '').toLowerCase() : null
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost')
}
