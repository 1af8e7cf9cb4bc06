import type { NoticeIssued, NoticeItem } from '../protocol.ts'
import type { NoticeContext } from '../receiver/handlers.ts'
import { digestOf } from './decision.ts'
import type { Desk, PolicyAlarm } from './desk.ts'
import type { PolicyItem } from './items.ts'
import { beyond, type Reach, unlisted, type Why } from './rule.ts'

export interface Brought {
  readonly handler: PolicyItem['handler']
  readonly item: NoticeItem
  readonly notice: NoticeIssued
  readonly context: NoticeContext
  readonly reach: Reach | null
}

export interface Judged {
  /** The item as it stands now; null where nothing changes. */
  readonly next: PolicyItem | null
  readonly act: boolean
  readonly alarm?: PolicyAlarm['code'] | undefined
  /** Counted by the breaker, under this name. */
  readonly spends?: string
}

const nothing: Judged = { next: null, act: false }

/** What to do about one item that a handler was given. Only what is spent changes here; the rest is for the caller to write. */
export function judge(desk: Desk, brought: Brought): Judged {
  const { handler, item, notice, context, reach } = brought
  const before = desk.items.find(notice.notice, item.id)
  const digest = digestOf(item)
  const same = before?.digest === digest
  if (desk.rule.rule === 'observe' && before !== null) return nothing

  switch (before?.state) {
    case 'asked':
      // A decision is about what is there now; what a later token says of the same thing changes nothing.
      return same ? nothing : { next: { ...before, ...shown(brought, digest), alarmed: false }, act: false }
    case 'approved':
      if (!same) return asked(brought, digest, before, 'corrected', 'decision_void')
      if (before.handler !== handler) return nothing
      return begun(brought, before, beyond(desk.guard, reach))
    case 'answered':
      if (!same) return asked(brought, digest, before, 'corrected', 'decision_void')
      return {
        next: { ...before, state: 'done', results: before.answer && [before.answer], contents: null },
        act: false,
      }
    case 'acting':
      if (before.handler !== handler) return nothing
      // Begun before and not ended: its handler failed, or the process did. It was counted then.
      if (same && (before.decision !== null || listed(desk, notice))) return { next: null, act: true }
      return fresh(desk, brought, digest, before)
    case 'done':
      return same || handler === 'notice.issued' ? nothing : fresh(desk, brought, digest, before)
    case 'over':
      return handler === 'notice.issued' ? fresh(desk, brought, digest, null) : nothing
    default:
      // A correction of what has not run yet: the notice itself will see it corrected.
      if (handler === 'notice.corrected' && !context.handled.includes(item.id)) return nothing
      return fresh(desk, brought, digest, null)
  }
}

/** What nobody has decided on: by the rule. */
function fresh(desk: Desk, brought: Brought, digest: string, before: PolicyItem | null): Judged {
  const { notice, reach } = brought
  if (desk.rule.rule === 'observe') {
    return { next: { ...made(brought, digest, before), state: 'observed', contents: null }, act: false }
  }
  const guarded = beyond(desk.guard, reach)
  if (guarded !== null) return asked(brought, digest, before, guarded, 'beyond_guard')
  if (desk.rule.rule === 'approve') return asked(brought, digest, before, 'approve')
  const against = unlisted(desk.rule, notice)
  if (against !== null) return asked(brought, digest, before, against)
  const now = brought.context.now()
  const tripped = desk.breaker.against(desk.rule, reach, now)
  if (tripped !== null) return asked(brought, digest, before, tripped, 'breaker_open')
  const spends = `policy spent ${notice.notice} ${brought.item.id} ${digest}`
  desk.breaker.spend(spends, reach, now)
  const next = { ...made(brought, digest, before), state: 'acting', why: null, contents: null, acted: true } as const
  return { next, act: true, spends }
}

function begun(brought: Brought, before: PolicyItem, guarded: Why | null): Judged {
  if (guarded !== null) return asked(brought, before.digest, before, guarded, 'beyond_guard')
  return { next: { ...before, state: 'acting', acted: true, contents: null }, act: true }
}

function asked(
  brought: Brought,
  digest: string,
  before: PolicyItem | null,
  why: Why,
  alarm?: PolicyAlarm['code'],
): Judged {
  return { next: { ...made(brought, digest, before), why }, act: false, alarm }
}

function made(brought: Brought, digest: string, before: PolicyItem | null): PolicyItem {
  const { handler, item, notice, context } = brought
  return {
    notice: notice.notice,
    item: item.id,
    state: 'asked',
    // Before a decision the notice runs again as a whole; only what was acted on before is for the other handler.
    handler: before === null ? handler : before.state === 'done' ? 'notice.corrected' : before.handler,
    why: null,
    askedAt: context.now().toISOString(),
    due: context.deadline?.due.toISOString() ?? null,
    decision: null,
    answer: null,
    acted: before?.acted ?? false,
    results: null,
    reported: false,
    nudged: false,
    alarmed: false,
    ...shown(brought, digest),
  }
}

function shown({ item, notice, context, reach }: Brought, digest: string) {
  const { id, kind, name } = notice.notifier
  return {
    seq: context.seq,
    digest,
    setSha256: context.token.setSha256,
    contents: item,
    reach,
    about: {
      reference: notice.reference ?? null,
      regime: notice.regime,
      category: notice.category,
      notifier: { id, kind, name },
      scope: item.scope,
    },
  }
}

function listed({ rule }: Desk, notice: NoticeIssued): boolean {
  return rule.rule === 'auto' && unlisted(rule, notice) === null
}
