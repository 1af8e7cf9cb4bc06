import type { Routing } from './ground.ts'

/** No table was loaded: nobody is known to announce anything. */
export const noRouting: Routing = { holderOf: () => null, asnRanges: () => [], loadedAt: null, size: 0 }
