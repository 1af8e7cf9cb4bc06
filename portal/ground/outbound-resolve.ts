import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Lookups } from './ground.ts'

// RFC 6761, 6762, 7686: no name server knows these, and none need hear that we asked.
export const neverAsked = ['example', 'test', 'invalid', 'onion', 'local']

/** A and AAAA by name servers, within a time that holds for both together. */
export function createResolve(options: { servers?: readonly string[] | undefined } = {}): Lookups['resolve'] {
  return async (text, timeoutMs) => {
    const host = text
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '')
      .toLowerCase()
    if (isIP(host) !== 0) return { result: 'found', addresses: [host] }
    if (host === 'localhost' || host.endsWith('.localhost')) return { result: 'found', addresses: ['127.0.0.1'] }
    if (!options.servers && neverAsked.includes(host.split('.').at(-1) ?? '')) return { result: 'none' }

    const resolver = new Resolver({ timeout: Math.max(250, Math.floor(timeoutMs / 2)), tries: 2 })
    if (options.servers) resolver.setServers(options.servers)
    const stop = setTimeout(() => resolver.cancel(), timeoutMs)
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    clearTimeout(stop)

    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (addresses.length > 0) return { result: 'found', addresses }
    const codes = answers.map((answer) => (answer.status === 'rejected' ? codeOf(answer.reason) : 'ENODATA'))
    if (codes.every((code) => code === 'ENODATA' || code === 'ENOTFOUND')) return { result: 'none' }
    const late = codes.some((code) => code === 'ETIMEOUT' || code === 'ECANCELLED')
    return {
      result: 'failed',
      detail: late ? 'The name servers gave no answer in time.' : 'The name servers answered with an error.',
    }
  }
}

export function codeOf(reason: unknown): string {
  return reason instanceof Error && 'code' in reason ? String(reason.code) : ''
}
