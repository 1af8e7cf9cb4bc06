import type { NotifierKind, OrgKind, Role } from './person.ts'

/** Scopes of API tokens. */
export const allScopes = [
  'notices:write',
  'notices:read',
  'items:reveal',
  'reports:write',
  'stream:poll',
  'endpoints:write',
  'deliveries:read',
  'contacts:write',
  'networks:write',
] as const

export type Scope = (typeof allScopes)[number]

export interface PersonActor {
  kind: 'person'
  personId: string
  orgId: string
  orgKind: OrgKind
  role: Role
  /** 1: by a mailed link. 2: by a second factor as well. */
  assurance: number
  /** What it must have reached before anything is done; see `assuranceNeeded`. */
  assuranceNeeded: number
  sessionId: string
}

export interface ProgramActor {
  kind: 'program'
  apiTokenId: string
  orgId: string
  orgKind: OrgKind
  scopes: Scope[]
  /** False: a token of the sandbox, which reads and changes nothing. */
  live: boolean
}

/** Whoever holds the link that was mailed to one contact about one notice, and typed its number. Nobody is signed in. */
export interface ContactActor {
  kind: 'contact'
  contactId: string
  orgId: string
  orgKind: 'provider'
}

/** Who is asking. */
export type Actor = PersonActor | ProgramActor | ContactActor | { kind: 'nobody' }

export type Act =
  | 'notices.submit'
  | 'notices.read'
  | 'notices.withdraw'
  | 'observations.add'
  | 'reports.add'
  | 'items.reveal'
  | 'endpoints.write'
  | 'endpoints.read'
  | 'contacts.read'
  | 'contacts.write'
  | 'contacts.confirm'
  | 'deliveries.read'
  | 'deliveries.resend'
  | 'tokens.read'
  | 'tokens.write'
  | 'stream.poll'
  | 'attribution.decide'
  | 'tasks.read'
  | 'tasks.close'
  | 'networks.read'
  | 'networks.write'
  | 'networks.share'
  | 'delegated.count'
  | 'delegated.items'
  | 'delegated.reveal'
  | 'inbox.read'
  | 'mails.read'
  | 'people.read'
  | 'people.manage'
  | 'company.read'
  | 'company.write'
  | 'terms.accept'
  | 'consents.read'
  | 'consents.write'
  | 'organisations.read'
  | 'organisations.decide'
  | 'organisations.invite'
  | 'audit.read'
  | 'keys.read'
  | 'keys.replace'

/** What the act is about: the organisation it belongs to, or those it is addressed to. Left out: the actor's own. */
export interface ActObject {
  orgId?: string
  addressees?: readonly string[]
  /** A part of somebody's network that was handed on: whose customers are there, and what its holder lets them see. */
  delegation?: Delegated
}

export interface Delegated {
  toOrgId: string
  sees: 'count' | 'items' | 'addresses'
  /** Until its date, and not taken back. */
  inForce: boolean
  /** The one it was handed on to takes part: nobody else sees an address. */
  takesPart: boolean
}

interface Rule {
  /** Organisations of these kinds may, on what is their own. */
  own: readonly OrgKind[]
  /** Organisations of these kinds may, whoever it belongs to. */
  any: readonly OrgKind[]
  /** Persons with one of these roles may. */
  roles: readonly Role[]
  /** Programs with one of these scopes may. */
  scopes: readonly Scope[]
  changes: boolean
}

const everybody: readonly Role[] = ['owner', 'admin', 'handler', 'developer', 'read_only']
const handlers: readonly Role[] = ['owner', 'admin', 'handler']
const builders: readonly Role[] = ['owner', 'admin', 'developer']
const managers: readonly Role[] = ['owner', 'admin']
const everyKind: readonly OrgKind[] = ['provider', 'notifier', 'platform']

const rules: Record<Act, Rule> = {
  'notices.submit': { own: ['notifier'], any: [], roles: handlers, scopes: ['notices:write'], changes: true },
  'notices.read': { own: ['notifier'], any: ['platform'], roles: everybody, scopes: ['notices:read'], changes: false },
  'notices.withdraw': { own: ['notifier'], any: [], roles: handlers, scopes: ['notices:write'], changes: true },
  'observations.add': { own: ['notifier'], any: [], roles: handlers, scopes: ['notices:write'], changes: true },
  'reports.add': { own: ['provider'], any: [], roles: handlers, scopes: ['reports:write'], changes: true },
  // The desk attributes by hand what no network answers for, and cannot without looking.
  'items.reveal': {
    own: ['notifier', 'provider'],
    any: ['platform'],
    roles: handlers,
    scopes: ['items:reveal'],
    // It leaves a line; and no address goes to where tokens of the sandbox are kept.
    changes: true,
  },
  'endpoints.write': { own: ['provider'], any: [], roles: builders, scopes: ['endpoints:write'], changes: true },
  'endpoints.read': {
    own: ['provider'],
    any: ['platform'],
    roles: everybody,
    scopes: ['endpoints:write', 'deliveries:read'],
    changes: false,
  },
  'contacts.read': {
    own: ['provider'],
    any: ['platform'],
    roles: everybody,
    scopes: ['contacts:write'],
    changes: false,
  },
  // Where the pointers go, and with them the links by which one answers.
  'contacts.write': { own: ['provider'], any: [], roles: managers, scopes: ['contacts:write'], changes: true },
  // Whoever reads the mailbox brings the code back, or their program does.
  'contacts.confirm': {
    own: ['provider'],
    any: [],
    roles: ['owner', 'admin', 'handler', 'developer'],
    scopes: ['contacts:write'],
    changes: true,
  },
  'deliveries.read': {
    own: ['provider'],
    any: ['platform'],
    roles: everybody,
    scopes: ['deliveries:read'],
    changes: false,
  },
  'deliveries.resend': {
    own: ['provider'],
    any: [],
    roles: ['owner', 'admin', 'handler', 'developer'],
    scopes: ['endpoints:write'],
    changes: true,
  },
  'tokens.read': { own: ['provider', 'notifier'], any: [], roles: builders, scopes: [], changes: false },
  'tokens.write': { own: ['provider', 'notifier'], any: [], roles: builders, scopes: [], changes: true },
  'stream.poll': { own: ['provider'], any: [], roles: [], scopes: ['stream:poll'], changes: true },
  'tasks.read': { own: [], any: ['platform'], roles: everybody, scopes: [], changes: false },
  'tasks.close': { own: [], any: ['platform'], roles: handlers, scopes: [], changes: true },
  'attribution.decide': { own: [], any: ['platform'], roles: handlers, scopes: [], changes: true },
  'networks.read': {
    own: ['provider'],
    any: ['platform'],
    roles: everybody,
    scopes: ['networks:write'],
    changes: false,
  },
  'networks.write': { own: ['provider'], any: [], roles: managers, scopes: ['networks:write'], changes: true },
  // To agree that a part of it is somebody else's, or to hand a part on: a person says so.
  'networks.share': { own: ['provider'], any: [], roles: managers, scopes: [], changes: true },
  // A reseller, in what was handed on to it: how many, which, and where. Its holder sees everything by `inbox.read`.
  'delegated.count': {
    own: ['provider'],
    any: [],
    roles: everybody,
    scopes: ['notices:read', 'reports:write'],
    changes: false,
  },
  'delegated.items': {
    own: ['provider'],
    any: [],
    roles: everybody,
    scopes: ['notices:read', 'reports:write'],
    changes: false,
  },
  'delegated.reveal': { own: ['provider'], any: [], roles: handlers, scopes: ['items:reveal'], changes: true },
  'inbox.read': {
    own: ['provider'],
    any: [],
    roles: everybody,
    scopes: ['notices:read', 'reports:write'],
    changes: false,
  },
  'people.read': { own: everyKind, any: [], roles: everybody, scopes: [], changes: false },
  'people.manage': { own: everyKind, any: [], roles: managers, scopes: [], changes: true },
  'company.read': {
    own: ['provider', 'notifier'],
    any: ['platform'],
    roles: everybody,
    scopes: [],
    changes: false,
  },
  'company.write': { own: ['provider', 'notifier'], any: [], roles: ['owner', 'admin'], scopes: [], changes: true },
  // What binds the organisation is said by an owner of it, and by nobody for it.
  'terms.accept': { own: ['provider', 'notifier'], any: [], roles: ['owner'], scopes: [], changes: true },
  'consents.write': { own: ['provider'], any: [], roles: ['owner'], scopes: [], changes: true },
  // A provider reads its own; whom it may serve electronically, a notifier that is an authority reads of all.
  'consents.read': {
    own: ['provider', 'notifier'],
    any: ['platform'],
    roles: everybody,
    scopes: [],
    changes: false,
  },
  'organisations.read': { own: [], any: ['platform'], roles: everybody, scopes: [], changes: false },
  'organisations.decide': { own: [], any: ['platform'], roles: handlers, scopes: [], changes: true },
  'organisations.invite': { own: [], any: ['platform'], roles: ['owner', 'admin'], scopes: [], changes: true },
  'keys.read': { own: [], any: ['platform'], roles: everybody, scopes: [], changes: false },
  // Everything that is open is signed anew, so not everybody's hand.
  'keys.replace': { own: [], any: ['platform'], roles: managers, scopes: [], changes: true },
  'audit.read': { own: [], any: ['platform'], roles: everybody, scopes: [], changes: false },
  // What came back to our mails; what a person wrote leaves a line.
  'mails.read': { own: [], any: ['platform'], roles: handlers, scopes: [], changes: true },
}

export const acts = Object.keys(rules) as Act[]

/** The scopes that open anything to a program of such an organisation. */
export function scopesFor(orgKind: OrgKind): Scope[] {
  const open = Object.values(rules).filter(({ own, any }) => own.includes(orgKind) || any.includes(orgKind))
  return allScopes.filter((scope) => open.some(({ scopes }) => scopes.includes(scope)))
}

/** What a mailed link is for: to see what one notice asks, and to answer it. The verbs hold it to that notice. */
const byLink: readonly Act[] = ['items.reveal', 'reports.add']

/**
 * A mailed link is not enough for the platform and for authorities, whose mistakes cost others most; nor for somebody
 * who has set up a second factor, since it would protect nothing if a link went past it.
 */
export function assuranceNeeded(
  organisation: { kind: OrgKind; notifierKind: NotifierKind | null },
  hasFactor: boolean,
): 1 | 2 {
  const always = organisation.kind === 'platform' || organisation.notifierKind === 'authority'
  return always || hasFactor ? 2 : 1
}

/** Below it a person may set up a second factor, enter it, or sign out, and nothing else. */
export function isAssured(actor: PersonActor): boolean {
  // The platform is named once more: its desk sees across organisations, whatever a session row says.
  const needed = actor.orgKind === 'platform' ? 2 : actor.assuranceNeeded
  return actor.assurance >= needed
}

/** The first factor is set up by whoever came by a link; any other only by somebody who has shown one. */
export function mayChangeFactors(actor: PersonActor, hasFactor: boolean): boolean {
  return !hasFactor || actor.assurance >= 2
}

/** Only an owner makes somebody an owner, or takes it away; nobody changes what they are themselves. */
export function mayChangeRole(actor: PersonActor, member: { personId: string; role: Role }, to: Role | null): boolean {
  if (!may(actor, 'people.manage') || member.personId === actor.personId) return false
  return actor.role === 'owner' || (member.role !== 'owner' && to !== 'owner')
}

/** May this actor do this, to this? The one place that decides; pages and API ask it alike. */
export function may(actor: Actor, act: Act, object: ActObject = {}): boolean {
  if (actor.kind === 'nobody') return false
  if (actor.kind === 'person' && !isAssured(actor)) return false
  const rule = rules[act]
  if (object.delegation && !allows(object.delegation, act)) return false
  const own = isOwn(actor.orgId, object)
  if (!rule.any.includes(actor.orgKind) && !(own && rule.own.includes(actor.orgKind))) return false
  if (actor.kind === 'person') return rule.roles.includes(actor.role)
  if (actor.kind === 'contact') return own && byLink.includes(act)
  if (rule.changes && !actor.live) return false
  return rule.scopes.some((scope) => actor.scopes.includes(scope))
}

/** What each of a reseller's acts takes of what the holder lets it see. */
const needs: Partial<Record<Act, readonly Delegated['sees'][]>> = {
  'delegated.count': ['count', 'items', 'addresses'],
  'delegated.items': ['items', 'addresses'],
  'delegated.reveal': ['addresses'],
}

/** The holder's word, until its date; and an address is for nobody who does not take part. */
function allows({ sees, inForce, takesPart }: Delegated, act: Act): boolean {
  return inForce && needs[act]?.includes(sees) === true && (act !== 'delegated.reveal' || takesPart)
}

function isOwn(orgId: string, object: ActObject): boolean {
  if (object.delegation) return object.delegation.toOrgId === orgId
  if (object.orgId === undefined && object.addressees === undefined) return true
  return object.orgId === orgId || (object.addressees?.includes(orgId) ?? false)
}
