import { expect, test } from 'vitest'
import { organisation } from '../testing/build/organisation.ts'
import { person } from '../testing/build/person.ts'
import { withGround } from '../testing/with-ground.ts'
import { findProviders } from './find-providers.ts'

const at = '2026-11-22T09:00:00.000Z'

test('the desk chooses from the providers that take part, by name', () =>
  withGround(at, async (ground) => {
    await organisation(ground, { name: 'Teal' })
    await organisation(ground, { name: 'Heron' })
    await organisation(ground, { name: 'Not yet', admitted: false })
    await organisation(ground, { kind: 'notifier' })
    const desk = await person(ground, { orgKind: 'platform', role: 'handler' })
    const found = await findProviders(ground, desk)
    if (found.result !== 'found') throw new Error(found.result)
    expect(found.providers.map((provider) => provider.name)).toEqual(['Heron', 'Teal'])
  }))

test('nobody else is told who the providers are', () =>
  withGround(at, async (ground) => {
    for (const orgKind of ['provider', 'notifier'] as const) {
      expect(await findProviders(ground, await person(ground, { orgKind }))).toEqual({ result: 'forbidden' })
    }
    const reader = await person(ground, { orgKind: 'platform', role: 'read_only' })
    expect(await findProviders(ground, reader)).toEqual({ result: 'forbidden' })
  }))
