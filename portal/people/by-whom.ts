import type { Actor } from './may.ts'

/** Whose hand it was, as a fact names it. */
export function byWhom(actor: Actor): { personId?: string; apiTokenId?: string } {
  if (actor.kind === 'person') return { personId: actor.personId }
  return actor.kind === 'program' ? { apiTokenId: actor.apiTokenId } : {}
}
