/** Looking for the proof that somebody controls a name: its TXT records, and the one file it may stand in. */
import { Resolver } from 'node:dns/promises'
import type { Lookups, TextsAnswer } from './ground.ts'
import { type Guard, readTarget } from './outbound-connect.ts'
import { createLine, exchange } from './outbound-exchange.ts'
import { failureOf } from './outbound-failure.ts'
import { codeOf, neverAsked } from './outbound-resolve.ts'

const mostBytes = 1024
const plainText = /^text\/plain *(?:;|$)/i

/**
 * The name servers that are asked, each by itself: those that configuration names, and the system's as well where it names
 * fewer than two. One alone could be wrong, late or somebody else's.
 */
export function createTexts(servers: readonly string[]): Lookups['texts'] {
  const asked = servers.length >= 2 ? [...servers] : [null, ...servers]
  return (name, timeoutMs) => Promise.all(asked.map((server) => askTexts(server, name, timeoutMs)))
}

async function askTexts(server: string | null, name: string, timeoutMs: number): Promise<TextsAnswer> {
  const resolver = server ?? 'system'
  if (server === null && neverAsked.includes(name.split('.').at(-1) ?? '')) return { resolver, result: 'none' }
  const asking = new Resolver({ timeout: Math.max(250, Math.floor(timeoutMs / 2)), tries: 2 })
  if (server !== null) asking.setServers([server])
  const stop = setTimeout(() => asking.cancel(), timeoutMs)
  try {
    const records = await asking.resolveTxt(name)
    // A record is handed over in strings of at most 255 bytes; together they are its text.
    return { resolver, result: 'found', texts: records.map((strings) => strings.join('')) }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENODATA' || code === 'ENOTFOUND') return { resolver, result: 'none' }
    const late = code === 'ETIMEOUT' || code === 'ECANCELLED'
    const detail = late ? 'The name server gave no answer in time.' : 'The name server answered with an error.'
    return { resolver, result: 'failed', detail }
  } finally {
    clearTimeout(stop)
  }
}

/** The path is ours and always the same, so no address of an item can be asked for through it. */
export function createProofFile(guard: Guard, headers: Readonly<Record<string, string>>): Lookups['proofFile'] {
  return async (domain) => {
    const failed = (detail: string) => ({ result: 'failed', detail }) as const
    const target = readTarget(`https://${domain}/.well-known/noticeline.txt`, guard, 'tls-only')
    if (!(target instanceof URL)) return failed(target.detail)
    const line = createLine(target, guard, 5_000)
    try {
      const answer = await exchange(line, {
        method: 'GET',
        url: target,
        headers: { ...headers, accept: 'text/plain' },
        maxBytes: mostBytes,
        totalMs: 10_000,
      })
      if (answer.status === 404 || answer.status === 410) return { result: 'none' }
      if (answer.status !== 200) return failed(`The file answered ${answer.status}; it has to answer 200 itself.`)
      if (!plainText.test(answer.headers['content-type'] ?? '')) return failed('The file did not come as text/plain.')
      if (answer.truncated) return failed('The file is larger than 1 KiB.')
      return { result: 'found', text: answer.body.toString('latin1') }
    } catch (error) {
      return failed(failureOf(error, 'http', null).message)
    } finally {
      void line.client.destroy().catch(() => {})
    }
  }
}
