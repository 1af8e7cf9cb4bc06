import { systemClock } from './clock.ts'
import type { Clock, Lookups } from './ground.ts'
import { isObject } from './json.ts'
import { createProofFile, createTexts } from './lookups-proofs.ts'
import { createRegistry, type RegistryOptions } from './lookups-registry.ts'
import { guardOf, type OutboundOptions, userAgent } from './outbound.server.ts'
import { readTarget } from './outbound-connect.ts'
import { type Answer, createLine, exchange } from './outbound-exchange.ts'
import { failureOf } from './outbound-failure.ts'
import { createResolve } from './outbound-resolve.ts'

export interface LookupsOptions extends Pick<OutboundOptions, 'allowedRanges' | 'resolve' | 'ca'> {
  /** Name servers instead of the system's, `address:port`. */
  servers?: readonly string[]
  /** How registries of addresses are asked; left out: not at all. */
  registry?: { clock: Clock } & Pick<RegistryOptions, 'bootstrap' | 'directory' | 'limits'>
}

const mostBytes = 64 * 1024
const mostKeys = 100
const json = /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i

/** Asks registries and name servers through the same guard as everything that goes out. Reads JSON, and little of it. */
export function createLookups(options: LookupsOptions): Lookups {
  const resolve = options.resolve ?? createResolve({ servers: options.servers })
  const guard = guardOf({ ...options, resolve }, 3_000)

  async function ask(url: URL): Promise<Answer> {
    const line = createLine(url, guard, 5_000)
    try {
      return await exchange(line, {
        method: 'GET',
        url,
        headers: {
          accept: 'application/jwk-set+json, application/json',
          'accept-encoding': 'identity',
          'user-agent': userAgent,
        },
        maxBytes: mostBytes,
        totalMs: 10_000,
      })
    } finally {
      void line.client.destroy().catch(() => {})
    }
  }

  return {
    resolve,
    texts: createTexts(options.servers ?? []),
    proofFile: createProofFile(guard, { 'accept-encoding': 'identity', 'user-agent': userAgent }),
    async keySet(text) {
      const target = readTarget(text, guard, 'tls-only')
      if (!(target instanceof URL)) return { result: 'failed', detail: target.detail }
      try {
        return readKeySet(await ask(target))
      } catch (error) {
        return { result: 'failed', detail: failureOf(error, 'http', null).message }
      }
    },
    registry: createRegistry({ clock: systemClock, bootstrap: null, directory: null, ...options.registry, guard }),
  }
}

function readKeySet(answer: Answer): Awaited<ReturnType<Lookups['keySet']>> {
  const failed = (detail: string) => ({ result: 'failed', detail }) as const
  if (answer.status !== 200)
    return failed(`The address of the keys answered ${answer.status}; it has to answer 200 itself.`)
  if (!json.test(answer.headers['content-type'] ?? '')) return failed('The keys did not come as application/json.')
  if (answer.truncated) return failed('The keys did not come whole, or are larger than 64 KiB.')
  let read: unknown
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body))
  } catch {
    return failed('What came as the keys is not JSON in UTF-8.')
  }
  const keys = isObject(read) ? read['keys'] : undefined
  if (!Array.isArray(keys) || !keys.every(isObject)) return failed('What came is no key set: {"keys": [ … ]}.')
  if (keys.length > mostKeys) return failed(`The key set holds more than ${mostKeys} keys.`)
  return { result: 'found', keys }
}
