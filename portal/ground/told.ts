/** What is told to whoever runs it: the log and the traces, from one list of fields. */

/** Writes the fields on its list and no others; anything else is dropped and counted. */
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** What is traced, where somebody collects it: seven things, and none that we did not write down here. */
export type SpanName = 'submit' | 'claim' | 'attempt' | 'finish' | 'reaction' | 'look' | 'mail'

/** What a span may say: ids, words and numbers of the log's own list. Nothing else leaves. */
export type SpanAbout = Pick<
  LogFields,
  | 'noticeId'
  | 'itemId'
  | 'orgId'
  | 'deliveryId'
  | 'endpointId'
  | 'factId'
  | 'reaction'
  | 'kind'
  | 'code'
  | 'status'
  | 'count'
  | 'attempt'
> & { /** Of what is done for several at once: their traces are linked. */ noticeIds?: readonly string[] }

export interface Traces {
  /**
   * Does the work, and says how long it took, in the trace of its notice. `learnt`: what the result tells; null: it was
   * nothing worth telling. Where nobody collects, it does the work and no more.
   */
  span<T>(
    name: SpanName,
    known: SpanAbout,
    work: () => Promise<T>,
    learnt?: (result: T) => SpanAbout | null,
  ): Promise<T>
}

export interface LogFields {
  noticeId?: string
  itemId?: string
  orgId?: string
  deliveryId?: string
  endpointId?: string
  reportId?: string
  factId?: string
  jobId?: string
  kid?: string
  reaction?: string
  kind?: string
  code?: string
  method?: string
  /** A route's pattern, never a path or query. */
  route?: string
  status?: number
  ms?: number
  count?: number
  attempt?: number
  port?: number
  pid?: number
  version?: string
  /** An error's class and code; its message may quote input and is left out. */
  error?: unknown
}
