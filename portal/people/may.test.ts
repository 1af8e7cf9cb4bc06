import { describe, expect, test } from 'vitest'
import {
  type Act,
  acts,
  allScopes,
  assuranceNeeded,
  isAssured,
  may,
  mayChangeRole,
  type PersonActor,
  type ProgramActor,
  type Scope,
} from './may.ts'
import { type OrgKind, orgKinds, roles } from './person.ts'

const person = (orgKind: OrgKind, role: PersonActor['role']): PersonActor => ({
  kind: 'person',
  personId: 'psn_1',
  orgId: 'org_own',
  orgKind,
  role,
  assurance: 2,
  assuranceNeeded: 2,
  sessionId: 'ses_1',
})
const program = (orgKind: OrgKind, scopes: readonly Scope[], live = true): ProgramActor => ({
  kind: 'program',
  apiTokenId: 'tok_1',
  orgId: 'org_own',
  orgKind,
  scopes: [...scopes],
  live,
})

/** `kind:role` of persons that may, on their own and on somebody else's. Written out, so that a change is seen here. */
const all = 'owner admin handler developer read_only'
const handling = 'owner admin handler'
const managing = 'owner admin'
const building = 'owner admin developer'
const own: Record<Act, Partial<Record<OrgKind, string>>> = {
  'notices.submit': { notifier: handling },
  'notices.read': { notifier: all, platform: all },
  'notices.withdraw': { notifier: handling },
  'observations.add': { notifier: handling },
  'reports.add': { provider: handling },
  'items.reveal': { notifier: handling, provider: handling, platform: handling },
  'endpoints.write': { provider: building },
  'endpoints.read': { provider: all, platform: all },
  'contacts.read': { provider: all, platform: all },
  'contacts.write': { provider: managing },
  'contacts.confirm': { provider: 'owner admin handler developer' },
  'deliveries.read': { provider: all, platform: all },
  'deliveries.resend': { provider: 'owner admin handler developer' },
  'tokens.read': { provider: building, notifier: building },
  'tokens.write': { provider: building, notifier: building },
  'stream.poll': {},
  'tasks.read': { platform: all },
  'tasks.close': { platform: handling },
  'attribution.decide': { platform: handling },
  'networks.read': { provider: all, platform: all },
  'networks.write': { provider: managing },
  'networks.share': { provider: managing },
  'delegated.count': { provider: all },
  'delegated.items': { provider: all },
  'delegated.reveal': { provider: handling },
  'inbox.read': { provider: all },
  'mails.read': { platform: handling },
  'people.read': { notifier: all, provider: all, platform: all },
  'people.manage': { notifier: managing, provider: managing, platform: managing },
  'company.read': { provider: all, notifier: all, platform: all },
  'company.write': { provider: 'owner admin', notifier: 'owner admin' },
  'terms.accept': { provider: 'owner', notifier: 'owner' },
  'consents.read': { provider: all, notifier: all, platform: all },
  'consents.write': { provider: 'owner' },
  'organisations.read': { platform: all },
  'organisations.decide': { platform: handling },
  'organisations.invite': { platform: 'owner admin' },
  'keys.read': { platform: all },
  'keys.replace': { platform: managing },
  'audit.read': { platform: all },
}
/** What the platform's people may at home and nowhere else. */
const theirOwnOnly: Act[] = ['people.read', 'people.manage']
const scopesOf: Record<Act, Scope[]> = {
  'notices.submit': ['notices:write'],
  'notices.read': ['notices:read'],
  'notices.withdraw': ['notices:write'],
  'observations.add': ['notices:write'],
  'reports.add': ['reports:write'],
  'items.reveal': ['items:reveal'],
  'endpoints.write': ['endpoints:write'],
  'endpoints.read': ['endpoints:write', 'deliveries:read'],
  'contacts.read': ['contacts:write'],
  'contacts.write': ['contacts:write'],
  'contacts.confirm': ['contacts:write'],
  'deliveries.read': ['deliveries:read'],
  'deliveries.resend': ['endpoints:write'],
  'tokens.read': [],
  'tokens.write': [],
  'stream.poll': ['stream:poll'],
  'tasks.read': [],
  'tasks.close': [],
  'attribution.decide': [],
  'networks.read': ['networks:write'],
  'networks.write': ['networks:write'],
  'networks.share': [],
  'delegated.count': ['notices:read', 'reports:write'],
  'delegated.items': ['notices:read', 'reports:write'],
  'delegated.reveal': ['items:reveal'],
  'inbox.read': ['notices:read', 'reports:write'],
  'mails.read': [],
  'people.read': [],
  'people.manage': [],
  'company.read': [],
  'company.write': [],
  'terms.accept': [],
  'consents.read': [],
  'consents.write': [],
  'organisations.read': [],
  'organisations.decide': [],
  'organisations.invite': [],
  'keys.read': [],
  'keys.replace': [],
  'audit.read': [],
}

describe.each(acts)('%s', (act) => {
  test.each(orgKinds)('is allowed to the roles of a %s that the table names, on its own', (orgKind) => {
    const allowed = roles.filter((role) => may(person(orgKind, role), act, { orgId: 'org_own' }))
    expect(allowed.join(' ')).toBe(own[act][orgKind] ?? '')
  })

  test.each(orgKinds)('on what is somebody else’s it is allowed to nobody of a %s but the platform', (orgKind) => {
    const allowed = roles.filter((role) => may(person(orgKind, role), act, { orgId: 'org_other' }))
    const expected = orgKind === 'platform' && !theirOwnOnly.includes(act) ? own[act].platform : undefined
    expect(allowed.join(' ')).toBe(expected ?? '')
  })

  test.each(orgKinds)('is allowed to a program of a %s with exactly its scopes', (orgKind) => {
    const allowed = allScopes.filter((scope) => may(program(orgKind, [scope]), act, { orgId: 'org_own' }))
    const kinds: OrgKind[] = act === 'stream.poll' ? ['provider'] : (Object.keys(own[act]) as OrgKind[])
    expect(allowed).toEqual(kinds.includes(orgKind) ? allScopes.filter((scope) => scopesOf[act].includes(scope)) : [])
    expect(may(program(orgKind, []), act)).toBe(false)
  })

  test('is allowed to nobody who did not say who they are', () => {
    expect(may({ kind: 'nobody' }, act)).toBe(false)
    expect(may({ kind: 'nobody' }, act, { orgId: 'org_own' })).toBe(false)
  })
})

test('whoever has a second factor still to show may do nothing, and the desk never goes without', () => {
  const done = (actor: PersonActor) => acts.filter((act) => may(actor, act))
  for (const orgKind of orgKinds) {
    const full = person(orgKind, 'owner')
    expect(isAssured(full)).toBe(true)
    expect(done(full).length).toBeGreaterThan(3)
    expect(done({ ...full, assurance: 1 })).toEqual([])
  }
  expect(done({ ...person('platform', 'owner'), assurance: 1, assuranceNeeded: 1 })).toEqual([])
  expect(done({ ...person('provider', 'owner'), assurance: 1, assuranceNeeded: 1 })).not.toEqual([])
})

test('the platform, authorities and whoever set up a second factor need one', () => {
  const needed = [
    assuranceNeeded({ kind: 'platform', notifierKind: null }, false),
    assuranceNeeded({ kind: 'notifier', notifierKind: 'authority' }, false),
    assuranceNeeded({ kind: 'notifier', notifierKind: 'hotline' }, false),
    assuranceNeeded({ kind: 'provider', notifierKind: null }, false),
    assuranceNeeded({ kind: 'provider', notifierKind: null }, true),
  ]
  expect(needed).toEqual([2, 2, 1, 1, 2])
})

test('owners change everybody but themselves; admins change nobody who is or becomes an owner', () => {
  const changed = (role: PersonActor['role']) =>
    roles.flatMap((from) =>
      roles
        .filter((to) => mayChangeRole(person('provider', role), { personId: 'psn_2', role: from }, to))
        .map((to) => `${from} to ${to}`),
    )
  expect(changed('owner')).toHaveLength(25)
  expect(changed('admin')).toHaveLength(16)
  expect(changed('admin').join()).not.toContain('owner')
  for (const role of ['handler', 'developer', 'read_only'] as const) expect(changed(role)).toEqual([])
  for (const role of roles) {
    expect(mayChangeRole(person('provider', role), { personId: 'psn_1', role }, 'handler')).toBe(false)
    expect(mayChangeRole(person('provider', role), { personId: 'psn_1', role }, null)).toBe(false)
  }
})

test('a token of the sandbox reads, but no address, and changes nothing', () => {
  const changed = acts.filter((act) => orgKinds.some((orgKind) => may(program(orgKind, allScopes, false), act)))
  expect(changed.sort()).toEqual([
    'contacts.read',
    'delegated.count',
    'delegated.items',
    'deliveries.read',
    'endpoints.read',
    'inbox.read',
    'networks.read',
    'notices.read',
  ])
})

test('an addressee may reveal what is addressed to it, and nobody else of the providers', () => {
  const addressed = { orgId: 'org_notifier', addressees: ['org_own'] }
  expect(may(person('provider', 'handler'), 'items.reveal', addressed)).toBe(true)
  expect(may(person('provider', 'handler'), 'items.reveal', { ...addressed, addressees: ['org_other'] })).toBe(false)
})

test('a mailed link is for seeing and answering what is addressed to its contact’s organisation, and for nothing else', () => {
  const contact = { kind: 'contact', contactId: 'ctc_1', orgId: 'org_own', orgKind: 'provider' } as const
  const allowed = (orgId: string) => acts.filter((act) => may(contact, act, { addressees: [orgId] }))
  expect(allowed('org_own')).toEqual(['reports.add', 'items.reveal'])
  expect(allowed('org_other')).toEqual([])
})

test('a reseller sees of what was handed on to it what the holder allows, until its date, and no address before it takes part', () => {
  const reseller = person('provider', 'owner')
  const part = { toOrgId: 'org_own', inForce: true, takesPart: true }
  const seen = (delegation: { sees: 'count' | 'items' | 'addresses'; inForce?: boolean; takesPart?: boolean }) =>
    acts.filter((act) => may(reseller, act, { delegation: { ...part, ...delegation } }))
  expect(seen({ sees: 'count' })).toEqual(['delegated.count'])
  expect(seen({ sees: 'items' })).toEqual(['delegated.count', 'delegated.items'])
  expect(seen({ sees: 'addresses' })).toEqual(['delegated.count', 'delegated.items', 'delegated.reveal'])
  expect(seen({ sees: 'addresses', takesPart: false })).toEqual(['delegated.count', 'delegated.items'])
  expect(seen({ sees: 'addresses', inForce: false })).toEqual([])
  for (const orgKind of orgKinds) {
    const other = { ...person(orgKind, 'owner'), orgId: 'org_other' }
    expect(acts.filter((act) => may(other, act, { delegation: { ...part, sees: 'addresses' } }))).toEqual([])
  }
})
