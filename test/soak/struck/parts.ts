/** The SDK's own part of the proof: programs of hosting companies under SIGKILL, on each store there is. */
import type { Part } from '../parts.ts'
import { killReceiver } from './play.ts'
import type { StoreName } from './stores.ts'

const stores: readonly StoreName[] = ['file']

export const struckParts: readonly Part<StoreName>[] = [
  {
    // Twenty kills and two hundred events a round.
    name: 'receiver-killed',
    rounds: 50,
    databases: stores,
    play: killReceiver,
  },
]
