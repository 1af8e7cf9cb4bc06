/**
 * What an S3-compatible store answers to the calls that `examples/object-store-quarantine` makes, in memory: versions,
 * delete markers, object lock and legal holds, bucket policies, and who may read without a signature. A stand-in, not a
 * store: that a signature is there is checked, not that it is right.
 */
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Without bytes it is a delete marker. */
interface Version {
  readonly key: string
  readonly id: string
  readonly bytes: Buffer | null
  held: boolean
}

interface Bucket {
  readonly lock: boolean
  readonly versioned: boolean
  readonly versions: Version[]
  policy: string | null
}

interface Asked {
  readonly method: string
  readonly name: string
  readonly bucket: Bucket
  readonly key: string
  readonly query: URLSearchParams
  readonly signed: boolean
  readonly body: string
  readonly from: string | undefined
}

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

export const keeper = { id: 'AKIDKEEPER', arn: 'arn:aws:iam::123456789012:user/keeper' }

export class ObjectStore {
  readonly #buckets = new Map<string, Bucket>()
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  /** What was changed, in its order. */
  readonly effects: string[] = []
  /** Told of each change when it holds and nobody has been answered. Where it throws, nobody is. */
  struck: (effect: string) => Promise<void> | void = () => undefined
  origin = ''

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** Without a policy nobody reads it unsigned. */
  make(name: string, given: { lock?: boolean; versioned?: boolean; public?: boolean }): void {
    const allow = { Sid: 'Public', Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:GetObjectVersion'] }
    const policy = { Version: '2012-10-17', Statement: { ...allow, Resource: `arn:aws:s3:::${name}/*` } }
    const { lock = false, versioned = lock } = given
    this.#buckets.set(name, { lock, versioned, versions: [], policy: given.public ? JSON.stringify(policy) : null })
  }

  /** As a customer does. */
  put(name: string, key: string, bytes: Buffer, held = false): string {
    const bucket = this.bucket(name)
    if (!bucket.versioned) bucket.versions.splice(0, Infinity, ...bucket.versions.filter((one) => one.key !== key))
    const id = bucket.versioned ? randomUUID() : 'null'
    bucket.versions.push({ key, id, bytes, held })
    return id
  }

  bucket(name: string): Bucket {
    const found = this.#buckets.get(name)
    if (found === undefined) throw new Error(`no bucket ${name}`)
    return found
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const { pathname, searchParams: query } = new URL(request.url ?? '/', this.origin)
    const [name = '', ...rest] = decodeURIComponent(pathname.slice(1)).split('/')
    const bucket = this.#buckets.get(name)
    const from = request.headers['x-amz-copy-source']
    const { method = '' } = request
    const signed = signature.test(request.headers.authorization ?? '')
    const key = rest.join('/')
    const asked = bucket && { method, name, bucket, key, query, signed, body, from: from?.toString() }
    const answer = asked ? await this.#answer(asked).catch(() => null) : refused(404, 'NoSuchBucket')
    if (answer === null) return void response.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/xml', ...answer.headers })
    response.end(method === 'HEAD' ? undefined : answer.body)
  }

  async #answer(asked: Asked): Promise<Answer> {
    const { method, key, query, signed } = asked
    if (key !== '' && !query.has('legal-hold') && /^(GET|HEAD)$/.test(method)) return this.#read(asked)
    if (!signed) return refused(403, 'AccessDenied')
    if (key === '') return query.has('policy') ? this.#policy(asked) : about(asked)
    if (query.has('legal-hold')) return this.#hold(asked)
    return method === 'DELETE' ? this.#delete(asked) : this.#copy(asked)
  }

  #read({ bucket, name, key, query, signed }: Asked): Answer {
    const action = query.has('versionId') ? 's3:GetObjectVersion' : 's3:GetObject'
    if (!mayRead(bucket.policy, action, `arn:aws:s3:::${name}/${key}`, signed)) return refused(403, 'AccessDenied')
    const found = versionOf(bucket, key, query.get('versionId'))
    if (!found?.bytes) return refused(404, 'NoSuchKey')
    return { status: 200, headers: { 'content-length': `${found.bytes.length}` }, body: found.bytes }
  }

  async #policy({ method, bucket, name, body }: Asked): Promise<Answer> {
    if (method === 'GET') {
      return bucket.policy === null ? refused(404, 'NoSuchBucketPolicy') : { status: 200, body: bucket.policy }
    }
    bucket.policy = method === 'PUT' ? body : null
    return this.#did(`policy ${name}`)
  }

  async #hold({ method, bucket, name, key, query, body }: Asked): Promise<Answer> {
    const found = versionOf(bucket, key, query.get('versionId'))
    if (!bucket.lock || !found?.bytes) return refused(400, 'InvalidRequest')
    if (method === 'GET') {
      return found.held ? xml('LegalHold', '<Status>ON</Status>') : refused(404, 'ObjectLockConfigurationNotFoundError')
    }
    const held = body.includes('<Status>ON</Status>')
    if (found.held === held) return { status: 200 }
    found.held = held
    return this.#did(`hold ${found.held ? 'on' : 'off'} ${name}`)
  }

  async #delete({ bucket, name, key, query }: Asked): Promise<Answer> {
    const id = query.get('versionId')
    if (id === null && bucket.versioned) {
      bucket.versions.push({ key, id: randomUUID(), bytes: null, held: false })
      return this.#did(`marker ${name}`, 204)
    }
    const found = versionOf(bucket, key, id)
    if (found?.held) return refused(403, 'AccessDenied')
    if (found) bucket.versions.splice(bucket.versions.indexOf(found), 1)
    return this.#did(`${found?.bytes === null ? 'unmark' : 'delete'} ${name}`, 204)
  }

  async #copy({ name, key, from }: Asked): Promise<Answer> {
    const source = new URL(from ?? '', 'http://store')
    const [bucket = '', ...rest] = decodeURIComponent(source.pathname.slice(1)).split('/')
    const of = rest.join('/')
    const found = versionOf(this.bucket(bucket), of, source.searchParams.get('versionId'))
    if (
      !mayRead(this.bucket(bucket).policy, 's3:GetObjectVersion', `arn:aws:s3:::${bucket}/${of}`, true) ||
      !found?.bytes
    )
      return refused(403, 'AccessDenied')
    this.put(name, key, found.bytes, true)
    await this.#did(`copy ${name}`)
    return xml('CopyObjectResult', `<ETag>${etagOf(found.bytes)}</ETag>`)
  }

  async #did(effect: string, status = 200): Promise<Answer> {
    this.effects.push(effect)
    await this.struck(effect)
    return { status }
  }
}

const signature = new RegExp(
  `^AWS4-HMAC-SHA256 Credential=${keeper.id}/\\d{8}/[\\w-]+/s3/aws4_request, .*Signature=[0-9a-f]{64}$`,
)

function about({ bucket, query }: Asked): Answer {
  if (query.has('object-lock')) {
    if (!bucket.lock) return refused(404, 'ObjectLockConfigurationNotFoundError')
    return xml('ObjectLockConfiguration', '<ObjectLockEnabled>Enabled</ObjectLockEnabled>')
  }
  const listed = bucket.versions
    .filter(({ key }) => key.startsWith(query.get('prefix') ?? ''))
    .map((one) => {
      const newest = `<IsLatest>${versionOf(bucket, one.key, null) === one}</IsLatest>`
      const rest = `<Key>${one.key}</Key><VersionId>${one.id}</VersionId>${newest}`
      return one.bytes === null
        ? `<DeleteMarker>${rest}</DeleteMarker>`
        : `<Version>${rest}<ETag>${etagOf(one.bytes)}</ETag></Version>`
    })
  return xml('ListVersionsResult', listed.reverse().join(''))
}

function versionOf({ versions }: Bucket, key: string, id: string | null): Version | undefined {
  return versions.findLast((one) => one.key === key && (id === null || one.id === id))
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: { readonly ArnNotEquals: { readonly 'aws:PrincipalArn': string } }
}

/** The keeper owns the buckets; what denies everybody denies the owner as well. */
function mayRead(policy: string | null, action: string, name: string, signed: boolean): boolean {
  const statements: Statement[] = policy === null ? [] : [JSON.parse(policy).Statement].flat()
  const applies = ({ Action, Resource, Condition }: Statement) =>
    Action.includes(action) &&
    [Resource].flat().some((pattern) => matches(String(pattern), name)) &&
    !(signed && Condition?.ArnNotEquals['aws:PrincipalArn'] === keeper.arn)
  const found = (effect: Statement['Effect']) => statements.some((one) => one.Effect === effect && applies(one))
  return !found('Deny') && (signed || found('Allow'))
}

function matches(pattern: string, name: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`).test(name)
}

function etagOf(bytes: Buffer): string {
  return `&quot;${createHash('md5').update(bytes).digest('hex')}&quot;`
}

function xml(root: string, inside: string): Answer {
  return { status: 200, body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inside}</${root}>` }
}

function refused(status: number, code: string): Answer {
  return { ...xml('Error', `<Code>${code}</Code><Message>${code}</Message>`), status }
}
