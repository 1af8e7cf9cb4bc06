import type { Ground } from '../ground/ground.ts'
import { findProgram } from '../people/find-program.ts'
import { type Act, allScopes, may, type ProgramActor, type Scope } from '../people/may.ts'
import type { Refused } from './answers.ts'

export type Asked = { asked: true; actor: ProgramActor } | { asked: false; refused: Refused }

const bearerForm = /^Bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i

/**
 * Which program is asking, by its bearer token; cookies are never looked at here. 401 says we do not know you, 403 says
 * we do. What belongs to somebody else is 404, and that is the verb's answer.
 */
export async function askProgram(
  ground: Ground,
  authorization: string | undefined,
  act: Act,
  scope: Scope,
): Promise<Asked> {
  const bearer = authorization === undefined ? undefined : bearerForm.exec(authorization.trim())?.[1]
  const actor = bearer === undefined ? null : await findProgram(ground, bearer)
  if (!actor) {
    const challenge = bearer === undefined ? 'Bearer' : 'Bearer error="invalid_token"'
    return { asked: false, refused: { code: 'unauthenticated', headers: { 'WWW-Authenticate': challenge } } }
  }
  if (may(actor, act)) return { asked: true, actor }
  if (may({ ...actor, scopes: [...allScopes] }, act)) {
    return {
      asked: false,
      refused: {
        code: 'scope_missing',
        detail: `This call needs a token with the scope ${scope}.`,
        headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
      },
    }
  }
  return { asked: false, refused: { code: 'forbidden', detail: whyNot(actor) } }
}

function whyNot(actor: ProgramActor): string {
  return actor.live
    ? 'Organisations of this kind may not do this.'
    : 'This is a token of the sandbox (nl_test_), which changes nothing here.'
}
