/** Where routes get the ground: from the load context, which `server.ts` fills for every request. */
import type { AppLoadContext } from '@remix-run/node'
import type { Ground } from '../ground/ground.ts'
import type { DeadLetter } from '../ground/queue.server.ts'

declare module '@remix-run/node' {
  interface Future {
    v3_singleFetch: true
  }

  interface AppLoadContext {
    ground: Ground
    /** Fresh for every request; the only inline scripts that run are those that carry it. */
    cspNonce: string
    client: {
      /** Who asks, as far as the server can tell; behind a trusted proxy what that proxy says. */
      ip?: string
    }
    /** Told what failed unexpectedly, so that the answer is the right one. */
    failed?(error: unknown): void
    /** Background work that was given up, newest first, for the platform's desk. */
    listDeadLetters(limit: number): Promise<readonly DeadLetter[]>
  }
}

/** What every loader and action is given. */
export interface RouteArgs {
  request: Request
  context: AppLoadContext
}
