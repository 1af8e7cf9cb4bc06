import type { LinkAnswer } from '../../../removal/answer-by-link.ts'
import { given, instant, word } from '../../forms.server.ts'

export const groups = ['gone', 'elsewhere', 'cannot'] as const
export type Group = (typeof groups)[number]

/** What a button on the page stands for: an outcome, with its reason or territory behind the dot. */
export function readAnswer(form: FormData): LinkAnswer {
  const [outcome = '', detail] = word(form, 'outcome').split('.', 2)
  const note = given(form, 'note')
  const since = instant(given(form, 'since')?.replace(/^(\d{4}-\d{2}-\d{2})[ ,]+(\d{1,2}:\d{2})( ?UTC|Z)?$/i, spelled))
  return {
    outcome: outcome as LinkAnswer['outcome'],
    ...(outcome === 'access_disabled' ? { territory: [detail ?? 'worldwide'] } : {}),
    ...(outcome === 'not_hosted_here' || outcome === 'cannot_execute' || outcome === 'refused'
      ? { reason: detail as NonNullable<LinkAnswer['reason']> }
      : {}),
    ...(outcome === 'already_unavailable' && since !== undefined ? { since } : {}),
    ...(note === undefined ? {} : { note }),
  }
}

// An old phone shows a plain field where a new one offers a calendar.
function spelled(_whole: string, date: string, time: string): string {
  return `${date}T${time.padStart(5, '0')}`
}

/** The items that are ticked; null where the page offers no choice, which means all of them. */
export function readItems(form: FormData): string[] | null {
  if (word(form, 'which') !== 'some') return null
  return form.getAll('item').filter((id): id is string => typeof id === 'string')
}

/** Which of the three buttons an outcome belongs to, to come back to when it does not fit. */
export function groupOf(outcome: string): Group {
  if (outcome === 'not_hosted_here') return 'elsewhere'
  return outcome === 'cannot_execute' || outcome === 'refused' ? 'cannot' : 'gone'
}
