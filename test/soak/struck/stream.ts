/** What a portal has to say about many notices: in any order, more than once, and again until it hears 202. */
import { eventTypes, type NoticeIssued } from '@noticeline/sdk/protocol'
import type { TestPortal } from '@noticeline/sdk/testing'
import type { Chance } from '../../running/random.ts'
import { planted } from './search.ts'

/** Pushed, polled for, or both at once. */
export type Way = 'push' | 'poll' | 'both'

export const notifier: NoticeIssued['notifier'] = { id: 'org_baken', kind: 'hotline', name: 'Stichting Baken' }

const kinds = ['issued', 'withdrawn', 'corrected', 'reissued', 'more-time', 'closed'] as const
export type Kind = (typeof kinds)[number]

export interface Case {
  readonly kind: Kind
  readonly notice: NoticeIssued
}

interface Token {
  readonly raw: string
  readonly jti: string
}

export class Stream {
  readonly cases: Case[] = []
  /** Tokens that were answered 202, by their id. */
  readonly acknowledged = new Set<string>()
  readonly refused: string[] = []
  way: Way = 'push'
  /** A token that names an address. */
  sample = ''
  tokens = 0
  /** How many events more may leave. */
  allowed = 0
  /** Whether anybody is thought to listen: a push that failed says no, a program that says it is ready says yes. */
  listening = false
  pushes = 0
  readonly #portal: TestPortal
  readonly #chance: Chance
  #waiting: Token[] = []
  readonly #offered = new Map<string, Token>()
  #running: Promise<void>[] = []

  constructor(portal: TestPortal, chance: Chance) {
    this.#portal = portal
    this.#chance = chance
  }

  /** Signs so many events about new notices, and puts those of one notice a little apart, in any order. */
  async sign(events: number): Promise<void> {
    this.#portal.misbehave({ hold: true })
    const placed: { token: Token; at: number }[] = []
    while (placed.length < events) {
      const tokens = await this.#signCase()
      const at = placed.length
      for (const token of tokens) placed.push({ token, at: at + this.#chance.between(0, 30) })
    }
    this.tokens += placed.length
    this.#waiting.push(...placed.sort((one, other) => one.at - other.at).map(({ token }) => token))
  }

  async #signCase(): Promise<Token[]> {
    const kind = this.#chance.next() < 0.35 ? 'issued' : this.#chance.pick(kinds)
    const number = this.cases.length
    const items = Array.from({ length: this.#chance.between(1, 3) }, (_, index) => ({
      url: `https://cust${number}.${planted}/${index}`,
    }))
    const { notice, ...first } = await this.#portal.issue({ items, notifier })
    this.sample = first.raw
    this.cases.push({ kind, notice })
    switch (kind) {
      case 'issued':
        return [first]
      case 'withdrawn':
        return [first, await this.#portal.withdraw(notice)]
      case 'corrected':
        return [first, await this.#portal.correct(notice, notice.items)]
      case 'more-time':
        return [first, await this.#portal.changeDeadline(notice, new Date(Date.now() + 86_400_000))]
      case 'closed':
        return [first, await this.#portal.close(notice)]
      case 'reissued': {
        const body = { ...notice, seq: 2, reissue_of: first.jti }
        return [first, await this.#portal.send({ type: eventTypes.issued, body, notice: notice.notice })]
      }
    }
  }

  start(): void {
    let going = true
    this.#running = Array.from({ length: 4 }, async () => {
      while (going) if (!(await this.#sendNext())) await pause(5)
    })
    this.stop = async () => {
      going = false
      await Promise.all(this.#running)
    }
  }

  stop: () => Promise<void> = async () => {}

  /** Nothing is left that was not answered 202. */
  get done(): boolean {
    this.#settle()
    return this.#waiting.length === 0 && this.acknowledged.size === this.tokens
  }

  async #sendNext(): Promise<boolean> {
    this.#settle()
    if (this.allowed <= 0 || (this.way !== 'poll' && !this.listening)) return false
    const token = this.#waiting.shift()
    if (token === undefined) return false
    if (this.way !== 'push') this.#offer(token)
    if (this.way === 'poll') return true
    const copies = this.#chance.next() < 0.1 ? 2 : 1
    const answers = await Promise.all(Array.from({ length: copies }, () => this.#push(token)))
    if (answers.includes(202)) {
      this.#acknowledge(token)
      return true
    }
    this.listening = false
    this.#waiting.splice(this.#chance.between(0, 10), 0, token)
    return false
  }

  #acknowledge(token: Token): void {
    if (this.acknowledged.has(token.jti)) return
    this.acknowledged.add(token.jti)
    this.allowed -= 1
    // A portal that did not hear the answer says it again, later.
    if (this.#chance.next() < 0.3) this.#waiting.splice(this.#chance.between(0, 20), 0, token)
  }

  #offer(token: Token): void {
    if (!this.acknowledged.has(token.jti)) this.#offered.set(token.jti, token)
    this.#portal.stream.offer(token)
    if (this.way === 'poll') this.allowed -= 1
  }

  /** Looks what was acknowledged by a poll. */
  #settle(): void {
    for (const [jti, token] of this.#offered) {
      if (!this.#portal.stream.acknowledged.has(jti)) continue
      this.#offered.delete(jti)
      if (this.way === 'poll') this.allowed += 1
      this.#acknowledge(token)
    }
  }

  async #push({ raw }: Token): Promise<number> {
    this.pushes += 1
    const answer = await this.#portal.push(raw).catch(() => null)
    if (answer === null) return 0
    if (answer.code !== 202 && answer.code !== 503)
      this.refused.push(`a push was answered ${answer.code} ${answer.body}`)
    return answer.code
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
