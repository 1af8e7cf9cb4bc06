/** The cookies: who is signed in, and how they like their pages. */
import type { Ground } from '../ground/ground.ts'
import type { BrowserFamily } from '../people/session.ts'

const year = 365 * 24 * 60 * 60

/** `__Host-` binds the cookie to this host and path, where the origin allows it. */
function sessionName(ground: Ground): string {
  return overTls(ground) ? '__Host-noticeline' : 'noticeline'
}

function overTls(ground: Ground): boolean {
  return ground.config.origin.startsWith('https:')
}

export function readSession(ground: Ground, request: Request): string | null {
  return readCookie(request, sessionName(ground))
}

/** The family of a browser, to tell one's own sessions apart; the rest of what it says about itself is not kept. */
export function browserOf(request: Request): BrowserFamily {
  const agent = request.headers.get('user-agent') ?? ''
  // In this order: each names those after it as well.
  if (/\bEdg(e|A|iOS)?\//.test(agent)) return 'edge'
  if (/\b(Firefox|FxiOS)\//.test(agent)) return 'firefox'
  if (/\b(Chrome|CriOS|Chromium|HeadlessChrome)\//.test(agent)) return 'chrome'
  if (/\bSafari\//.test(agent)) return 'safari'
  return 'other'
}

export function sessionCookie(ground: Ground, sessionToken: string): string {
  return cookie(ground, sessionName(ground), sessionToken, ground.config.sessionDays * 24 * 60 * 60)
}

export function endedSessionCookie(ground: Ground): string {
  return cookie(ground, sessionName(ground), '', 0)
}

export function readPreference(request: Request, name: 'theme' | 'language'): string | null {
  return readCookie(request, name)
}

export function preferenceCookie(ground: Ground, name: 'theme' | 'language', value: string): string {
  return cookie(ground, name, value, year)
}

function cookie(ground: Ground, name: string, value: string, maxAge: number): string {
  const secure = overTls(ground) ? '; Secure' : ''
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`
}

function readCookie(request: Request, name: string): string | null {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name && value) return value
  }
  return null
}
