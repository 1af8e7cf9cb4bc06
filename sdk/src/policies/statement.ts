import type { AppliedScope, NoticeIssued, NoticeItem } from '../protocol.ts'
import type { NoticeContext } from '../receiver/handlers.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import { type Language, type Words, words } from './statement-words.ts'

/** Who you are to your customers. */
export interface Provider {
  readonly name: string
  /** Where a customer reaches a person of yours. */
  readonly contact: string
  /** Online platforms: where complaints go (DSA art. 20). Left out, neither art. 20 nor art. 21 is named: they bind platforms only. */
  readonly complaints?: string
  /** Online platforms: a certified body for out-of-court settlement (DSA art. 21). */
  readonly outOfCourt?: string
  /** The clause of your terms it is incompatible with, where you rely on one as well. */
  readonly terms?: string
}

/** What the statement of reasons is written from. */
export interface StatementOptions {
  readonly provider: Provider
  /** What was done, item by item. Left out: removed or made inaccessible, everywhere. */
  readonly outcomes?: readonly Outcome[]
  /** The items it is about: one customer's. Left out: those of `outcomes`, or all. */
  readonly items?: readonly string[]
  /** Who decided. Left out: as `by` in the outcomes says. */
  readonly decidedBy?: 'auto' | 'human'
  /** Until when it holds. Left out: until further notice. */
  readonly until?: Date
}

/**
 * Why none may be sent.
 *
 * - `not_allowed`: the notice forbids to tell the customer (`disclosure.allowed`).
 * - `non_disclosure`: the authority behind a removal order does (TCO art. 11(3)).
 * - `nothing_restricted`: nothing was removed or disabled, so nothing is owed.
 * - `test`: a notice of the sandbox is about nobody's content.
 * - `notice_unknown`: the notice itself never came, or no such item is in it.
 */
export type NoStatement = 'not_allowed' | 'non_disclosure' | 'nothing_restricted' | 'test' | 'notice_unknown'

/** What the host owes its customer, or why it must not be sent. */
export type CustomerStatement =
  | { readonly result: 'statement'; readonly language: Language; readonly text: string }
  /** Tell the customer nothing; `until` says for how long, where the notice does. */
  | { readonly result: 'none'; readonly why: NoStatement; readonly until: string | null }

/**
 * The statement of reasons that you owe the customer whose content was removed or made inaccessible (DSA art. 17(3); for
 * orders what art. 9(5) and TCO art. 11 ask for), as text for a person to read; or why none may be sent. It names the
 * item's own address, defanged, and no other; of the notice it quotes only what may be forwarded and the legal basis, and
 * it never names who reported. Have somebody of yours read it before it leaves: what is true of your company is yours.
 */
export function customerStatement(
  context: Pick<NoticeContext, 'notice' | 'caseId' | 'receivedAt' | 'now'>,
  language: Language,
  options: StatementOptions,
): CustomerStatement {
  const { notice } = context
  const none = (why: NoStatement, until: string | null = null) => ({ result: 'none', why, until }) as const
  if (notice === null) return none('notice_unknown')
  if (notice.regime === 'test') return none('test')
  const { allowed, until } = notice.disclosure
  // A prohibition with an end has one.
  if (!allowed && !(until !== undefined && Date.parse(until) <= context.now().getTime())) {
    return none(notice.regime === 'tco_removal_order' ? 'non_disclosure' : 'not_allowed', until ?? null)
  }
  const restricting = options.outcomes?.filter(isRestricting)
  if (restricting?.length === 0) return none('nothing_restricted')
  const named = options.items ?? restricting?.map(({ item }) => item) ?? notice.items.map(({ id }) => id)
  const items = notice.items.filter(({ id }) => named.includes(id))
  if (items.length === 0) return none('notice_unknown')
  const told = items.flatMap((item) => {
    const outcome = restricting?.find((one) => one.item === item.id)
    return restricting !== undefined && outcome === undefined ? [] : [[item, outcome ?? null] as const]
  })
  if (told.length === 0) return none('nothing_restricted')
  return { result: 'statement', language, text: compose(words[language], context, notice, told, options) }
}

function isRestricting({ outcome, also }: Outcome): boolean {
  return outcome === 'content_removed' || outcome === 'access_disabled' || also !== undefined
}

const orders: readonly NoticeIssued['regime'][] = ['dsa_order', 'tco_removal_order', 'csam_order']

function compose(
  say: Words,
  { caseId, receivedAt, now }: Pick<NoticeContext, 'caseId' | 'receivedAt' | 'now'>,
  notice: NoticeIssued,
  told: readonly (readonly [NoticeItem, Outcome | null])[],
  { provider, decidedBy, until }: StatementOptions,
): string {
  const { regime, grounds, may_be_forwarded: forwarded } = notice
  const order = orders.includes(regime)
  const authority = notice.notifier.name
  const by = decidedBy ?? bySaying(told)
  const basis = grounds?.legal_basis?.length ? grounds.legal_basis.join('; ') : say.law[notice.category]
  const redress = [
    ...(order
      ? [
          regime === 'tco_removal_order'
            ? say.againstRemovalOrder(provider.contact, authority)
            : say.againstOrder(authority),
        ]
      : []),
    provider.complaints === undefined ? say.write(provider.contact) : say.complain(provider.complaints),
    ...(provider.complaints === undefined ? [] : [say.outOfCourt(provider.outOfCourt)]),
    say.court,
  ]
  const parts: readonly (readonly string[])[] = [
    [
      order ? say.order : say.title,
      say.toRead,
      say.from(provider.name, provider.contact),
      say.about(caseId, day(now())),
    ],
    [
      say.decision,
      ...told.map(([item, outcome]) => `- ${defanged(item.url)}: ${measure(say, item, outcome)}`),
      until === undefined ? say.forGood : say.until(day(until)),
    ],
    [
      say.facts,
      say.received(day(receivedAt), say.regime(regime, authority)),
      say.notOurs,
      ...(forwarded === undefined
        ? []
        : [
            say.passedOn,
            quoted(
              forwarded,
              told.map(([{ url }]) => url),
            ),
          ]),
    ],
    [say.automation, by === null ? say.unknownHow : by === 'human' ? say.byPerson : say.byProgram, say.found],
    [say.ground, say.legal(basis), say.why, ...(provider.terms === undefined ? [] : [say.contractual(provider.terms)])],
    [say.redress, ...redress.map((line) => `- ${line}`)],
  ]
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function measure(say: Words, item: NoticeItem, outcome: Outcome | null): string {
  const scope: AppliedScope = outcome?.scope_applied ?? item.scope
  const done =
    outcome?.outcome === 'content_removed'
      ? say.removed
      : outcome?.outcome === 'access_disabled'
        ? say.disabled(where(say, outcome.territory))
        : outcome === null
          ? say.either
          : null
  const also = [outcome?.also ?? []]
    .flat()
    .map((code) => (code === 'account_terminated' ? say.terminated : say.suspended))
  return `${[done === null ? null : `${say.scope[scope]}, ${done}`, ...also].filter((text) => text !== null).join('; ')}.`
}

function where(say: Words, territory: readonly string[]): string {
  if (territory.includes('worldwide')) return say.everywhere
  return territory.includes('eu') ? say.union : say.countries(territory.join(', '))
}

function bySaying(told: readonly (readonly [NoticeItem, Outcome | null])[]): 'auto' | 'human' | null {
  const said = new Set(told.map(([, outcome]) => outcome?.by ?? null))
  const [only] = said
  return said.size === 1 ? (only ?? null) : null
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10)
}

/** Nobody follows it by a click, and no mail program fetches it beforehand. */
function defanged(url: string): string {
  return url.replace(/^http/i, 'hxxp')
}

/** Another's address stands in no statement, whoever wrote it into the text. */
function quoted(text: string, named: readonly string[]): string {
  const own = text.replaceAll(/https?:\/\/[^\s<>"')]+/gi, (url) => (named.includes(url) ? defanged(url) : '[…]'))
  return own
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}
