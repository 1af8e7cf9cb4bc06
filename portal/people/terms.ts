import type { OrgKind } from './person.ts'

/** What taking part means, for those who are sent notices and for those who send them. */
export const termsFor = ['provider', 'notifier'] as const
export type TermsFor = (typeof termsFor)[number]

/** The text that is accepted today. Another text is another version; what was accepted stays as it was. */
export const currentTerms: Record<TermsFor, string> = { provider: 'provider-2026-11', notifier: 'notifier-2026-11' }

/** How many paragraphs the text has; they stand in the catalogue as `terms-<for>-1`, and so on, in every language. */
export const termsParagraphs = 6

/** The platform's desk accepts nothing from itself. */
export function termsOf(kind: OrgKind): TermsFor | null {
  return kind === 'platform' ? null : kind
}
