import type { NoticeItem } from '../protocol.ts'
import type { Handlers, NoticeContext } from '../receiver/handlers.ts'
import { Refusal } from '../refusals.ts'
import type { Desk } from './desk.ts'
import { type CustomerStatement, customerStatement, type Provider, type StatementOptions } from './statement.ts'
import type { Language } from './statement-words.ts'

/** What handlers under a policy are told besides. */
export interface PolicyContext extends NoticeContext {
  /**
   * The statement of reasons you owe the customer about the items at hand, or why none may be sent: see
   * `customerStatement`. Who decided is known here. Needs the option `provider` of the policy, or one given here.
   */
  customerStatement(language: Language, given?: Partial<StatementOptions>): CustomerStatement
}

type Acting = 'notice.issued' | 'notice.corrected'
type Told<Handler> = Handler extends (body: infer Body, context: NoticeContext) => infer Result
  ? (body: Body, context: PolicyContext) => Result
  : Handler

/** `Handlers`; those that act are told a little more. */
export type PolicyHandlers = { [name in keyof Handlers]: name extends Acting ? Told<Handlers[name]> : Handlers[name] }

export function withStatement(on: PolicyHandlers, desk: Desk, provider: Provider | null): Handlers {
  function told(context: NoticeContext, items: readonly NoticeItem[]): PolicyContext {
    const { notice } = context
    const here = notice === null ? null : { ...notice, items: [...items] }
    return {
      ...context,
      customerStatement(language, given = {}) {
        const own = given.provider ?? provider
        if (own === null)
          throw new Refusal('policy_invalid', 'Give openPolicy your provider: a statement says who makes it.')
        const about = given.items ?? given.outcomes?.map(({ item }) => item) ?? items.map(({ id }) => id)
        const decided = new Set(
          about.map((id) =>
            desk.items.find(context.caseId, id)?.decision == null ? ('auto' as const) : ('human' as const),
          ),
        )
        const [only] = decided
        const by = decided.size === 1 && only !== undefined ? { decidedBy: only } : {}
        return customerStatement({ ...context, notice: here }, language, { ...by, ...given, provider: own })
      },
    }
  }

  const corrected = on['notice.corrected']
  return {
    ...on,
    'notice.issued': (notice, context) => on['notice.issued'](notice, told(context, notice.items)),
    ...(corrected !== undefined && {
      'notice.corrected': (correction, context) => corrected.call(on, correction, told(context, correction.items)),
    }),
  }
}
