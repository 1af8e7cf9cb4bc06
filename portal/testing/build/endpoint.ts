import { generateKey } from '@noticeline/sdk/protocol'
import type { Actor } from '../../people/may.ts'
import { addEndpoint } from '../../providers/add-endpoint.ts'
import { confirmEndpoint } from '../../providers/confirm-endpoint.ts'
import type { TestGround } from '../with-ground.ts'

type KeyPair = Awaited<ReturnType<typeof generateKey>>

export interface BuiltEndpoint {
  id: string
  url: string | null
  signing: KeyPair
  /** Null: tokens come plain. */
  sealing: KeyPair | null
}

/** A registered endpoint that nothing was sent to yet. */
export async function unverifiedEndpoint(
  ground: TestGround,
  actor: Actor,
  input: { url?: string | null; sealed?: boolean } = {},
): Promise<BuiltEndpoint> {
  const signing = await generateKey('sig')
  const sealing = input.sealed === true ? await generateKey('enc') : null
  const url = input.url === undefined ? 'https://hooks.tern.example/noticeline' : input.url
  const added = await addEndpoint(ground, actor, {
    url,
    signing_keys: [signing.publicJwk],
    sealing_key: sealing?.publicJwk ?? null,
  })
  if (added.result !== 'added') throw new Error(`The endpoint to build on was refused: ${JSON.stringify(added)}`)
  return { id: added.endpoint.id, url, signing, sealing }
}

/** A verified endpoint: the ground's outside world has to answer 202 to it. */
export async function endpoint(
  ground: TestGround,
  actor: Actor,
  input: { url?: string; sealed?: boolean } = {},
): Promise<BuiltEndpoint> {
  const built = await unverifiedEndpoint(ground, actor, input)
  const confirmed = await confirmEndpoint(ground, actor, built.id)
  if (confirmed.result !== 'confirmed') throw new Error(`The endpoint was not confirmed: ${JSON.stringify(confirmed)}`)
  return built
}
