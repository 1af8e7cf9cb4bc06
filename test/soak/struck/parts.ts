/** The SDK's own part of the proof: programs of hosting companies under SIGKILL, on each store there is. */
import type { Part } from '../parts.ts'
import { whyNotOn } from './places.ts'
import { killAgent, killReceiver } from './play.ts'
import { type StoreName, storeNames } from './stores.ts'

export const struckParts: readonly Part<StoreName>[] = [
  {
    // Twenty kills and two hundred events a round.
    name: 'receiver-killed',
    rounds: 50,
    databases: storeNames,
    why: whyNotOn,
    play: killReceiver,
  },
  {
    // The same for the agent, which stores in a folder.
    name: 'agent-killed',
    rounds: 50,
    databases: ['file'],
    play: killAgent,
  },
]
