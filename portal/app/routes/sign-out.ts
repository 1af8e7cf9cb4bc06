import { type ActionFunctionArgs, redirect } from '@remix-run/node'
import { signOut } from '../../people/session.ts'
import { findActor } from '../access.server.ts'
import { endedSessionCookie } from '../session.server.ts'

export function loader() {
  return redirect('/')
}

export async function action(args: ActionFunctionArgs) {
  const { ground } = args.context
  const actor = await findActor(args)
  if (actor) await signOut(ground, actor)
  return redirect('/', { status: 303, headers: { 'Set-Cookie': endedSessionCookie(ground) } })
}
