import { msOf } from '../deadlines/duration.ts'
import { normOf, type Regime } from '../deadlines/norms.ts'
import type { InputError } from '../facts/input-error.ts'
import type { NoticeSubmission } from './notice.ts'

interface Combination {
  pointer: string
  code: string
  message: string
  /** What must hold of a notice; it is refused with the pointer where it does not. */
  holds(notice: NoticeSubmission): boolean
}

/** Regimes that are decisions of an authority. */
export const orderRegimes: readonly Regime[] = ['dsa_order', 'tco_removal_order', 'csam_order']

/** What may be combined. Anything else is refused. */
export const combinations: readonly Combination[] = [
  {
    pointer: '/category',
    code: 'not_with_this_regime',
    message: 'A removal order of Regulation (EU) 2021/784 is about terrorist content only.',
    holds: ({ regime, category }) => regime !== 'tco_removal_order' || category === 'terrorist_content',
  },
  {
    pointer: '/category',
    code: 'not_with_this_regime',
    message: 'This order is about child sexual abuse material only.',
    holds: ({ regime, category }) => regime !== 'csam_order' || category === 'csam',
  },
  {
    pointer: '/legal_class',
    code: 'required',
    message: 'For csam the legal class is required: baseline, national or not_disclosed.',
    holds: ({ category, legal_class }) => category !== 'csam' || legal_class !== undefined,
  },
  {
    pointer: '/legal_class',
    code: 'not_with_this_category',
    message: 'A legal class is given for csam only.',
    holds: ({ category, legal_class }) => category === 'csam' || legal_class === undefined,
  },
  {
    pointer: '/deadline',
    code: 'not_with_this_regime',
    message: 'Under this regime the time is set by its norm.',
    holds: ({ regime, deadline }) => deadline === undefined || normOf(regime).choice !== null,
  },
  {
    pointer: '/deadline/within',
    code: 'out_of_range',
    message: 'An ISO 8601 duration within what the regime allows: PT1H to P7D for the voluntary code.',
    holds: ({ regime, deadline }) => {
      const choice = normOf(regime).choice
      if (deadline === undefined || choice === null) return true
      const asked = msOf(deadline.within)
      return asked !== null && asked >= (msOf(choice.shortest) ?? 0) && asked <= (msOf(choice.longest) ?? 0)
    },
  },
  {
    pointer: '/preservation/basis',
    code: 'not_with_this_regime',
    message: 'This basis belongs to removal orders of Regulation (EU) 2021/784.',
    holds: ({ regime, preservation }) => preservation?.basis !== 'tco6' || regime === 'tco_removal_order',
  },
  {
    pointer: '/preservation/reference',
    code: 'required',
    message: "Preservation for law enforcement needs the authority's reference.",
    holds: ({ preservation }) => preservation?.basis !== 'law_enforcement' || preservation.reference !== undefined,
  },
  {
    pointer: '/preservation/reference',
    code: 'not_with_this_basis',
    message: 'A reference is given for law enforcement only.',
    holds: ({ preservation }) => preservation?.basis === 'law_enforcement' || preservation?.reference === undefined,
  },
  {
    pointer: '/disclosure/basis',
    code: 'required',
    message: "Keeping it from the provider's customer needs a basis.",
    holds: ({ disclosure }) => disclosure?.allowed !== false || disclosure.basis !== undefined,
  },
  {
    pointer: '/disclosure/until',
    code: 'required',
    message: "Keeping it from the provider's customer needs an end.",
    holds: ({ disclosure }) => disclosure?.allowed !== false || disclosure.until !== undefined,
  },
  {
    pointer: '/disclosure',
    code: 'not_when_allowed',
    message: 'A basis and an end are given only where disclosure is not allowed.',
    holds: ({ disclosure }) =>
      disclosure?.allowed !== true || (disclosure.basis === undefined && disclosure.until === undefined),
  },
]

export function combinationErrors(notice: NoticeSubmission): InputError[] {
  return combinations
    .filter((combination) => !combination.holds(notice))
    .map(({ pointer, code, message }) => ({ pointer, code, message }))
}
