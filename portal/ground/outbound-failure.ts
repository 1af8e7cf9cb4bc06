import type { OutboundAnswer } from './ground.ts'

type Failed = Extract<OutboundAnswer, { result: 'failed' }>
export type FailureCode = Failed['code']
type Certificate = NonNullable<Failed['certificate']>

/** Why a call came to nothing. What it says never holds a host or an address; those stand in `address` alone. */
export class OutboundFailure extends Error {
  override readonly name = 'OutboundFailure'
  readonly code: FailureCode
  readonly address: string | null
  readonly certificate: Certificate | undefined
  constructor(code: FailureCode, detail: string, address: string | null = null, certificate?: Certificate) {
    super(detail)
    this.code = code
    this.address = address
    this.certificate = certificate
  }
}

const byCode: Readonly<Record<string, readonly [FailureCode, string, Certificate?]>> = {
  ECONNREFUSED: ['refused', 'Nothing listens there: the connection was refused.'],
  EHOSTUNREACH: ['unreachable', 'There is no way to that host.'],
  ENETUNREACH: ['unreachable', 'There is no way to that network.'],
  EADDRNOTAVAIL: ['unreachable', 'There is no way to that network from here.'],
  EACCES: ['unreachable', 'This machine does not let the connection out.'],
  EPERM: ['unreachable', 'This machine does not let the connection out.'],
  ETIMEDOUT: ['timeout', 'The connection broke off without an answer.'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'The request was sent, but no answer began in the time allowed.'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'The answer stopped half way.'],
  ECONNRESET: ['reset', 'The connection was closed before an answer came.'],
  EPIPE: ['reset', 'The connection was closed while the request was sent.'],
  ECONNABORTED: ['reset', 'The connection was closed before an answer came.'],
  UND_ERR_SOCKET: ['reset', 'The connection was closed before an answer came.'],
  UND_ERR_HEADERS_OVERFLOW: ['too_large', 'The header of the answer is larger than 16 KiB.'],
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['too_large', 'The answer is too large.'],
  CERT_HAS_EXPIRED: ['tls', 'The certificate has expired.', 'expired'],
  CERT_NOT_YET_VALID: ['tls', 'The certificate is not valid yet.', 'expired'],
  CERT_REVOKED: ['tls', 'The certificate was revoked.'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'The certificate is for another name.', 'other_name'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'tls',
    'The certificate is signed by itself, not by an authority known here.',
    'self_signed',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', 'The certificate is signed by an authority not known here.', 'unknown_authority'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'tls',
    'The certificate is signed by an authority not known here, or came without the chain that leads to one.',
    'unknown_authority',
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    'tls',
    'The certificate is signed by an authority not known here, or came without the chain that leads to one.',
    'unknown_authority',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'tls',
    'The certificate is signed by an authority not known here, or came without the chain that leads to one.',
    'unknown_authority',
  ],
}

/** Turns whatever was thrown into a failure; `during` decides what a bare reset means. */
export function failureOf(error: unknown, during: 'tcp' | 'tls' | 'http', address: string | null): OutboundFailure {
  if (error instanceof OutboundFailure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = byCode[code]
  if (during === 'tls' && known?.[0] !== 'tls')
    return new OutboundFailure('tls', 'The other side does not speak TLS 1.2 or newer here, or broke off.', address)
  if (known) return new OutboundFailure(known[0], known[1], address, known[2])
  if (during === 'tcp') return new OutboundFailure('unreachable', 'The connection could not be made.', address)
  return new OutboundFailure('protocol', 'What came back is not HTTP as it should be.', address)
}
