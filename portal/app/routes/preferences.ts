import { type ActionFunctionArgs, redirect } from '@remix-run/node'
import { languages } from '../language/catalogue.ts'
import { preferenceCookie } from '../session.server.ts'
import { themes } from '../ui/frame.tsx'

export function loader() {
  return redirect('/')
}

/** How somebody likes their pages. Open to everybody: it changes two cookies of their own. */
export async function action({ request, context: { ground } }: ActionFunctionArgs) {
  const form = await request.formData()
  const headers = new Headers()
  const language = languages.find((known) => known === form.get('language'))
  if (language) headers.append('Set-Cookie', preferenceCookie(ground, 'language', language))
  const theme = themes.find((known) => known === form.get('theme'))
  if (theme) headers.append('Set-Cookie', preferenceCookie(ground, 'theme', theme))
  return redirect(backTo(form.get('back'), ground.config.origin), { status: 303, headers })
}

/** Only ever a path of our own. */
function backTo(wish: FormDataEntryValue | null, origin: string): string {
  if (typeof wish !== 'string' || !wish.startsWith('/') || !URL.canParse(wish, origin)) return '/'
  const url = new URL(wish, origin)
  return url.origin === new URL(origin).origin ? `${url.pathname}${url.search}` : '/'
}
