/** The control panel on which effects happen. It outlives the program that is killed, and counts. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Effect {
  readonly what: 'down' | 'up'
  readonly caseId: string
  readonly item: string
  readonly url: string
}

export interface Effects {
  /** In their order, each as it happened: what had been done under its key before is not done again. */
  readonly effects: readonly Effect[]
  /** Asked for once more after the portal had heard that it was done: nobody had a reason to. */
  readonly needless: readonly string[]
  readonly asked: number
}

export class Panel implements Effects {
  readonly effects: Effect[] = []
  readonly needless: string[] = []
  asked = 0
  readonly #done = new Set<string>()
  readonly #reported: (effect: Effect) => boolean
  readonly #server: Server

  private constructor(reported: (effect: Effect) => boolean) {
    this.#reported = reported
    this.#server = createServer((request, answer) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        this.#take(JSON.parse(Buffer.concat(chunks).toString()) as Effect)
        answer.writeHead(204).end()
      })
    })
  }

  /** `reported`: whether the portal has heard of it. */
  static async open(reported: (effect: Effect) => boolean): Promise<Panel> {
    const panel = new Panel(reported)
    await new Promise<void>((resolve) => panel.#server.listen(0, '127.0.0.1', resolve))
    return panel
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #take(effect: Effect): void {
    const key = `${effect.what} ${effect.caseId} ${effect.item}`
    this.asked += 1
    if (this.#reported(effect)) this.needless.push(key)
    if (this.#done.has(key)) return
    this.#done.add(key)
    this.effects.push(effect)
  }
}
