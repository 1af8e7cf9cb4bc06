/** One signed statement on its way to the portal. Signed once: every attempt carries these bytes. */
export interface OutboxReport {
  /** Its token id. */
  readonly id: string
  readonly kind: 'receipt' | 'outcomes'
  /** The notice it is about. Reports about one notice leave in the order in which they were made. */
  readonly txn: string | null
  readonly raw: string
  readonly to: string
  readonly createdAt: string
  readonly state: 'waiting' | 'sent' | 'dead'
  readonly attempts: number
  readonly nextAt: string
  /** The portal's `err` where it refused the report, or what went wrong on the way. */
  readonly err: string | null
  readonly description: string | null
}

/** What may change about a report on its way. */
export type ReportPatch = Partial<
  Pick<OutboxReport, 'state' | 'attempts' | 'nextAt' | 'err' | 'description' | 'raw' | 'to'>
>

/** What changes about one report. */
export interface ReportChange {
  readonly id: string
  readonly patch: ReportPatch
}
