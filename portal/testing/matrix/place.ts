/** What a place in the matrix of pages says. */
import type { World } from './world.ts'

export const all = 'owner admin handler developer read_only'
export const handling = 'owner admin handler'
export const managing = 'owner admin'
export const building = 'owner admin developer'
/** Whoever does anything at all, at a provider. */
export const notReading = { provider: 'owner admin handler developer' }

/** Roles by kind of organisation; `authority`: notifiers that are one, alone. `everybody`: also nobody. `person`: whoever signed in, before a second factor as well. */
export type Who =
  | 'everybody'
  | 'person'
  | { provider?: string; notifier?: string; platform?: string; authority?: string }

export interface Form {
  who: Who
  fields?: Readonly<Record<string, string>> | ((world: World) => Readonly<Record<string, string>>)
  /** Only those who may not are tried: for whoever may, it would end what the others stand on. */
  refusedOnly?: true
  /** Whose object its fields name; left out: as the page. To a stranger of the same kind it is not there. */
  of?: 'tern' | 'baken'
  /** Where whoever may is sent on to, if that is where others are sent to prove who they are. */
  leadsTo?: string
  /** What it is about is not there, or not when the first of them has sent it: whoever may is told so. */
  absent?: true
}

export interface Place {
  /** Who is let in by the loader; left out where there is none. */
  see?: Who
  /** The forms of its action, each with fields that would do something. */
  forms?: Readonly<Record<string, Form>>
  params?: (world: World) => Readonly<Record<string, string>>
  /** Whose object the address names: to a stranger of the same kind it is not there. */
  of?: 'tern' | 'baken'
  /** What the address names is not there: whoever may is told 404, and nobody else even that. */
  absent?: true
}

export const provider = { provider: all }
export const notifier = { notifier: all }
export const platform = { platform: all }
export const anyMember = { provider: all, notifier: all, platform: all }

export const form = (who: Who, fields: Form['fields'] = {}, absent = false): Form => ({
  who,
  fields,
  ...(absent ? { absent } : {}),
})
export const deskHandling = { platform: handling }

/** The same page on all three sides; what the forms are about is Tern's. */
export const people = (kind: 'provider' | 'notifier' | 'platform'): Place => ({
  see: { [kind]: all },
  forms: {
    invite: form({ [kind]: managing }, { intent: 'invite', email: `new@${kind}.example`, role: 'handler' }),
    'invite an owner': form({ [kind]: 'owner' }, { intent: 'invite', email: `boss@${kind}.example`, role: 'owner' }),
    resend: {
      ...form({ [kind]: managing }, ({ ids }) => ({ intent: 'resend', invitation: ids.invitation })),
      absent: true,
    },
    revoke: {
      ...form({ [kind]: managing }, ({ ids }) => ({ intent: 'revoke', invitation: ids.invitation })),
      absent: true,
    },
    role: form({ [kind]: managing }, ({ ids }) => ({ intent: 'role', person: ids.spare, role: 'developer' }), true),
    remove: {
      ...form({ [kind]: managing }, ({ ids }) => ({ intent: 'remove', person: ids.spare })),
      refusedOnly: true,
    },
    leave: { who: { [kind]: all }, fields: { intent: 'leave' }, refusedOnly: true },
  },
})

/** Tokens for programs: the same on both sides that have them. */
export const programs = (
  kind: 'provider' | 'notifier',
  of: 'tern' | 'baken',
  token: (world: World) => string,
): Readonly<Record<string, Form>> => ({
  add: form({ [kind]: building }, { intent: 'add' }),
  rotate: {
    ...form({ [kind]: building }, (world) => ({ intent: 'rotate', token: token(world), hours: '1' }), true),
    of,
  },
  revoke: { ...form({ [kind]: building }, (world) => ({ intent: 'revoke', token: token(world) }), true), of },
})
