import { readFileSync } from 'node:fs'
import { checkPublicJwk, publishedSchemas, ssfConfiguration } from '@noticeline/sdk/protocol'
import { expect, test } from 'vitest'
import { withApi } from './with-api.ts'

test('discovery names the issuer, its keys and both ways of delivery', () =>
  withApi(async ({ call, ground }) => {
    const { json } = await call('GET', '/.well-known/ssf-configuration')
    expect(ssfConfiguration.parse(json)).toMatchObject({
      spec_version: '1_0',
      issuer: ground.config.origin,
      jwks_uri: `${ground.config.origin}/.well-known/jwks.json`,
      delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
    })
  }))

test('the key that signs is published, and only its public part', () =>
  withApi(async ({ call, ground }) => {
    const { kid } = await ground.keys.current()
    for (const path of ['/.well-known/jwks.json', '/.well-known/jwks-archive.json']) {
      const { json } = await call('GET', path)
      expect(json.keys.map((key: { kid: string }) => key.kid)).toContain(kid)
      for (const key of json.keys) {
        expect(checkPublicJwk({ kty: key.kty, crv: key.crv, x: key.x, y: key.y }, 'sig').ok).toBe(true)
        expect(key).not.toHaveProperty('d')
      }
    }
  }))

test('security.txt has a contact, and expires within a year', () =>
  withApi(async ({ call, ground }) => {
    const { headers, text } = await call('GET', '/.well-known/security.txt')
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(text).toMatch(/^Contact: mailto:\S+@\S+$/m)
    expect(text).toContain(`Canonical: ${ground.config.origin}/.well-known/security.txt`)
    const expires = Date.parse(/^Expires: (\S+)$/m.exec(text)?.[1] ?? '')
    expect(expires - ground.clock.now().getTime()).toBeGreaterThan(30 * 86_400_000)
    expect(expires - ground.clock.now().getTime()).toBeLessThan(365 * 86_400_000)
  }))

test('the schema of every message is the one that is committed, and nothing else is there', () =>
  withApi(async ({ call }) => {
    for (const name of Object.keys(publishedSchemas())) {
      const { status, json } = await call('GET', `/v1/schemas/${name}.json`)
      const committed = new URL(`../../sdk/schemas/${name}.schema.json`, import.meta.url)
      expect([name, status, json]).toEqual([name, 200, JSON.parse(readFileSync(committed, 'utf8'))])
    }
    for (const name of ['notice.issued', 'nothing.json', '__proto__.json', 'constructor.json']) {
      expect([name, (await call('GET', `/v1/schemas/${name}`)).status]).toEqual([name, 404])
    }
  }))
