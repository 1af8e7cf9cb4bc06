import { checkPublicJwk, discoveryPath, thumbprint } from '../../protocol.ts'
import type { OwnKeys } from '../../receiver/own-keys.ts'
import { call, mayCall } from '../../receiver/portal.ts'
import { ask } from '../published-keys.ts'
import { objectIn } from '../push-answer.ts'
import type { Shell } from '../shell.ts'
import { type Finding, findings } from './finding.ts'

/** Discovery, clock and keys of the portal. `kept` are the thumbprints the receiver kept, null where it kept none. */
export async function checkPortal(issuer: string, kept: readonly string[] | null, shell: Shell): Promise<Finding[]> {
  const [discovery, clock, jwks] = [findings('portal'), findings('clock'), findings('jwks')]
  const answer = await call(ask, `${issuer}${discoveryPath}`, {}, shell.stopping).catch(() => null)
  if (answer === null) {
    const next = 'Check the address, the way out of this network (proxy, firewall), and the portal.'
    return [
      discovery.fail('The portal does not answer.', next),
      clock.skip('The portal does not answer.', 'See portal.'),
      jwks.skip('The portal does not answer.', 'See portal.'),
    ]
  }
  const { issuer: named, jwks_uri: uri } = objectIn(answer.text)
  const told = checkClock(answer.headers.get('date'), shell.now())
  if (answer.code !== 200 || named !== issuer || typeof uri !== 'string' || !mayCall(uri, issuer)) {
    const says =
      answer.code === 200
        ? 'Its discovery document names another issuer or no usable keys.'
        : `It answers ${answer.code} to discovery.`
    const next = 'Give the issuer exactly as the portal writes it: an origin without a slash at the end.'
    return [discovery.fail(says, next), told, jwks.skip('There is no discovery.', 'See portal.')]
  }
  return [discovery.ok('answers, and is who it should be'), told, await checkJwks(uri, kept, shell)]
}

/** Tokens are taken from 600 s ahead; reports the same, on the other side. */
export function checkClock(date: string | null, now: Date): Finding {
  const say = findings('clock')
  const theirs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) return say.skip('The portal gives no Date.', 'Compare the clock with another machine.')
  const apart = Math.round((now.getTime() - theirs) / 1000)
  const words = `${Math.abs(apart)} s ${apart < 0 ? 'behind' : 'ahead of'} the portal`
  const next = 'Run an NTP client (timedatectl set-ntp true).'
  if (Math.abs(apart) > 600) return say.fail(`${words}: beyond 600 s tokens and reports are refused.`, next)
  if (Math.abs(apart) > 30) return say.warn(`${words}.`, next)
  return say.ok(Math.abs(apart) < 2 ? 'as the portal’s' : words)
}

async function checkJwks(uri: string, kept: readonly string[] | null, shell: Shell): Promise<Finding> {
  const say = findings('jwks')
  const answer = await call(ask, uri, {}, shell.stopping).catch(() => null)
  const { keys } = objectIn(answer?.text ?? '')
  if (answer?.code !== 200 || !Array.isArray(keys)) {
    return say.fail(
      `The keys of the portal cannot be fetched (${answer?.code ?? 'no answer'}).`,
      'Allow the way out to it.',
    )
  }
  const usable: string[] = []
  for (const entry of keys) {
    const checked = checkPublicJwk(entry, 'sig')
    const kid = checked.ok ? await thumbprint(checked.jwk) : null
    if (kid !== null && entry.kid !== kid)
      return say.fail('A key there is named by another thumbprint.', 'Tell the portal.')
    if (kid !== null) usable.push(kid)
  }
  if (usable.length === 0) return say.fail('There is no key among them that signs.', 'Tell the portal.')
  if (kept === null) return say.ok(`${usable.length} usable`)
  if (kept.some((kid) => usable.includes(kid))) return say.ok(`${usable.length} usable, and the receiver knows them`)
  return say.warn(
    'The receiver kept other keys than are published now.',
    'It fetches them by itself: does it reach the portal?',
  )
}

/** What the token may do: managing endpoints, polling, or nothing. Asks for nothing that changes anything. */
export async function checkToken(
  issuer: string,
  token: string,
  own: { readonly keys: OwnKeys | null; readonly pollUrl: string | null; readonly url: string | null },
  shell: Shell,
): Promise<Finding[]> {
  const say = findings('token')
  const registered = findings('registered')
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
  const listed = await call(ask, `${issuer}/v1/endpoints`, { headers }, shell.stopping).catch(() => null)
  if (listed === null) return [say.skip('The portal does not answer.', 'See portal.')]
  if (listed.code === 401)
    return [say.fail('The portal does not know the token.', 'Make a new one on the page “API tokens”.')]
  const polls = own.pollUrl === null || !mayCall(own.pollUrl, issuer) ? null : await mayPoll(own.pollUrl, token, shell)
  const scopes = [...(listed.code === 200 ? ['endpoints:write'] : []), ...(polls === true ? ['stream:poll'] : [])]
  const scope =
    scopes.length > 0
      ? say.ok(`has ${scopes.join(' and ')}`)
      : say.fail(
          `It has no scope that a receiver needs (${listed.code}).`,
          'Give it endpoints:write to connect, stream:poll to poll.',
        )
  if (listed.code !== 200) return [scope]
  const { data } = objectIn(listed.text)
  return [scope, await checkRegistered(Array.isArray(data) ? data : [])]

  async function checkRegistered(endpoints: readonly Record<string, unknown>[]): Promise<Finding> {
    const here = own.url === null ? endpoints : endpoints.filter(({ url }) => url === own.url || url === null)
    if (here.length === 0)
      return registered.warn('No endpoint is registered for this address.', 'Run receiver.connect.')
    const known = new Set<string>()
    for (const { signing_keys: keys } of here) {
      for (const jwk of Array.isArray(keys) ? keys : []) known.add(await thumbprint(jwk as JsonWebKey).catch(() => ''))
    }
    const [signs] = own.keys?.signing ?? []
    if (signs !== undefined && !known.has(signs.kid)) {
      return registered.fail('The portal does not know the key that signs here.', 'Register it with changeEndpoint.')
    }
    const verified = here.some((endpoint) => endpoint['verified'] === true || endpoint['url'] === null)
    if (!verified)
      return registered.warn('The endpoint is not verified yet: nothing is pushed.', 'Run receiver.connect again.')
    return registered.ok('an endpoint, verified, with the key that signs here')
  }
}

async function mayPoll(url: string, token: string, shell: Shell): Promise<boolean> {
  const body = JSON.stringify({ maxEvents: 0, returnImmediately: true })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await call(ask, url, { method: 'POST', headers, body }, shell.stopping).catch(() => null)
  return answer?.code === 200
}
