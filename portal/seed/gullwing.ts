/** Gullwing's endpoint was verified once, and has been down ever since: what a failing delivery looks like. */
import { createServer } from 'node:http'
import { generateKey } from '@noticeline/sdk/protocol'
import type { Ground } from '../ground/ground.ts'
import { allScopes, type ProgramActor } from '../people/may.ts'
import { addEndpoint } from '../providers/add-endpoint.ts'
import { confirmEndpoint } from '../providers/confirm-endpoint.ts'
import { countOf } from './seed-store.server.ts'

export async function seedGullwing(ground: Ground, orgId: string, host: string, port: number): Promise<void> {
  if ((await countOf(ground.db.read, 'endpoints', orgId)) > 0) return
  const actor: ProgramActor = {
    kind: 'program',
    apiTokenId: 'tok_seed',
    orgId,
    orgKind: 'provider',
    scopes: [...allScopes],
    live: true,
  }
  const server = createServer((request, answer) => {
    request.resume().on('end', () => answer.writeHead(202).end())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  try {
    const { publicJwk } = await generateKey('sig')
    const url = `http://${host}:${port}/noticeline`
    const added = await addEndpoint(ground, actor, { url, signing_keys: [publicJwk], sealing_key: null })
    if (added.result !== 'added') throw new Error(`Gullwing's endpoint was refused: ${added.result}`)
    await confirmEndpoint(ground, actor, added.endpoint.id)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
