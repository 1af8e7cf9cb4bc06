import { contentCases } from './conformance-contents.ts'
import { edgeCases } from './conformance-edges.ts'
import { togetherCases } from './conformance-together.ts'
import type { InboxStore } from './inbox.ts'

/** One empty place for a store, which several stores may be opened on one after another. */
export interface StorePlace<Store = InboxStore> {
  /** A store on this place, not opened yet. */
  store(): Store
  /** Whether what was written is there for the next store; false for stores in memory. */
  readonly durable: boolean
  /**
   * Ends a store as a killed process ends: without its `close`, with whatever it was doing, and so that the next store of
   * this place opens. Left out, the cases about crashes close the store instead, and show less.
   */
  crash?(store: Store): Promise<void>
  /** Clears the place away. */
  remove?(): Promise<void>
}

/** One promise of a store, to be run by a test runner. */
export interface ConformanceCase {
  readonly name: string
  run(): Promise<void>
}

export interface ConformanceScene<Store = InboxStore> {
  readonly durable: boolean
  /** Closes a store and opens the next one on the same place; a store in memory just goes on. */
  reopened(store: Store): Promise<Store>
  /** The same with a kill in the place of the closing. */
  crashed(store: Store): Promise<Store>
  /** Another store on the same place, not opened; null where the place is not durable. */
  another(): Store | null
}

export type ConformanceCheck<Store = InboxStore> = readonly [
  name: string,
  check: (store: Store, reopened: ConformanceScene<Store>['reopened'], scene: ConformanceScene<Store>) => Promise<void>,
]

/**
 * What every inbox store promises, as cases for any test runner:
 * `for (const { name, run } of inboxConformance(makePlace)) test(name, run)`. Each case gets a place of its own, and
 * rejects with what was expected and what was found.
 */
export function inboxConformance(makePlace: () => Promise<StorePlace>): ConformanceCase[] {
  return casesOn([...contentCases, ...edgeCases, ...togetherCases], makePlace)
}

/** Each check with a place of its own, which is cleared away after it. */
export function casesOn<Store extends { open(): Promise<void>; close(): Promise<void> }>(
  checks: readonly ConformanceCheck<Store>[],
  makePlace: () => Promise<StorePlace<Store>>,
): ConformanceCase[] {
  return checks.map(([name, check]) => ({
    name,
    async run() {
      const place = await makePlace()
      const open = new Set<Store>()
      const dead: Store[] = []
      const next = async () => {
        const store = place.store()
        await store.open()
        open.add(store)
        return store
      }
      const scene: ConformanceScene<Store> = {
        durable: place.durable,
        async reopened(store) {
          if (!place.durable) return store
          await store.close()
          open.delete(store)
          return next()
        },
        async crashed(store) {
          if (!place.durable || place.crash === undefined) return scene.reopened(store)
          await place.crash(store)
          open.delete(store)
          dead.push(store)
          return next()
        },
        another: () => (place.durable ? place.store() : null),
      }
      try {
        await check(await next(), scene.reopened, scene)
      } finally {
        for (const store of open) await store.close()
        for (const store of dead) await store.close().catch(() => undefined)
        await place.remove?.()
      }
    },
  }))
}
