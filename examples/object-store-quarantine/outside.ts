// From an address to a place in the store, and how it looks from outside.
import type { CaseRef, Sighting } from '@noticeline/sdk/removal'
import type { Place } from './store.ts'

const { AWS_ENDPOINT_URL_S3 = '', HOSTS = '', EVIDENCE = '', CDN_PURGE = '', CDN_TOKEN = '' } = process.env
const store = new URL(AWS_ENDPOINT_URL_S3)
const hosts = new Map(HOSTS.split(',').map((pair) => pair.trim().split('=', 2) as [string, string]))

/** Null: not in this store. Undefined: nothing to act on without a person. */
export function placeOf(address: string): Place | null | undefined {
  try {
    const { host, pathname, username } = new URL(address)
    const name = host.replace(/\.(?=:|$)/, '')
    const path = decodeURIComponent(pathname.slice(1))
    const bucket = hosts.get(name) ?? (name.endsWith(`.${store.host}`) ? name.slice(0, -store.host.length - 1) : null)
    if (bucket === null && name !== store.host) return null
    const [first = '', ...rest] = path.split('/')
    const place = bucket === null ? { bucket: first, key: rest.join('/') } : { bucket, key: path }
    // In a policy `*`, `?` and `${` stand for other keys than the one named.
    const clear = place.key !== '' && !/[*?]|\$\{/.test(place.key) && place.bucket !== EVIDENCE && username === ''
    return clear ? place : undefined
  } catch {
    return undefined
  }
}

/** The store's own address, whatever stands before it. */
export function ownAddress({ bucket, key }: Place): string {
  return new URL(`/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, store).href
}

/** As anybody sees it: unsigned, no content, no redirect followed. */
export async function look(address: string, { signal }: CaseRef): Promise<Sighting['result']> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(10_000)])
  const asked = fetch(address, { method: 'HEAD', redirect: 'manual', signal: within })
  const status = await asked.then((answer) => answer.status).catch(() => 0)
  if (status >= 200 && status < 300) return 'online'
  if (status >= 300 && status < 400) return 'moved'
  if (status === 401 || status === 403 || status === 451) return 'access_denied'
  return status === 404 || status === 410 ? 'gone_http' : 'inconclusive'
}

/** As Cloudflare takes it: everything that begins so, other query strings as well. */
export async function purge(prefix: string, { signal }: CaseRef): Promise<{ layer: string }[]> {
  if (CDN_PURGE === '') return []
  const headers = { authorization: `Bearer ${CDN_TOKEN}`, 'content-type': 'application/json' }
  const answer = await fetch(CDN_PURGE, {
    method: 'POST',
    headers,
    body: JSON.stringify({ prefixes: [prefix] }),
    signal,
  })
  if (!answer.ok) throw new Error(`The CDN answered ${answer.status}.`)
  return [{ layer: new URL(CDN_PURGE).host }]
}
