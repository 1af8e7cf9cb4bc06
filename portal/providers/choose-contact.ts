import { type ContactPurpose, type ContactState, type Standing, stateOf } from './contact.ts'

/** A contact as far as the choice looks at it. */
export interface Choosable extends Standing {
  id: string
  /** Its place in the order of escalation: the lowest is tried first. */
  position: number
  purposes: readonly ContactPurpose[]
}

export interface Need {
  now: Date
  /** What it is about; a contact for any of these comes before others. */
  purposes: readonly ContactPurpose[]
  /** Who was written to about it already: nobody twice. */
  already?: ReadonlySet<string>
}

/**
 * Whom to write to now, and whom after that: pure. Contacts that work come first, those for this purpose before others,
 * each in the order of escalation. Outside its hours a contact is passed over only where one that works is there round the
 * clock. Silent, absent and lapsed contacts, and those that called our mail unwanted, are
 * the last resort. Where mail comes back, or nobody ever answered, nothing
 * is sent at all.
 */
export function contactsInOrder<C extends Choosable>(contacts: readonly C[], need: Need): C[] {
  const stated = contacts
    .map((contact) => ({ contact, state: stateOf(contact, need.now) }))
    .filter(({ state }) => state !== 'unreachable' && state !== 'unverified')
  const somebodyAlways = stated.some(({ contact, state }) => state === 'live' && contact.hours === '24x7')
  return stated
    .filter(({ contact }) => !need.already?.has(contact.id))
    .map(({ contact, state }) => ({ contact, rank: rankOf(state, somebodyAlways), fits: fits(contact, need) }))
    .sort(
      (left, right) =>
        left.rank - right.rank ||
        Number(right.fits) - Number(left.fits) ||
        left.contact.position - right.contact.position ||
        (left.contact.id < right.contact.id ? -1 : 1),
    )
    .map(({ contact }) => contact)
}

/** The first of them, or null: no channel answers. */
export function chooseContact<C extends Choosable>(contacts: readonly C[], need: Need): C | null {
  return contactsInOrder(contacts, need)[0] ?? null
}

/** What a notice under this regime is for a contact: orders go to whoever is named for authorities. */
export function purposeOf(regime: string): ContactPurpose {
  return regime.endsWith('_order') ? 'orders' : 'notices'
}

const ranks: { readonly [S in ContactState]: number } = {
  live: 0,
  closed: 0,
  silent: 2,
  away: 3,
  complained: 4,
  lapsed: 5,
  unverified: 9,
  unreachable: 9,
}

function rankOf(state: ContactState, somebodyAlways: boolean): number {
  return state === 'closed' && somebodyAlways ? 1 : ranks[state]
}

function fits(contact: Choosable, need: Need): boolean {
  return contact.purposes.some((purpose) => need.purposes.includes(purpose))
}
