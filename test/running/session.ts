/** A person at the pages, without a browser: follows a mailed link as a click would, then reads pages. */
export interface Session {
  get(path: string): Promise<{ status: number; headers: Headers; text: string }>
  post(path: string, fields: Record<string, string>): Promise<{ status: number; headers: Headers; text: string }>
}

/** `fields`: what is filled in beside the button, such as the terms that are accepted. */
export async function signIn(signInUrl: string, fields: Record<string, string> = {}): Promise<Session> {
  const origin = new URL(signInUrl).origin
  let cookie = ''
  const ask = async (path: string, init: RequestInit) => {
    const answer = await fetch(new URL(path, origin), {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, Cookie: cookie, Origin: origin, 'Sec-Fetch-Site': 'same-origin' },
    })
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const [name = ''] = pair.split('=')
      cookie = [...cookie.split('; ').filter((one) => one !== '' && !one.startsWith(`${name}=`)), pair].join('; ')
    }
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  const session: Session = {
    get: (path) => ask(path, {}),
    post: (path, fields) =>
      ask(path, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }),
  }
  const consumed = await session.post(new URL(signInUrl).pathname, fields)
  if (consumed.status !== 302 && consumed.status !== 303) throw new Error(`Signing in answered ${consumed.status}`)
  return session
}
