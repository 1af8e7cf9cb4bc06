import type { NoticeIssued, NoticeItem } from '../protocol/notice.ts'
import type { Handlers, NoticeContext } from '../receiver/handlers.ts'
import type { Answer, Result } from './answer.ts'
import { partsOf } from './parts-of-address.ts'
import { type Entry, locatorDigest, type Progress } from './progress.ts'
import type { AgentRequest } from './request.ts'

export interface Hands {
  readonly progress: Progress
  /** Runs the command and reads what it said. */
  run(request: AgentRequest, signal: AbortSignal): Promise<Answer>
  /** Outcomes that do not wait for the rest of their notice. */
  report(notice: string, results: readonly Result[]): Promise<void>
}

/** Some items are still to be done. It names codes only, since it is kept and listed. */
class NotYet extends Error {
  constructor(codes: readonly string[], of: number) {
    super(`${codes.length} of ${of} items are to be run again: ${[...new Set(codes)].join(', ')}`)
    this.name = 'NotYet'
  }
}

interface Asked {
  readonly key: string
  readonly act: Entry['act']
  readonly item: NoticeItem | null
  readonly request: AgentRequest
}

/** The messages of a notice as runs of the command, one an item. */
export function actsBy(
  hands: Hands,
): Pick<Handlers, 'notice.issued' | 'notice.corrected' | 'notice.withdrawn' | 'notice.closed'> {
  async function take(asked: Asked, context: NoticeContext): Promise<Entry | string> {
    const { key, act, item, request } = asked
    const { progress } = hands
    const locator = item === null ? '' : digestOf(item)
    const { jti } = context.token
    const before = progress.of(key)
    if (before?.ended && before.act === act && before.jti === jti && before.locator === locator) return before
    const at = context.now().toISOString()
    if (act === 'take_down' && before?.act === 'take_down' && before.locator !== locator) {
      // Under another address it was begun before: that was a mistake of the notice, and comes back first.
      const { answer } = await hands.run(
        withoutPlace({ ...request, act: 'put_back', reason: 'corrected' }),
        context.signal,
      )
      if (answer === 'again') return 'put_back'
      await progress.note({ key, act: 'put_back', locator: before.locator, jti, at, ended: true })
    }
    const begun = {
      key,
      act,
      locator: act === 'take_down' ? locator : (before?.locator ?? locator),
      jti,
      at,
      ended: false,
    }
    await progress.note(begun)
    const said = await hands.run(
      act === 'put_back' && before?.locator !== locator ? withoutPlace(request) : request,
      context.signal,
    )
    if (said.answer === 'again') return said.code
    const ended = { ...begun, locator, ended: true, result: said.answer === 'outcome' ? said.result : undefined }
    await progress.note(ended)
    return ended
  }

  /** All items side by side; what is done is reported, even where something else is not. */
  async function all<R extends Result>(asked: readonly Asked[], context: NoticeContext): Promise<R[] | undefined> {
    const ended = await Promise.all(asked.map((one) => take(one, context)))
    const fresh = ended.filter(
      (one): one is Entry => typeof one !== 'string' && one.result !== undefined && !one.reported,
    )
    const results = fresh.flatMap(({ result }) => result ?? [])
    const codes = ended.filter((one): one is string => typeof one === 'string')
    if (codes.length === 0) return results.length === 0 ? undefined : (results as R[]) // which codes an act may answer was checked when they were read
    if (results.length > 0 && !context.signal.aborted) {
      await hands.report(context.caseId, results)
      for (const entry of fresh) await hands.progress.note({ ...entry, reported: true })
    }
    throw new NotYet(codes, asked.length)
  }

  return {
    'notice.issued': (notice, context) =>
      all(
        notice.items.map((item) => toTakeDown(notice, item, context)),
        context,
      ),

    'notice.corrected'(correction, context) {
      // Only where it changes where to look: what was taken down there already stays down.
      const elsewhere = correction.items.filter((item) => {
        const before = hands.progress.of(keyOf(context, item.id))
        const done = before !== null && before.act === 'take_down' && before.ended && before.jti !== context.token.jti
        return !(done && before.locator === digestOf(item))
      })
      return all(
        elsewhere.map((item) => toTakeDown(context.notice, item, context)),
        context,
      )
    },

    'notice.withdrawn'(withdrawal, context) {
      if (!withdrawal.restore) return undefined
      const { reason } = withdrawal
      const asked = withdrawal.items.map((id) => {
        const item = context.notice?.items.find((one) => one.id === id) ?? null
        const request = { ...requestOf('put_back', id, context.notice, context), ...placeOf(item), reason }
        return { key: request.key, act: 'put_back' as const, item, request }
      })
      return all(asked, context)
    },

    async 'notice.closed'(closing, context) {
      const asked = closing.items.map(({ id, headline }) => {
        const request = { ...requestOf('closed', id, context.notice, context), headline }
        return { key: request.key, act: 'closed' as const, item: null, request }
      })
      await all(asked, context)
      return undefined
    },
  }
}

function toTakeDown(notice: NoticeIssued | null, item: NoticeItem, context: NoticeContext): Asked {
  const request = { ...requestOf('take_down', item.id, notice, context), ...placeOf(item) }
  return { key: request.key, act: 'take_down', item, request }
}

function keyOf(context: NoticeContext, item: string): string {
  return `${context.caseId}.${item}`
}

function requestOf(act: Entry['act'], item: string, notice: NoticeIssued | null, context: NoticeContext): AgentRequest {
  const { deadline, preservation, caseId, attempt, seq, receivedAt } = context
  return {
    v: 1,
    act,
    key: keyOf(context, item),
    case: caseId,
    item,
    attempt,
    seq,
    received_at: receivedAt.toISOString(),
    deadline:
      deadline === null
        ? null
        : { due: deadline.due.toISOString(), seconds_left: Math.floor(deadline.remaining() / 1000) },
    preservation,
    ...(notice === null ? {} : saidByNotice(notice)),
  }
}

function saidByNotice(notice: NoticeIssued): Partial<AgentRequest> {
  const { regime, binding, category, legal_class, reference, notifier, grounds, disclosure } = notice
  const { for_provider_only, may_be_forwarded } = notice
  return {
    ...{ regime, binding, category, legal_class, reference, notifier, grounds, disclosure },
    ...{ for_provider_only, may_be_forwarded },
  }
}

function placeOf(item: NoticeItem | null): Partial<AgentRequest> {
  if (item === null) return {}
  const { url, ip, port, scope, hashes, seen_at } = item
  return { url, ...partsOf(url), ip, port, scope, hashes, seen_at }
}

/** The address of today is not the one that was taken down: the key says what to put back. */
function withoutPlace(request: AgentRequest): AgentRequest {
  const { url, host, path, ip, port, scope, hashes, seen_at, ...rest } = request
  return rest
}

function digestOf({ url, ip, port, scope }: NoticeItem): string {
  return locatorDigest([url, ip ?? null, port ?? null, scope])
}
