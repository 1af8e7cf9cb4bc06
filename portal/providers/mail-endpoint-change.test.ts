import { generateKey } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { unverifiedEndpoint } from '../testing/build/endpoint.ts'
import { provider } from '../testing/build/provider.ts'
import { withGround } from '../testing/with-ground.ts'
import { addContact } from './add-contact.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { mailEndpointChange } from './mail-endpoint-change.ts'
import { pauseEndpoint } from './pause-endpoint.ts'

const at = '2026-11-22T09:00:00.000Z'
const reactions = { 'endpoint.changed': [mailEndpointChange], 'endpoint.paused': [mailEndpointChange] }

test('another address, other keys and a pause are told to every contact that has answered, without saying where', () =>
  withGround(at, { reactions }, async (ground) => {
    const { orgId, actor } = await provider(ground)
    const contact = { orgId, kind: 'abuse' as const, languages: ['en'] }
    await addContact(ground, { ...contact, email: 'abuse@tern.example', verified: true })
    await addContact(ground, { ...contact, email: 'night@tern.example', verified: true })
    await addContact(ground, { ...contact, email: 'nobody@tern.example' })
    const { id } = await unverifiedEndpoint(ground, actor)
    await changeEndpoint(ground, actor, id, { description: 'the panel' })
    await ground.runReactions()
    expect(ground.caught.mail).toEqual([])
    await changeEndpoint(ground, actor, id, { url: 'https://elsewhere.example/in' })
    await changeEndpoint(ground, actor, id, { signing_keys: [(await generateKey('sig')).publicJwk] })
    await ground.runReactions()
    const to = ground.caught.mail.map((mail) => mail.to)
    expect(to.sort()).toEqual(['abuse@tern.example', 'abuse@tern.example', 'night@tern.example', 'night@tern.example'])
    expect(JSON.stringify(ground.caught.mail.map(({ subject, text }) => subject + text))).not.toContain('elsewhere')
    expect(ground.caught.mail[0]?.text).toContain(id)
    ground.caught.mail.length = 0
    await pauseEndpoint(ground, actor, id)
    await ground.runReactions()
    expect(ground.caught.mail.map((mail) => mail.subject)).toEqual(Array(2).fill('An endpoint of yours is paused'))
  }))
