export const roles = ['owner', 'admin', 'handler', 'developer', 'read_only'] as const
export type Role = (typeof roles)[number]

export const orgKinds = ['provider', 'notifier', 'platform'] as const
export type OrgKind = (typeof orgKinds)[number]

export const notifierKinds = ['hotline', 'authority', 'other'] as const
export type NotifierKind = (typeof notifierKinds)[number]

export type Locale = 'en' | 'nl'

/** A company, hotline, authority or the platform's own desk. */
export interface Organisation {
  id: string
  kind: OrgKind
  notifierKind: NotifierKind | null
  name: string
  country: string
  locale: Locale
  phone: string | null
  trustedFlagger: boolean
  /** Since when a provider adheres to the voluntary code; null where the norm is only a reference time. */
  adheresSince: Date | null
  admittedAt: Date | null
  suspendedAt: Date | null
  /** A company that never heard of us is known from the registry of addresses; null: it registered, or the desk did. */
  knownFrom: 'registry' | null
}

/** Only an admitted organisation that is not suspended sends or is sent anything. */
export function takesPart(organisation: Pick<Organisation, 'admittedAt' | 'suspendedAt'>): boolean {
  return organisation.admittedAt !== null && organisation.suspendedAt === null
}

/** Mail addresses are compared without case and surrounding space; nothing cleverer, since mailboxes differ. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase()
}

/** What can be a mailbox. Whether it is one is shown by an answer from it. */
export function isEmail(email: string): boolean {
  return /^[^\s@]{1,64}@[^\s@]{1,190}$/.test(email)
}
