/** A notifier's program that never rests: it keeps what was acknowledged, and repeats what got no answer under its key. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, call } from '../running/client.ts'
import type { Chance } from '../running/random.ts'

export interface Acknowledged {
  readonly id: string
  readonly reference: string
  readonly itemIds: readonly string[]
}

export interface StreamOptions {
  readonly portal: string
  readonly token: string
  /** Where the items stand; every item has a path of its own. */
  readonly files: string
  readonly chance: Chance
}

export class Stream {
  readonly acknowledged: Acknowledged[] = []
  /** References of what was sent, answered or not. */
  readonly sent: string[] = []
  /** Answers that no notifier should ever see. */
  readonly problems: string[] = []
  readonly #options: StreamOptions
  readonly #running = new Set<Promise<unknown>>()
  #going = false
  #pacing: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: StreamOptions) {
    this.#options = options
  }

  start(everyMs: number): void {
    this.#going = true
    this.#closed = false
    this.#pacing = (async () => {
      while (this.#going) {
        // Never more than a few unanswered: a portal that is down is no reason to pile up.
        if (this.#running.size < 12) this.#track(this.submit())
        await wait(everyMs * (0.5 + this.#options.chance.next()))
      }
    })()
  }

  /** Stops the pace, and gives those without an answer so much more time. */
  async stop(patienceMs: number): Promise<void> {
    this.#going = false
    await this.#pacing
    const late = setTimeout(() => {
      this.#closed = true
    }, patienceMs)
    await Promise.allSettled([...this.#running])
    clearTimeout(late)
  }

  /** One notice, whose answer nobody waits for now. */
  send(): void {
    this.#track(this.submit())
  }

  /** One notice, asked for until there is an answer; null when the time was up before. */
  async submit(items = this.#options.chance.between(1, 3), more: object = {}): Promise<Acknowledged | null> {
    const reference = `SOAK-${this.sent.length + 1}-${randomUUID().slice(0, 8)}`
    this.sent.push(reference)
    const key = randomUUID()
    const body = {
      regime: 'ntd_code',
      category: 'csam',
      legal_class: 'baseline',
      reference,
      ...more,
      items: Array.from({ length: items }, (_, index) => ({
        url: `${this.#options.files}/f/${reference}-${index}`,
        scope: 'file',
      })),
    }
    while (!this.#closed) {
      const answer = await this.#ask(body, key)
      if (answer?.status === 201 || answer?.status === 202) {
        const itemIds = answer.body.items.map((item: { id: string }) => item.id)
        const acknowledged = { id: String(answer.body.id), reference, itemIds }
        this.acknowledged.push(acknowledged)
        return acknowledged
      }
      // In progress, or something behind the portal is down: repeated. Anything else is wrong.
      if (answer && answer.status !== 409 && answer.status < 500) {
        this.problems.push(`${reference} was answered ${answer.status} ${answer.text.slice(0, 200)}`)
        return null
      }
      await wait(200 + 300 * Math.random())
    }
    return null
  }

  #ask(body: object, key: string): Promise<Answer | null> {
    const { portal, token } = this.#options
    return call('POST', `${portal}/v1/notices`, token, body, { 'Idempotency-Key': key }).catch(() => null)
  }

  #track(work: Promise<unknown>): void {
    const tracked = work.finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }
}
