import { appliedScopes, besideCodes, outcomeCodes, outcomeReasons } from '@noticeline/sdk/protocol'
import type { InputError } from '../../../facts/input-error.ts'
import { type Complaint, complaintsOf, given, instant, word } from '../../forms.server.ts'
import type { TextKey } from '../../language/catalogue.ts'
import type { Text } from '../../language/text.ts'

export type Draft = Partial<Record<(typeof outcomeFields)[number], string>>

const outcomeFields = [
  'outcome',
  'at',
  'since',
  'territory',
  'countries',
  'reason',
  'downstream',
  'of',
  'scope_applied',
  'collateral',
  'police_informed',
  'also',
  'note',
  'number',
] as const

/** What the form offers for one outcome: the member it cannot do without, and what may be said beside it. */
export function choicesOf(outcome: string | null) {
  const code = outcomeCodes.find((known) => known === outcome)
  const reasons: readonly string[] =
    code && code in outcomeReasons ? outcomeReasons[code as keyof typeof outcomeReasons] : []
  return { outcome: code ?? null, outcomes: outcomeCodes, reasons, appliedScopes, beside: besideCodes }
}

export function readOutcomeDraft(form: FormData): Draft {
  return Object.fromEntries(outcomeFields.map((name) => [name, word(form, name)]))
}

/** One item's result, as the wire has it. */
export function resultOf(form: FormData, itemId: string, now: Date): Record<string, unknown> {
  const territory = word(form, 'territory')
  const countries = word(form, 'countries')
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean)
  const also = form.getAll('also').filter((code) => typeof code === 'string' && code !== '')
  const members = {
    item: itemId,
    outcome: word(form, 'outcome'),
    at: instant(given(form, 'at')) ?? now.toISOString(),
    by: 'human',
    since: instant(given(form, 'since')),
    territory: territory === 'countries' ? countries : territory ? [territory] : undefined,
    reason: given(form, 'reason'),
    downstream: given(form, 'downstream'),
    of: given(form, 'of'),
    scope_applied: given(form, 'scope_applied'),
    collateral: given(form, 'collateral'),
    police_informed: given(form, 'police_informed'),
    also: also.length > 0 ? also : undefined,
    note: given(form, 'note'),
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

const labels: Partial<Record<string, TextKey>> = {
  outcome: 'report-outcome',
  at: 'report-at',
  since: 'report-since',
  territory: 'report-territory',
  reason: 'report-reason',
  downstream: 'report-downstream',
  of: 'report-of',
  scope_applied: 'report-scope',
  collateral: 'report-collateral',
  police_informed: 'report-police',
  also: 'report-also',
  note: 'report-note',
}

export function outcomeComplaints(errors: readonly InputError[], text: Text): Complaint[] {
  return complaintsOf(errors, text, (pointer) => {
    const member = /^\/results\/0\/([a-z_]+)/.exec(pointer)?.[1]
    const label = member ? labels[member] : undefined
    return member && label ? { field: member, label: text(label) } : null
  })
}

/** Typed by hand or pasted: space and case do not matter, every character does. */
export function isNumberOf(noticeId: string, typed: string): boolean {
  return typed.trim().toLowerCase() === noticeId
}
