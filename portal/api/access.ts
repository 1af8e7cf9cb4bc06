import { audienceOf, type TokenRefusal, type VerifiedToken, verifyToken } from '@noticeline/sdk/protocol'
import type { Ground } from '../ground/ground.ts'
import { findProgram } from '../people/find-program.ts'
import { type Act, allScopes, may, type ProgramActor, type Scope } from '../people/may.ts'
import { findProviderKey } from '../providers/find-provider-key.ts'
import type { Refused } from './answers.ts'
import { readBody } from './body.ts'

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

export type Signed =
  | { asked: true; orgId: string; token: VerifiedToken }
  | {
      asked: false
      refusal: Pick<TokenRefusal, 'err' | 'description'> /** What arrived, unverified. */
      raw: string | null
    }

/**
 * Which provider signed what arrived: the key by the header's `kid`, then `iss` must be that key's organisation, and
 * `aud` this portal. What a token says about its own key is ignored; nothing in it is read before it is verified.
 */
export async function askSigner(ground: Ground, request: Request): Promise<Signed> {
  const body = await readBody(request, ['application/secevent+jwt'])
  if (!body.read) {
    const description = body.code === 'body_too_large' ? 'The body is larger than 256 KiB.' : 'A token is ASCII text.'
    return { asked: false, refusal: { err: 'invalid_request', description }, raw: null }
  }
  const keys = new Map<string, Awaited<ReturnType<typeof findProviderKey>>>()
  const keyOf = async (kid: string) => {
    if (!keys.has(kid)) keys.set(kid, await findProviderKey(ground, kid))
    return keys.get(kid) ?? null
  }
  const verify = () =>
    verifyToken(body.text, {
      key: async (kid) => {
        const key = await keyOf(kid)
        return key?.usable ? key.jwk : null
      },
      issuer: async (kid) => {
        const key = await keyOf(kid)
        return key ? audienceOf(key.orgId) : null
      },
      audience: ground.config.origin,
      now: ground.clock.now(),
    })
  let verified = await verify()
  if (!verified.accepted && (verified.refusal.code === 'issued_in_future' || verified.refusal.code === 'too_old')) {
    // A refusal is final for whoever signed, so it is not given by a time that may have been set a moment ago.
    await ground.clock.measure?.()
    verified = await verify()
  }
  if (!verified.accepted) return { asked: false, refusal: verified.refusal, raw: body.text }
  const orgId = keys.get(verified.token.header.kid)?.orgId
  if (orgId === undefined) throw new Error('A token was accepted without a key.')
  return { asked: true, orgId, token: verified.token }
}
