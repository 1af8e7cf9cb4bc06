import type { ObstacleRule, Regime } from '@noticeline/sdk/protocol'

export type { Regime } from '@noticeline/sdk/protocol'

/** What an obstacle ("cannot execute") does to a running clock. */
export type OnObstacle = ObstacleRule

/** By when something has to happen: data, never code. */
export interface Norm {
  /** ISO 8601. */
  within: string
  from: 'receipt' | 'decision' | 'request' | 'complaint' | 'preservation'
  onObstacle: OnObstacle
  /** Of a binding norm a breach is said; a voluntary one is adhered to, or is a reference time. */
  binding: boolean
  /** What a notice may ask for instead, where it may; the norm's own time otherwise. */
  choice: { shortest: string; longest: string } | null
  /** How long after an offer on a live second channel silence counts as receipt; null where it never does. */
  deemedReceipt: string | null
  /** How long before a provider's first order it has to be told about procedures and deadlines. */
  firstOrderAfter: string | null
  /** Where the time comes from. */
  source: string
}

const none = { choice: null, deemedReceipt: null, firstOrderAfter: null } as const

/** The norm of a notice, by its regime. */
export const norms: Record<Regime, Norm> = {
  ntd_code: {
    ...none,
    within: 'PT24H',
    from: 'receipt',
    onObstacle: 'pause',
    binding: false,
    choice: { shortest: 'PT1H', longest: 'P7D' },
    source: 'Gedragscode Notice-and-Take-Down (NL), addendum on child sexual abuse material: 24 hours',
  },
  dsa_notice: {
    ...none,
    within: 'PT24H',
    from: 'receipt',
    onObstacle: 'pause',
    binding: false,
    source: 'Regulation (EU) 2022/2065, Article 16(6): timely, without a number; 24 hours is a reference time',
  },
  dsa_order: {
    ...none,
    within: 'PT24H',
    from: 'receipt',
    onObstacle: 'pause',
    binding: true,
    choice: { shortest: 'PT1H', longest: 'P28D' },
    source: 'Regulation (EU) 2022/2065, Article 9: without undue delay, or as the order says',
  },
  tco_removal_order: {
    ...none,
    within: 'PT1H',
    from: 'receipt',
    onObstacle: 'restart',
    binding: true,
    firstOrderAfter: 'PT12H',
    source: 'Regulation (EU) 2021/784, Article 3(2), 3(3), 3(7) and 3(8)',
  },
  csam_order: {
    ...none,
    within: 'PT12H',
    from: 'receipt',
    onObstacle: 'pause',
    binding: true,
    choice: { shortest: 'PT1H', longest: 'P28D' },
    source: 'National administrative order on child sexual abuse material: 12 hours, or as the order says',
  },
  test: {
    ...none,
    within: 'PT24H',
    from: 'receipt',
    onObstacle: 'pause',
    binding: false,
    choice: { shortest: 'PT1H', longest: 'P7D' },
    source: 'Rehearsals: as the voluntary code, and in no figure',
  },
}

export const procedures = ['scrutiny_request', 'scrutiny_decision', 'complaint', 'evidence_preservation'] as const
export type Procedure = (typeof procedures)[number]

/** Times that run beside a notice, not on an item. */
export const procedureNorms: Record<Procedure, Norm> = {
  scrutiny_request: {
    ...none,
    within: 'PT48H',
    from: 'receipt',
    onObstacle: 'none',
    binding: true,
    source: 'Regulation (EU) 2021/784, Article 4(4)',
  },
  scrutiny_decision: {
    ...none,
    within: 'PT72H',
    from: 'request',
    onObstacle: 'none',
    binding: true,
    source: 'Regulation (EU) 2021/784, Article 4(3) and 4(4)',
  },
  complaint: {
    ...none,
    within: 'P2W',
    from: 'complaint',
    onObstacle: 'none',
    binding: true,
    source: 'Regulation (EU) 2021/784, Article 10(2)',
  },
  evidence_preservation: {
    ...none,
    within: 'P6M',
    from: 'preservation',
    onObstacle: 'none',
    binding: true,
    source: 'Regulation (EU) 2021/784, Article 6(2)',
  },
}

/** By when a notice under this regime asks for removal. */
export function normOf(regime: Regime): Norm {
  return norms[regime]
}
