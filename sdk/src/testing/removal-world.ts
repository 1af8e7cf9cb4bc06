import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CaseStore, memoryCases } from '../inbox/cases.ts'
import type { NoticeIssued, NoticeItem } from '../protocol.ts'
import type { NoticeContext } from '../receiver/handlers.ts'
import { openRemoval, type RemovalAlarm, type RemovalOptions } from '../removal/open-removal.ts'
import type { CaseRef, Preserved, Resolved, Sighting, StepName, Steps } from '../removal/steps.ts'
import { noticeOf } from './statements.ts'

export type Target = { readonly site: string }
export type State = { readonly status: 'up' | 'unpaid' | 'blocked'; readonly by: string | null }

/** A hosting company of one panel: what it holds, and every effect on it. In a folder, where it has to outlive a process. */
export class World {
  readonly #folder: string | null
  #states: Record<string, State> = {}
  readonly #effects: string[] = []
  /** Steps as they were called. */
  readonly calls: string[] = []
  /** Called before and after each effect; it may throw, or end the process. */
  at: (moment: string) => void = () => undefined

  constructor(folder: string | null = null) {
    this.#folder = folder
  }

  get(site: string): State {
    const file = this.#folder === null ? '' : join(this.#folder, 'states.json')
    if (file !== '' && existsSync(file)) this.#states = JSON.parse(readFileSync(file, 'utf8')) as Record<string, State>
    return this.#states[site] ?? { status: 'up', by: null }
  }

  set(site: string, state: State): void {
    this.get(site)
    this.#states = { ...this.#states, [site]: state }
    if (this.#folder !== null) writeFileSync(join(this.#folder, 'states.json'), JSON.stringify(this.#states))
  }

  /** Effects, each under its case. */
  get effects(): string[] {
    if (this.#folder === null) return [...this.#effects]
    const file = join(this.#folder, 'effects')
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }

  did(what: string): void {
    if (this.#folder === null) this.#effects.push(what)
    else appendFileSync(join(this.#folder, 'effects'), `${what}\n`)
  }

  steps(over: Partial<Steps<Target, State>> = {}): Steps<Target, State> {
    const once = (step: StepName, ref: CaseRef, effect: () => void) => {
      this.calls.push(step)
      this.at(`before ${step}`)
      const what = `${step} ${ref.id}`
      if (!this.effects.includes(what)) {
        effect()
        this.did(what)
      }
      this.at(`after ${step}`)
    }
    return {
      resolve: async (item: NoticeItem): Promise<Resolved<Target>> => {
        this.calls.push('resolve')
        this.at('before resolve')
        return { found: true, target: { site: new URL(item.url).hostname }, reach: { sites: 1, mailboxes: 0 } }
      },
      state: async ({ site }) => {
        this.calls.push('state')
        return this.get(site)
      },
      block: async ({ site }, _, ref) => {
        // "Already suspended" is success, whoever did it; only what is up is ours to take down.
        once('block', ref, () => this.get(site).status === 'up' && this.set(site, { status: 'blocked', by: ref.id }))
        return { scope_applied: 'site', removed: true }
      },
      preserve: async (_, ref): Promise<Preserved> => {
        once('preserve', ref, () => undefined)
        return { sha256: 'a'.repeat(64), bytes: 4, where: 'vault', until: '2027-01-01T00:00:00.000Z' }
      },
      purge: async () => {
        this.calls.push('purge')
        this.at('before purge')
        return [{ layer: 'edge' }]
      },
      verify: async (item): Promise<Sighting> => {
        this.calls.push('verify')
        this.at('before verify')
        return { result: this.get(new URL(item.url).hostname).status === 'up' ? 'online' : 'gone_http' }
      },
      undo: async ({ site }, before, ref) => once('undo', ref, () => this.set(site, before)),
      destroy: async (_, __, ref) => once('destroy', ref, () => undefined),
      discard: async (_, __, ref) => once('discard', ref, () => undefined),
      ...over,
    }
  }
}

/** A notice and the context its handlers get. */
export function aCase(given: Partial<NoticeIssued> = {}, now: () => Date = () => new Date()) {
  const notice = noticeOf(
    { notice: 'ntc_a', ...given, items: given.items ?? [{ id: 'itm_1', url: 'https://cust42.tern.example/1.jpg' }] },
    'https://portal.example/v1/reports',
  )
  const context = (attempt = 1) =>
    ({
      caseId: notice.notice,
      attempt,
      notice,
      deadline: null,
      preservation: notice.preservation,
      signal: new AbortController().signal,
      now,
    }) as unknown as NoticeContext
  const { v } = notice
  const withdrawal = (more: object = {}) => ({
    ...{ v, notice: notice.notice, seq: 2, items: notice.items.map(({ id }) => id), reason: 'error', restore: true },
    ...more,
  })
  const closing = () => ({
    ...{ v, notice: notice.notice, seq: 3 },
    items: notice.items.map(({ id }) => ({ id, headline: 'removed_verified' as const })),
  })
  return { notice, context, withdrawal: withdrawal as (more?: object) => never, closing }
}

/** A removal on this world, with what it alarms about and where it keeps how far it is. */
export async function opened(
  world: World,
  over: Partial<Steps<Target, State>> = {},
  more: Partial<RemovalOptions<Target, State>> = {},
) {
  const alarms: RemovalAlarm[] = []
  const cases: CaseStore = more.cases ?? memoryCases()
  const options = {
    between: 0,
    ...more,
    cases,
    steps: world.steps(over),
    onAlarm: (alarm: RemovalAlarm) => void alarms.push(alarm),
  }
  return { removal: await openRemoval(options), alarms, cases }
}
