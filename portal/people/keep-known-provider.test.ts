import { describe, expect, test } from 'vitest'
import { provider } from '../testing/build/provider.ts'
import { withGround } from '../testing/with-ground.ts'
import { findOrganisation } from './find-organisation.ts'
import { keepKnownProvider } from './keep-known-provider.ts'
import { takesPart } from './person.ts'

const at = '2026-11-22T09:00:00.000Z'
const bittern = {
  name: 'Bittern Networks',
  country: 'nl',
  mailbox: 'Abuse@bittern.example',
  registryHandle: 'ORG-BN1@rdap.registry.example',
}

describe('a company known from the registry', () => {
  test('is a provider that takes no part, with the registry’s mailbox as its contact', () =>
    withGround(at, async (ground) => {
      const orgId = await ground.db.transaction((tx) => keepKnownProvider(tx, bittern))
      const organisation = await findOrganisation(ground.db.read, orgId)
      expect(organisation).toMatchObject({ kind: 'provider', name: 'Bittern Networks', country: 'NL', locale: 'nl' })
      expect(organisation).toMatchObject({ knownFrom: 'registry', admittedAt: null })
      expect(organisation && takesPart(organisation)).toBe(false)
      const contacts = await ground.db.read.selectFrom('contacts').selectAll().where('orgId', '=', orgId).execute()
      expect(contacts).toMatchObject([
        { kind: 'abuse', email: 'Abuse@bittern.example', source: 'registry', verifiedAt: null },
      ])
      expect(await ground.facts.kinds(orgId)).toEqual(['provider.known'])
    }))

  test('is kept once, also when several find it at the same time, and by both its handle and its mailbox', () =>
    withGround(at, async (ground) => {
      const keep = (change: Partial<typeof bittern> = {}) =>
        ground.db.transaction((tx) => keepKnownProvider(tx, { ...bittern, ...change }))
      const ids = await Promise.all([keep(), keep(), keep({ mailbox: ' abuse@BITTERN.example ' }), keep()])
      expect(new Set(ids).size).toBe(1)
      expect(await keep({ name: 'Another spelling' })).toBe(ids[0])
      expect(await keep({ mailbox: 'noc@bittern.example' })).not.toBe(ids[0])
      expect(await keep({ registryHandle: 'ORG-BN2@rdap.registry.example' })).not.toBe(ids[0])
      expect(await ground.facts.kinds(ids[0])).toEqual(['provider.known'])
    }))

  test('is never an organisation that registered itself, whatever mailbox that one has', () =>
    withGround(at, async (ground) => {
      const { orgId } = await provider(ground, { contact: 'abuse@bittern.example' })
      expect(await ground.db.transaction((tx) => keepKnownProvider(tx, bittern))).not.toBe(orgId)
    }))

  test('without a name is called by its mailbox’s domain, and without a country is from nowhere in particular', () =>
    withGround(at, async (ground) => {
      const nameless = { ...bittern, name: null, country: null }
      const orgId = await ground.db.transaction((tx) => keepKnownProvider(tx, nameless))
      expect(await findOrganisation(ground.db.read, orgId)).toMatchObject({ name: 'bittern.example', country: 'ZZ' })
    }))
})
