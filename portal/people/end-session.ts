import type { Ground } from '../ground/ground.ts'
import type { PersonActor } from './may.ts'
import { endSessions } from './session.ts'

/** Ends one of the person's own sessions, or all of them but this one. */
export function endSession(
  ground: Ground,
  actor: PersonActor,
  which: { sessionId: string } | 'others',
): Promise<{ result: 'ended'; count: number } | { result: 'unknown-session' }> {
  return ground.db.transaction(async (tx) => {
    const fitting = which === 'others' ? { but: actor.sessionId } : { id: which.sessionId }
    const count = await endSessions(tx, actor.personId, fitting, 'revoked')
    if (count === 0 && which !== 'others') return { result: 'unknown-session' }
    return { result: 'ended', count }
  })
}
