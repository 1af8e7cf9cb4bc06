// Where a person decides: a socket that nobody but the owner of this program can open. No port, no browser, no password.
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { Policy } from '@noticeline/sdk/policies'

export function openDesk(policy: Policy, socket: string): Server {
  rmSync(socket, { force: true }) // left behind by a kill; the store's lock says that nobody else is running
  const desk = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://desk')
    const [act = '', notice = '', item = ''] = pathname.slice(1).split('/')
    const by = searchParams.get('by') ?? ''
    const refused = { item, outcome: 'refused', reason: 'no_reason_given', at: new Date().toISOString() } as const
    const acts: Record<string, () => unknown> = {
      'GET ': () => policy.waiting(),
      'POST look': () => policy.reveal(notice, item, by), // the address, and that `by` has seen it
      'POST approve': () => policy.decide(notice, { by, approved: [item] }),
      'POST refuse': () => policy.decide(notice, { by, answered: [{ ...refused, by: 'human' }] }),
    }
    try {
      const answer = await acts[`${request.method} ${act}`]?.()
      response.end(`${JSON.stringify(answer ?? null, null, 2)}\n`)
    } catch (error) {
      response.writeHead(400).end(`${(error as Error).message}\n`)
    }
  })
  return desk.listen(socket, () => chmodSync(socket, 0o600))
}
