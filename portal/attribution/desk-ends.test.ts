import { expect, test } from 'vitest'
import { attributeItem } from '../notices/attribute-item.ts'
import { findUnattributed } from '../notices/find-unattributed.ts'
import { keepKnownProvider } from '../people/keep-known-provider.ts'
import { suspendOrganisation } from '../people/suspend-organisation.ts'
import { claimed, registered } from '../testing/build/claim.ts'
import * as build from '../testing/build/delivery.ts'
import { person } from '../testing/build/person.ts'
import { decideClaim } from './decide-claim.ts'
import { findChain } from './find-chain.ts'
import { findNetwork } from './find-networks.ts'
import { endNetwork } from './prove-network.ts'

const at = '2026-11-22T10:00:00.000Z'
const locator = { url: 'https://203.0.113.80/', ip: null }
const known = { name: 'Teal', country: 'NL', mailbox: 'abuse@teal.example', registryHandle: 'ORG-TEAL-1@RIPE' }

test('the desk ends a network with a reason: its contacts hear of it and read why, and what comes later goes elsewhere', () =>
  build.withLine(at, async (ground, on) => {
    const { orgId } = on.provider
    await build.contact(ground, orgId)
    const owner = await person(ground, { orgId })
    const desk = await person(ground, { orgKind: 'platform' })
    const { id } = await ground.db.read.selectFrom('networks').select('id').executeTakeFirstOrThrow()
    const before = await build.issuedNotice(ground, on)
    ground.caught.mail.length = 0
    expect(await endNetwork(ground, owner, id, 'Mine')).toEqual({ result: 'forbidden' })
    expect(await endNetwork(ground, desk, id, '')).toEqual({ result: 'invalid-reason' })
    expect(ground.caught.mail).toEqual([])
    expect(await endNetwork(ground, desk, id, 'The range was sold to another company.')).toEqual({ result: 'ended' })
    await ground.runReactions()
    await ground.runReactions()
    expect(ground.caught.mail.map(({ to, subject }) => `${to} ${subject}`)).toEqual([
      'abuse@tern.example The desk ended a network of yours',
    ])
    expect(ground.caught.mail[0]?.text).toContain('203.0.113.0/24')
    expect(ground.caught.mail[0]?.text).not.toContain('sold')
    expect(await findNetwork(ground, owner, id)).toMatchObject({
      network: { state: 'ended', endedCode: 'desk_ended', decisionReason: 'The range was sold to another company.' },
    })
    const fact = await ground.db.read
      .selectFrom('facts')
      .select('payload')
      .where('kind', '=', 'network.ended')
      .executeTakeFirstOrThrow()
    expect(JSON.parse(String(fact.payload))).toEqual({
      orgId,
      networkId: id,
      code: 'desk_ended',
      personId: desk.personId,
    })
    expect(await findChain(ground, locator)).toMatchObject({ result: 'unattributed', code: 'no_network' })
    // What was sent before is still theirs.
    expect(await build.deliveryOf(ground, before.noticeId, orgId)).toMatchObject({ state: 'offered' })
  }))

test('where no contact is left, the owners hear of it at the mailboxes they came in by', () =>
  build.withLine(at, async (ground, on) => {
    const { orgId } = on.provider
    const owner = await person(ground, { orgId })
    const desk = await person(ground, { orgKind: 'platform' })
    const { email } = await ground.db.read
      .selectFrom('people')
      .select('email')
      .where('id', '=', owner.personId)
      .executeTakeFirstOrThrow()
    const { id } = await ground.db.read.selectFrom('networks').select('id').executeTakeFirstOrThrow()
    await endNetwork(ground, desk, id, 'Sold')
    await ground.runReactions()
    expect(ground.caught.mail.map(({ to }) => to)).toEqual([email])
  }))

test('what the desk ended and is claimed again waits for the desk', () =>
  build.withLine(at, async (ground, on) => {
    const { orgId } = on.provider
    const owner = await person(ground, { orgId })
    const desk = await person(ground, { orgKind: 'platform' })
    const { id } = await ground.db.read.selectFrom('networks').select('id').executeTakeFirstOrThrow()
    await endNetwork(ground, desk, id, 'Sold')
    registered(ground, '203.0.113.0/24')
    const tern = { orgId, actor: owner }
    const { claimId } = await claimed(ground, tern, { cidr: '203.0.113.0/24' }, 'registry_mail', 'abuse@tern.example')
    expect(await findNetwork(ground, owner, claimId)).toMatchObject({
      network: { state: 'waiting_desk', networkId: null, contradictions: ['ended_by_desk'] },
    })
    await ground.runReactions()
    ground.caught.mail.length = 0
    expect(await decideClaim(ground, desk, claimId, 'accepted', 'It was sold back.')).toEqual({ result: 'accepted' })
    await ground.runReactions()
    // With no contact, the mailbox its owner came in by.
    const { email } = await ground.db.read
      .selectFrom('people')
      .select('email')
      .where('id', '=', owner.personId)
      .executeTakeFirstOrThrow()
    expect(ground.caught.mail.map(({ to, subject }) => `${to} ${subject}`)).toEqual([
      `${email} Your claim on a network was accepted`,
    ])
  }))

test('an item is attributed to a company known only from a registry, which gets the pointer mail there', () =>
  build.withLine(at, async (ground, on) => {
    const desk = await person(ground, { orgKind: 'platform' })
    const orgId = await ground.db.transaction((tx) => keepKnownProvider(tx, known))
    const { itemIds, noticeId } = await build.issuedNotice(ground, on, { items: [{ ip: '198.51.100.7' }] })
    await ground.runReactions()
    expect(await findUnattributed(ground, desk)).toMatchObject({ items: [{ itemId: itemIds[0] }] })
    const attribute = (who: string) =>
      attributeItem(ground, desk, itemIds[0] ?? '', who, 'Their range by the registry.')
    for (const nobody of ['org_nobody', 'named:0', 'named:7', on.notifier.orgId])
      expect(await attribute(nobody)).toEqual({ result: 'unknown-provider' })
    expect(await attribute(orgId)).toEqual({ result: 'attributed' })
    await ground.runReactions()
    expect(ground.caught.mail.map(({ to }) => to)).toEqual(['abuse@teal.example'])
    expect(ground.caught.mail[0]?.text).toContain(noticeId)
    expect(ground.caught.mail[0]?.text).not.toMatch(/198\.51\.100|tern\.example/)
    expect(await build.deliveryOf(ground, noticeId, orgId)).toMatchObject({ state: 'offered', standsIn: null })
  }))

test('a company that was suspended is chosen by nobody, registry or not', () =>
  build.withLine(at, async (ground, on) => {
    const desk = await person(ground, { orgKind: 'platform' })
    const orgId = await ground.db.transaction((tx) => keepKnownProvider(tx, known))
    const { itemIds } = await build.issuedNotice(ground, on, { items: [{ ip: '198.51.100.7' }] })
    await ground.runReactions()
    await suspendOrganisation(ground, desk, { orgId, reason: 'Shelters offenders' })
    expect(await attributeItem(ground, desk, itemIds[0] ?? '', orgId, 'x')).toEqual({ result: 'unknown-provider' })
  }))

test('whom registry and routing table named, and nobody knew, is kept by being chosen, and written to', () =>
  build.withLine(
    at,
    async (ground, on) => {
      const desk = await person(ground, { orgKind: 'platform' })
      const ip = '192.0.2.80'
      ground.lookups.answerRegistry(ip, {
        type: 'ALLOCATED PA',
        country: 'NL',
        ranges: ['192.0.2.0/24'],
        holder: { handle: 'ORG-BN1', name: 'Bittern Networks' },
        abuse: [{ email: 'abuse@bittern.example', name: 'Bittern' }],
      })
      ground.routing.announce('192.0.2.0/24', 64_501, 'OTHER')
      ground.lookups.answerRegistry('AS64501', {
        asn: 64_501,
        holder: { handle: 'ORG-O', name: 'Other' },
        abuse: [{ email: 'abuse@other.example', name: null }],
      })
      const { itemIds } = await build.issuedNotice(ground, on, { items: [{ url: `https://${ip}/a`, ip }] })
      await ground.runReactions()
      const attribute = (who: string) => attributeItem(ground, desk, itemIds[0] ?? '', who, 'They announce it.')
      expect(await attribute('named:2')).toEqual({ result: 'unknown-provider' })
      expect(await attribute('named:1')).toEqual({ result: 'attributed' })
      await ground.runReactions()
      expect(ground.caught.mail.map(({ to }) => to)).toEqual(['abuse@other.example'])
      expect(await ground.facts.kinds()).toContain('provider.known')
    },
    { rdapBootstrap: 'https://list.registry.example/' },
  ))
