import type { Jwks } from './discovery.ts'
import { isObject } from './grammar.ts'
import { usableKey } from './keys.ts'

/** A key set as it was last fetched, in a form that can be written to disk. */
export interface SavedKeySet {
  fetchedAt: string
  keys: JsonWebKey[]
}

/** What a set of a portal's keys is made from. */
export interface KeySetOptions {
  /** The `jwks_uri` of the portal. */
  url: string
  /** Answers the parsed JSON of that address, or throws. It has to give up by itself after some seconds. */
  fetchJwks(url: string): Promise<Jwks>
  now(): Date
  /** Called at most once a day while the set could not be fetched for more than 24 h. */
  warn?(warning: { code: 'keys_not_refreshed'; since: Date | null }): void
  /** A copy on disk, so that a restart with the portal down loses nothing. Errors of both are ignored. */
  load?(): Promise<SavedKeySet | null>
  save?(set: SavedKeySet): Promise<void>
}

/** The portal's published keys, as one receiver knows them. */
export interface KeySet {
  /** The key by its thumbprint, or null. Never throws: what cannot be fetched leaves what was known. */
  key(kid: string): Promise<JsonWebKey | null>
  /** Fetches when the set is older than 10 minutes; for a timer beside the receiver. True when it is fresh. */
  keepFresh(): Promise<boolean>
  /** What is known now. */
  kids(): string[]
  fetchedAt(): Date | null
}

const minute = 60_000
/** Older than this: fetched again in the background, while the old set still answers. */
const refreshAfter = 10 * minute
/** Older than this: waited for, so that a receiver that hears little does not trust a key revoked weeks ago. */
const waitAfter = 60 * minute
/** Unknown keys cause one fetch in this time, however many tokens name them; so do failing fetches. */
const pauseBetween = minute / 2
const warnAfter = 24 * 60 * minute
const mostKeys = 100

/**
 * Keeps the last good key set. A fetched set replaces the old one whole, so a key the portal no longer names is gone;
 * only a failed fetch keeps what was known.
 */
export function createKeySet(options: KeySetOptions): KeySet {
  const now = () => options.now().getTime()
  const startedAt = now()
  let keys = new Map<string, JsonWebKey>()
  let fetchedAt: number | null = null
  let fetching: Promise<boolean> | null = null
  let loading: Promise<void> | null = null
  let lastForUnknown = Number.NEGATIVE_INFINITY
  let lastTry = Number.NEGATIVE_INFINITY
  let lastWarning = Number.NEGATIVE_INFINITY

  const age = () => (fetchedAt === null ? Number.POSITIVE_INFINITY : now() - fetchedAt)

  async function load(): Promise<void> {
    const saved = await options.load?.().catch(() => null)
    const at = saved ? Date.parse(saved.fetchedAt) : Number.NaN
    if (!saved || Number.isNaN(at) || at > now() || !Array.isArray(saved.keys)) return
    keys = await indexed(saved.keys)
    fetchedAt = at
  }

  function fetchOnce(): Promise<boolean> {
    lastTry = now()
    fetching ??= fetchSet().finally(() => {
      fetching = null
    })
    return fetching
  }

  async function fetchSet(): Promise<boolean> {
    try {
      const set = await options.fetchJwks(options.url)
      if (!isObject(set) || !Array.isArray(set.keys)) throw new TypeError('Not a key set.')
      keys = await indexed(set.keys)
      fetchedAt = now()
    } catch {
      warnWhenOld()
      return false
    }
    await options.save?.({ fetchedAt: new Date(fetchedAt).toISOString(), keys: [...keys.values()] }).catch(() => {})
    return true
  }

  function warnWhenOld(): void {
    if (now() - (fetchedAt ?? startedAt) < warnAfter || now() - lastWarning < warnAfter) return
    lastWarning = now()
    options.warn?.({ code: 'keys_not_refreshed', since: fetchedAt === null ? null : new Date(fetchedAt) })
  }

  const mayTry = () => now() - lastTry >= pauseBetween

  async function refreshWhenOld(): Promise<void> {
    if (age() < refreshAfter) return
    if (!mayTry() && !fetching) return
    const refreshed = fetchOnce()
    if (age() >= waitAfter) await refreshed
  }

  return {
    async key(kid) {
      loading ??= load()
      await loading
      if (keys.has(kid)) {
        await refreshWhenOld()
        if (keys.has(kid)) return keys.get(kid) ?? null
      }
      if (fetching) await fetching
      else if (now() - lastForUnknown >= pauseBetween) {
        lastForUnknown = now()
        await fetchOnce()
      }
      return keys.get(kid) ?? null
    },
    async keepFresh() {
      loading ??= load()
      await loading
      if (age() < refreshAfter) return true
      return mayTry() || fetching ? fetchOnce() : false
    },
    kids: () => [...keys.keys()],
    fetchedAt: () => (fetchedAt === null ? null : new Date(fetchedAt)),
  }
}

/** Only keys that can sign, by the thumbprint they have, whatever `kid` they claim. */
async function indexed(published: readonly unknown[]): Promise<Map<string, JsonWebKey>> {
  const keys = await Promise.all(published.slice(0, mostKeys).map(signing))
  return new Map(keys.filter((key) => key !== null))
}

async function signing(jwk: unknown): Promise<readonly [string, JsonWebKey] | null> {
  if (!isObject(jwk) || 'd' in jwk || (jwk['use'] ?? 'sig') !== 'sig' || (jwk['alg'] ?? 'ES256') !== 'ES256')
    return null
  const { kty, crv, x, y } = jwk as JsonWebKey
  const clean = { kty, crv, x, y } as JsonWebKey
  const usable = await usableKey(clean, 'sig', 'public')
  return usable && [usable.kid, clean]
}
