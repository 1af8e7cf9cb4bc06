import type { InboxStore } from '../inbox/inbox.ts'
import { createKeySet, type Jwks, type KeySet, type SavedKeySet } from '../protocol.ts'
import { Refusal } from '../refusals.ts'
import type { Alarm, Clock } from './core.ts'
import { type Fetch, getJson, mayCall } from './portal.ts'

interface Options {
  readonly issuer: string
  readonly store: InboxStore
  readonly clock: Clock
  readonly fetch: Fetch
  readonly alarm: (alarm: Alarm) => void
  readonly stopping: AbortSignal
}

/** The portal's published keys, found by its discovery document and kept in the store for the day it does not answer. */
export function openPortalKeys(options: Options): KeySet {
  const { issuer, store, clock, fetch, alarm, stopping } = options
  const setting = `keys of ${issuer}`
  return createKeySet({
    url: `${issuer}/.well-known/ssf-configuration`,
    async fetchJwks(url) {
      const { issuer: named, jwks_uri: jwksUri } = await getJson(fetch, url, stopping)
      if (named !== issuer || typeof jwksUri !== 'string' || !mayCall(jwksUri, issuer)) {
        throw new Refusal('discovery_invalid', 'Discovery names another issuer, or no usable jwks_uri.')
      }
      return (await getJson(fetch, jwksUri, stopping)) as unknown as Jwks // what is in it is checked key by key
    },
    now: () => clock.now(),
    warn: ({ since }) => alarm({ code: 'keys_not_refreshed', since: since?.toISOString() }),
    load: async () => JSON.parse((await store.setting(setting)) ?? 'null') as SavedKeySet | null,
    save: (set) => store.keep(setting, JSON.stringify(set)),
  })
}
