/** X.509 certificates made on the spot, so that no private key lies in the repository. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { isIPv4 } from 'node:net'

export interface TestCertificate {
  cert: string
  key: string
  /** SHA-256 of the certificate, hex. */
  fingerprint: string
}

export interface TestAuthority {
  ca: string
  /** Names and IPv4 addresses the certificate is for. */
  issue(names: readonly string[], options?: { from?: Date; until?: Date; bySelf?: boolean }): TestCertificate
}

const longAgo = new Date('2020-01-01T00:00:00Z')
const farAhead = new Date('2049-12-31T00:00:00Z')

export function createTestAuthority(name = 'Test authority'): TestAuthority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const isAuthority = extension('2.5.29.19', der(0x30, der(0x01, Buffer.from([0xff]))), true)
  const authority = certify({
    subject: name,
    publicKey: own.publicKey,
    issuer: name,
    signer: own.privateKey,
    from: longAgo,
    until: farAhead,
    extensions: [isAuthority],
  })
  return {
    ca: pem(authority),
    issue(names, { from = longAgo, until = farAhead, bySelf = false } = {}) {
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const alternatives = names.map((entry) =>
        isIPv4(entry) ? der(0x87, Buffer.from(entry.split('.').map(Number))) : der(0x82, Buffer.from(entry)),
      )
      const bytes = certify({
        subject: 'Test server',
        publicKey: keys.publicKey,
        issuer: bySelf ? 'Test server' : name,
        signer: bySelf ? keys.privateKey : own.privateKey,
        from,
        until,
        extensions: [extension('2.5.29.17', der(0x30, ...alternatives), false)],
      })
      return {
        cert: pem(bytes),
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        fingerprint: new X509Certificate(bytes).fingerprint256.replaceAll(':', '').toLowerCase(),
      }
    },
  }
}

function certify(about: {
  subject: string
  publicKey: KeyObject
  issuer: string
  signer: KeyObject
  from: Date
  until: Date
  extensions: Buffer[]
}): Buffer {
  const ecdsaWithSha256 = der(0x30, oid('1.2.840.10045.4.3.2'))
  const content = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    commonName(about.issuer),
    der(0x30, time(about.from), time(about.until)),
    commonName(about.subject),
    about.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...about.extensions)),
  )
  const signature = sign('sha256', content, about.signer)
  return der(0x30, content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature))
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  return der(0x30, oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))
}

function commonName(text: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid('2.5.4.3'), der(0x0c, Buffer.from(text)))))
}

function time(at: Date): Buffer {
  return der(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`))
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const groups = [part & 0x7f]
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return der(0x06, Buffer.from(bytes))
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
