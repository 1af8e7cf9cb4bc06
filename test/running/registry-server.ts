/** A registry of addresses by RDAP, with the list that names it: as much of one as somebody asks about a range. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RegistryServer {
  /** What `NOTICELINE_RDAP_BOOTSTRAP` is set to. */
  readonly bootstrap: string
  /** Paths it was asked for, in order. */
  readonly asked: string[]
  stop(): Promise<void>
}

/** Everything in 127.0.98.0/24 is a company's, whose mailbox for abuse is this one. Anything else is unknown. */
export async function startRegistryServer(company: { name: string; mailbox: string }): Promise<RegistryServer> {
  const asked: string[] = []
  const server = createServer((request, answer) => {
    const path = request.url ?? ''
    asked.push(path)
    const say = (status: number, body: unknown) =>
      answer.writeHead(status, { 'Content-Type': 'application/rdap+json' }).end(JSON.stringify(body))
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    if (path === '/ipv4.json') return say(200, list([[['127.0.0.0/8'], [here]]]))
    if (/^\/(ipv6|asn)\.json$/.test(path)) return say(200, list([]))
    if (/^\/ip\/127\.0\.98\.\d{1,3}(\/\d+)?$/.test(decodeURIComponent(path))) return say(200, network(company))
    return say(404, { errorCode: 404, title: 'Not found' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    bootstrap: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function list(services: unknown[]) {
  return { version: '1.0', publication: '2026-01-01T00:00:00Z', services }
}

function network({ name, mailbox }: { name: string; mailbox: string }) {
  const card = (fn: string, ...more: unknown[]) => [
    'vcard',
    [['version', {}, 'text', '4.0'], ['fn', {}, 'text', fn], ['kind', {}, 'text', 'org'], ...more],
  ]
  return {
    objectClassName: 'ip network',
    handle: 'WIGEON-98',
    name: 'WIGEON-98',
    type: 'ALLOCATED PA',
    country: 'NL',
    ipVersion: 'v4',
    startAddress: '127.0.98.0',
    endAddress: '127.0.98.255',
    entities: [
      { objectClassName: 'entity', handle: 'ORG-WIGEON', roles: ['registrant'], vcardArray: card(name) },
      {
        objectClassName: 'entity',
        handle: 'WIGEON-ABUSE',
        roles: ['abuse'],
        vcardArray: card('Abuse desk', ['email', {}, 'text', mailbox]),
      },
    ],
  }
}
