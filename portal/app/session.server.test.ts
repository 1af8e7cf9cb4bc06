import { describe, expect, test } from 'vitest'
import type { Ground } from '../ground/ground.ts'
import { action } from './routes/preferences.ts'
import { endedSessionCookie, readSession, sessionCookie } from './session.server.ts'

const groundAt = (origin: string) => ({ config: { origin, sessionDays: 7 } }) as unknown as Ground

test('the sign-in cookie is out of reach for scripts and other sites, and bound to the host over TLS', () => {
  const cookie = sessionCookie(groundAt('https://portal.example'), 'abc')
  expect(cookie).toBe('__Host-noticeline=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure')
  expect(sessionCookie(groundAt('http://127.0.0.1:4680'), 'abc')).not.toMatch(/Secure|__Host-/)
  expect(endedSessionCookie(groundAt('https://portal.example'))).toContain('Max-Age=0')
})

test('a cookie set for another name or without TLS signs nobody in', () => {
  const ground = groundAt('https://portal.example')
  const asked = (cookie: string) => readSession(ground, new Request('https://portal.example/', { headers: { cookie } }))
  expect(asked('noticeline=abc')).toBeNull()
  expect(asked('x=1; __Host-noticeline=abc')).toBe('abc')
  expect(asked('__Host-noticeline=')).toBeNull()
})

describe('after a choice of language or theme one is back where one was, and nowhere else', () => {
  const origin = 'https://portal.example'
  const chosen = async (fields: Record<string, string>) => {
    const request = new Request(`${origin}/preferences`, { method: 'POST', body: new URLSearchParams(fields) })
    const context = { ground: groundAt(origin), cspNonce: '', client: {}, listDeadLetters: async () => [] }
    return action({ request, context, params: {} })
  }
  test.each([
    ['/provider?show=open', '/provider?show=open'],
    ['//elsewhere.example/', '/'],
    ['/\\elsewhere.example', '/'],
    ['https://elsewhere.example/', '/'],
    ['', '/'],
  ])('%s leads to %s', async (back, expected) => {
    expect((await chosen({ back, theme: 'dark' })).headers.get('Location')).toBe(expected)
  })

  test('what is no language and no theme is not kept', async () => {
    expect((await chosen({ language: 'xx', theme: 'pink' })).headers.getSetCookie()).toEqual([])
    expect((await chosen({ language: 'nl' })).headers.getSetCookie()).toHaveLength(1)
  })
})
