import { deliveryMethods, publishedSchemas } from '@noticeline/sdk/protocol'
import { type Face, openRoute } from './route.ts'

const securityTextDays = 180

/** Keys, discovery and schemas: what strangers read before they trust anything. */
export function addWellKnown(face: Face): void {
  const { ground } = face
  const { origin } = ground.config

  openRoute(
    face,
    {
      method: 'get',
      path: '/.well-known/ssf-configuration',
      tag: 'Everybody',
      summary: 'Discovery (OpenID Shared Signals Framework 1.0)',
      answers: {
        200: { description: 'Who signs, with which keys, and how events travel.', schema: 'SsfConfiguration' },
      },
    },
    ({ answer }) =>
      answer(200, {
        spec_version: '1_0',
        issuer: origin,
        jwks_uri: `${origin}/.well-known/jwks.json`,
        delivery_methods_supported: [deliveryMethods.push, deliveryMethods.poll],
        configuration_endpoint: `${origin}/v1/endpoints`,
        status_endpoint: `${origin}/v1/streams/status`,
        verification_endpoint: `${origin}/v1/streams/verification`,
      }),
  )

  openRoute(
    face,
    {
      method: 'get',
      path: '/.well-known/jwks.json',
      tag: 'Everybody',
      summary: 'The keys that sign, or will soon, or did lately',
      answers: { 200: { description: 'RFC 7517.', schema: 'KeySet' } },
    },
    async ({ answer }) => answer(200, await ground.keys.jwks()),
  )

  openRoute(
    face,
    {
      method: 'get',
      path: '/.well-known/jwks-archive.json',
      tag: 'Everybody',
      summary: 'Every key there ever was',
      description: 'With not_before, not_after and revoked_at, so that an old token can still be checked.',
      answers: { 200: { description: 'RFC 7517.', schema: 'KeySet' } },
    },
    async ({ answer }) => answer(200, await ground.keys.archive()),
  )

  openRoute(
    face,
    {
      method: 'get',
      path: '/.well-known/security.txt',
      tag: 'Everybody',
      summary: 'How to tell us about a weakness (RFC 9116)',
      answers: { 200: { description: 'Contact and expiry.', schema: 'Text', mediaType: 'text/plain' } },
    },
    ({ c }) => {
      const expires = new Date(ground.clock.now().getTime() + securityTextDays * 86_400_000)
      expires.setUTCHours(0, 0, 0, 0)
      const lines = [
        `Contact: mailto:${/<([^>]+)>/.exec(ground.config.mailFrom)?.[1] ?? ground.config.mailFrom}`,
        `Expires: ${expires.toISOString()}`,
        'Preferred-Languages: en, nl',
        `Canonical: ${origin}/.well-known/security.txt`,
      ]
      return c.body(`${lines.join('\n')}\n`, 200, { 'content-type': 'text/plain; charset=utf-8' })
    },
  )

  const published: Readonly<Record<string, unknown>> = publishedSchemas()
  openRoute(
    face,
    {
      method: 'get',
      path: '/v1/schemas/{event}',
      tag: 'Everybody',
      summary: 'The JSON Schema of one message',
      description: `Ask for \`<event>.json\`: ${Object.keys(published).join(', ')}.`,
      answers: { 200: { description: 'JSON Schema 2020-12.', schema: 'Schema', mediaType: 'application/schema+json' } },
      refusals: ['not_found'],
    },
    ({ id, answer, refuse }) => {
      const name = id.endsWith('.json') ? id.slice(0, -'.json'.length) : ''
      if (!Object.hasOwn(published, name)) return refuse('not_found')
      return answer(200, published[name], { 'content-type': 'application/schema+json' })
    },
  )
}
