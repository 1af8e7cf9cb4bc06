/** Where routes get the ground: from the load context, which `server.ts` fills for every request. */
import type { AppLoadContext } from '@remix-run/node'
import type { Ground } from '../ground/ground.ts'

declare module '@remix-run/node' {
  interface AppLoadContext {
    ground: Ground
    /** Fresh for every request; the only inline scripts that run are those that carry it. */
    cspNonce: string
    client: {
      /** Who asks, as far as the server can tell; behind a trusted proxy what that proxy says. */
      ip?: string
    }
  }
}

/** What every loader and action is given. */
export interface RouteArgs {
  request: Request
  context: AppLoadContext
}
