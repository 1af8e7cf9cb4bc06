/** What the agent's command did, as it wrote it down: folders named by the key are effects, lines are runs. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Effect, Effects } from './panel.ts'
import type { Said } from './said.ts'

const acts = new Map([
  ['take_down', 'down'],
  ['put_back', 'up'],
] as const) as ReadonlyMap<string, Effect['what']>

export class Ledger implements Effects {
  readonly #folder: string
  readonly #said: Said
  readonly #urls: () => ReadonlyMap<string, string>

  /** `urls`: the address of each item. */
  constructor(folder: string, said: Said, urls: () => ReadonlyMap<string, string>) {
    this.#folder = folder
    this.#said = said
    this.#urls = urls
    for (const name of ['down', 'back']) mkdirSync(join(folder, name), { recursive: true })
  }

  get asked(): number {
    return this.#runs().length
  }

  /** Taken down is what is down or was put back; put back is what is there. */
  get effects(): Effect[] {
    const items = new Map(this.#runs().map((run) => [run.key, run]))
    const urls = this.#urls()
    const keysIn = (place: string) => readdirSync(join(this.#folder, place))
    const wasDown = (key: string) => existsSync(join(this.#folder, 'back', key, 'taken'))
    const effectsOf = (keys: readonly string[], what: Effect['what']) =>
      keys.flatMap((key) => {
        const run = items.get(key)
        return run ? [{ what, caseId: run.caseId, item: run.item, url: urls.get(run.item) ?? '' }] : []
      })
    const back = keysIn('back')
    return [...effectsOf([...keysIn('down'), ...back.filter(wasDown)], 'down'), ...effectsOf(back, 'up')]
  }

  /** Runs that began after the portal had heard of what they were to do, or to take down what had been put back. */
  get needless(): string[] {
    return this.#lines('after-all').concat(this.#repeats())
  }

  #repeats(): string[] {
    return this.#runs().flatMap(({ at, act, caseId, item }) => {
      const what = acts.get(act)
      const heard = what && this.#said.firstHeard(what, caseId, item)
      return heard !== undefined && at > heard ? [`${act} ${caseId} ${item}`] : []
    })
  }

  #runs() {
    return this.#lines('runs').map((line) => {
      const [at = '', act = '', caseId = '', item = '', key = ''] = line.split(' ')
      return { at: Number(at) * 1000, act, caseId, item, key }
    })
  }

  #lines(name: string): string[] {
    const path = join(this.#folder, name)
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  }
}
