import { digestOf } from '../policies/decision.ts'
import { beyond, type Guard } from '../policies/rule.ts'
import type { NoticeItem } from '../protocol.ts'
import type { NoticeContext } from '../receiver/handlers.ts'
import type { Outcome } from '../receiver/outcomes.ts'
import { Refusal } from '../refusals.ts'
import { type Progress, type ProgressStore, sameState } from './progress.ts'
import {
  type CaseRef,
  type Kept,
  type Preserved,
  type Sighting,
  StepFailed,
  type StepName,
  type Steps,
} from './steps.ts'

export interface Chain<Target extends Kept, State extends Kept> {
  readonly steps: Steps<Target, State>
  readonly kept: ProgressStore<Target, State>
  readonly guard: Guard
  readonly suspend: boolean
  /** Looks in a row that have to find it gone, and milliseconds between them. */
  readonly looks: number
  readonly between: number
  alarm(code: 'beyond_guard' | 'changed_by_another' | 'rested_on', notice: string, item: string): void
  pause(milliseconds: number): Promise<void>
}

type Told = Pick<NoticeContext, 'caseId' | 'deadline' | 'signal' | 'notice' | 'preservation' | 'now'>

/** What was undone and is done again is another effect, under a key of its own. */
export function refOf(
  { caseId, deadline, signal, now }: Omit<Told, 'notice' | 'preservation'>,
  item: string,
  round = 1,
): CaseRef {
  return {
    id: `${caseId}/${item}${round === 1 ? '' : `/${round}`}`,
    reason: `case ${caseId}`,
    item,
    deadline,
    signal,
    now,
  }
}

/** One item through all its steps, from the one that has not been reached. Rejects with `StepFailed`; what was reached stays. */
export async function removeItem<Target extends Kept, State extends Kept>(
  chain: Chain<Target, State>,
  item: NoticeItem,
  context: Told,
): Promise<Outcome> {
  const { steps, kept } = chain
  const at = () => context.now().toISOString()
  const digest = digestOf(item)
  const step = <Answer>(name: StepName, work: () => Promise<Answer>) => run(name, item.id, work)

  let progress = await kept.find(context.caseId, item.id)
  if (progress !== null && progress.digest !== digest && progress.undone === undefined) {
    // Corrected: what was done to the other place was a mistake.
    const result = await putBack(chain, progress, refOf(context, item.id, progress.round))
    progress = result === 'another' ? await kept.undo(progress, at()) : { ...progress, undone: at() }
  }
  const again = progress === null || progress.undone !== undefined
  const round = (progress?.round ?? 0) + (again ? 1 : 0)
  const ref = refOf(context, item.id, round)
  if (progress === null || again) {
    const resolved = await step('resolve', () => steps.resolve(item, ref))
    if (!resolved.found) return { ...always(item, at()), ...omitFound(resolved) } as Outcome
    if (beyond(chain.guard, resolved.reach) !== null) {
      chain.alarm('beyond_guard', context.caseId, item.id)
      const note = 'It would reach further than is allowed here without a person.'
      return { ...always(item, at()), outcome: 'cannot_execute', reason: 'technical', note }
    }
    progress = await kept.keep({ notice: context.caseId, item: item.id, round, digest, target: resolved.target })
  }
  if (progress.outcome !== undefined) return progress.outcome
  const { target } = progress

  // Read and kept before anything is done: read after a crash, it would be the state that we made.
  let { before } = progress
  if (before === undefined) {
    before = { state: await step('state', () => steps.state(target, ref)), at: at() }
    progress = await kept.keep({ ...progress, before })
  }
  const state = before.state
  if (progress.measure === undefined) {
    const hammer = chain.suspend && item.scope === 'account' ? steps.suspend : undefined
    const measure =
      hammer === undefined
        ? await step('block', () => steps.block(target, state, ref))
        : await step('suspend', () => hammer.call(steps, target, state, ref))
    progress = await kept.keep({ ...progress, measure: { ...measure, at: at(), suspended: hammer !== undefined } })
  }
  if (progress.after === undefined) {
    progress = await kept.keep({ ...progress, after: { state: await step('state', () => steps.state(target, ref)) } })
  }
  if (progress.preserved === undefined) {
    const { preserve } = steps
    const preserved =
      preserve !== undefined && mayPreserve(context)
        ? await step('preserve', async () =>
            checkPreserved(await preserve.call(steps, target, { ...ref, preservation: context.preservation })),
          )
        : null
    progress = await kept.keep({ ...progress, preserved })
  }
  if (progress.purged === undefined) {
    const purged = (await step('purge', async () => (await steps.purge?.(target, ref)) ?? [])).map(({ layer }) => layer)
    progress = await kept.keep({ ...progress, purged })
  }
  const sightings = await look(chain, item, progress, ref)
  const outcome = outcomeOf(item, progress, sightings)
  await kept.keep({ ...progress, outcome })
  return outcome
}

/** Several looks, and every one has to find it gone: one answer from one edge proves little. */
async function look<Target extends Kept, State extends Kept>(
  chain: Chain<Target, State>,
  item: NoticeItem,
  progress: Progress<Target, State>,
  ref: CaseRef,
): Promise<Sighting[]> {
  const sightings: Sighting[] = []
  while (sightings.length < chain.looks) {
    if (sightings.length > 0) await chain.pause(chain.between)
    const sighting = await run('verify', item.id, () => chain.steps.verify(item, progress.target, ref))
    if (!/^(gone_http|gone_dns|gone_host|access_denied)$/.test(sighting.result)) {
      // What is still served may come from a cache that filled again before the block held: it is purged again first.
      const { purged: _, ...again } = progress
      await chain.kept.keep(again)
      throw new StepFailed('verify', item.id, new StillThere(sighting.result))
    }
    sightings.push(sighting)
  }
  return sightings
}

class StillThere extends Error {
  constructor(result: string) {
    super(`seen ${result}`)
    this.name = `seen ${result}`
  }
}

/** Derived from what was seen, never from what was ordered. */
function outcomeOf<Target extends Kept, State extends Kept>(
  item: NoticeItem,
  { before, after, measure, preserved }: Progress<Target, State>,
  sightings: readonly Sighting[],
): Outcome {
  if (before === undefined || after === undefined || measure === undefined) throw new TypeError('not verified yet')
  // Nothing changed by our hand and nobody can reach it: somebody else had seen to it.
  if (sameState(before.state, after.state)) {
    return { ...always(item, measure.at), outcome: 'already_unavailable', since: before.at }
  }
  const { scope_applied, collateral, territory = ['worldwide'] as const, at } = measure
  const base = {
    ...always(item, at),
    scope_applied,
    ...(collateral !== undefined && { collateral }),
    ...(measure.suspended && { also: 'service_suspended' as const }),
    ...(preserved && { preserved: { sha256: preserved.sha256, until: preserved.until } }),
  }
  const gone = measure.removed === true && sightings.every(({ result }) => result !== 'access_denied')
  return gone ? { ...base, outcome: 'content_removed' } : { ...base, outcome: 'access_disabled', territory }
}

export function always({ id }: { readonly id: string }, at: string) {
  return { item: id, at, by: 'auto' } as const
}

function omitFound<Answer extends { readonly found: false }>({ found: _, ...answer }: Answer): Omit<Answer, 'found'> {
  return answer
}

/** A basis, and for material of sexual abuse of children that of law enforcement: otherwise nothing is copied anywhere. */
function mayPreserve({ notice, preservation }: Told): boolean {
  if (notice === null || preservation.basis === 'none') return false
  return notice.category !== 'csam' || preservation.basis === 'law_enforcement'
}

/** Only what may be kept about it passes: bytes, a preview, anything more is refused before it is written anywhere. */
function checkPreserved(given: Preserved): Preserved {
  const { sha256, bytes, where, until, ...more } = given
  const right =
    /^[0-9a-f]{64}$/.test(sha256) &&
    Number.isSafeInteger(bytes) &&
    typeof where === 'string' &&
    where.length <= 500 &&
    typeof until === 'string' &&
    !Number.isNaN(Date.parse(until)) &&
    Object.keys(more).length === 0
  if (!right) {
    throw new Refusal(
      'preserved_invalid',
      'preserve answers sha256, bytes (a number), where and until, and nothing more.',
    )
  }
  return { sha256, bytes, where, until: new Date(until).toISOString() }
}

export type PutBack = 'restored' | 'nothing' | 'another' | 'passed-on'

/**
 * The state read before, put back; not where nothing of ours stands, not over what another has done since, and not under
 * another notice that rests on it.
 */
export async function putBack<Target extends Kept, State extends Kept>(
  chain: Chain<Target, State>,
  progress: Progress<Target, State>,
  ref: CaseRef,
): Promise<PutBack> {
  const { steps, kept } = chain
  const { target, before, after, item } = progress
  if (progress.undone !== undefined) return progress.passedOn ? 'passed-on' : 'restored'
  const ended = async (result: PutBack) => {
    await kept.undo(progress, ref.now().toISOString())
    return result
  }
  if (before === undefined) return ended('nothing')
  const state = () => run('state', item, () => steps.state(target, ref))
  const now = await state()
  if (sameState(now, before.state)) return ended(progress.measure === undefined ? 'nothing' : 'restored')
  if (after !== undefined && sameState(before.state, after.state)) return ended('nothing')
  if (after !== undefined && !sameState(now, after.state)) {
    chain.alarm('changed_by_another', progress.notice, item)
    return 'another'
  }
  const resting = await kept.findResting(progress)
  if (resting !== null) {
    // Its own run would write over what it is given here: it is waited for.
    if (resting.outcome === undefined) throw new StepFailed('undo', item, new StillThere('another notice half done'))
    await kept.passOn(progress, resting, ref.now().toISOString())
    chain.alarm('rested_on', progress.notice, item)
    return 'passed-on'
  }
  await run('undo', item, () => steps.undo(target, before.state, ref))
  if (!sameState(await state(), before.state)) throw new StepFailed('undo', item, new StillThere('another state'))
  return ended('restored')
}

export async function run<Answer>(step: StepName, item: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof StepFailed ? error : new StepFailed(step, item, error)
  }
}
